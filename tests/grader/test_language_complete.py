"""No string is missing: what the engine and the course say to students is all there in Chinese, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.course import load_course
from grader.messages.engine import engine_messages
from grader.release import translations

COURSE = load_course(Path(__file__).resolve().parents[2])
DOMAINS = translations.select(COURSE, [])


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_message_is_translated(domain):
    for state in translations.check(COURSE, [domain]):
        problems = "\n".join(f"{problem.file}:{problem.line}: {problem.what}" for problem in state.problems)
        assert not problems, f"grade messages {domain}, then translate:\n{problems}"
        assert state.messages > 10


def test_engine_and_every_topic_have_a_catalogue():
    assert ["grader", "course", *(topic.name for topic in COURSE.topics)] == DOMAINS


def test_no_message_of_the_engine_is_an_f_string_that_gettext_cannot_know():
    for message in engine_messages():
        if message.context is None:
            assert not re.search(r"\{[^}\w]|\{\}", message.text), message.text
