"""All catalogues of a course, and in a checkout those of the engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from grader.course import select_topics
from grader.language.choice import ENGLISH, LANGUAGES
from grader.language.messages import DOMAIN, FOLDER
from grader.language.records import COURSE_DOMAIN, catalogue_path
from grader.messages import catalogues
from grader.messages.catalogues import State
from grader.messages.course import title_messages, topic_messages
from grader.messages.engine import ROOT, engine_messages
from grader.messages.message import Message
from grader.model import Course


def select(course: Course, names: Sequence[str]) -> list[str]:
    """The domains of these names; all of them if there are no names.

    Raises:
        UsageError: the course has no topic of such a name.
    """
    own = [DOMAIN] if course.root == ROOT.parent else []
    if names:
        select_topics(course, [name for name in names if name not in (COURSE_DOMAIN, *own)])
    known = [*own, COURSE_DOMAIN, *(topic.name for topic in course.topics)]
    return [name for name in known if not names or name in names]


def update(course: Course, domains: Sequence[str]) -> list[Path]:
    """Bring catalogues up to date; says which have changed.

    Raises:
        CourseError: a source or a catalogue cannot be read.
    """
    every = [(path, code, messages) for path, code, messages in _catalogues(course, domains)]
    return [path for path, code, messages in every if catalogues.update(path, code, messages)]


def check(course: Course, domains: Sequence[str]) -> list[State]:
    """What is missing in them.

    Raises:
        CourseError: a source or a catalogue cannot be read.
    """
    return [catalogues.state(path, code, messages) for path, code, messages in _catalogues(course, domains)]


def _catalogues(course: Course, domains: Sequence[str]) -> Iterator[tuple[Path, str, list[Message]]]:
    """The file, the language and the messages of each."""
    for domain in domains:
        messages = list(_messages(course, domain))
        for code in LANGUAGES:
            if code != ENGLISH:
                ours = FOLDER / code / f"{DOMAIN}.po"
                yield (
                    ours if domain == DOMAIN else catalogue_path(course.root, code, domain).with_suffix(".po"),
                    code,
                    messages,
                )


def _messages(course: Course, domain: str) -> Iterator[Message]:
    if domain == DOMAIN:
        return engine_messages()
    return title_messages(course) if domain == COURSE_DOMAIN else topic_messages(course, domain)
