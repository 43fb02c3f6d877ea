"""The catalogues of a course: all of them, kept for translators, and what of them a student may have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.course import select_topics
from grader.language.catalogue import read_catalogue
from grader.language.choice import ENGLISH, LANGUAGES
from grader.language.messages import DOMAIN, FOLDER
from grader.language.records import COURSE_DOMAIN, catalogue_path
from grader.messages import catalogues
from grader.messages.catalogues import State
from grader.messages.course import course_messages, hidden_messages, topic_messages
from grader.messages.engine import ROOT, engine_messages
from grader.messages.message import Message
from grader.model import Course
from grader.release.stubs import stub_of


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


def for_kit(course: Course, stubs: Mapping[str, str], known: Mapping[str, str]) -> dict[Path, bytes]:
    """The catalogues of a kit, compiled: without what hidden tests say, and mistakes that no public test notices.

    Args:
        course: whose catalogues; a language in which it has none is left out.
        stubs: in English, by topic.
        known: what the kit knows of mistakes, as the content of its files, by topic.

    Returns:
        What each file holds, by its path in the course.

    Raises:
        CourseError: a public suite cannot be read.
    """
    shown = {topic: [*topic_messages(course, topic, stub, secret=False)] for topic, stub in stubs.items()}
    public = {topic: [m.text for m in messages] + _says(known[topic]) for topic, messages in shown.items()}
    public[COURSE_DOMAIN] = [message.text for message in course_messages(course)]
    found: dict[Path, bytes] = {}
    for code in LANGUAGES:
        for domain, texts in public.items():
            path = catalogue_path(course.root, code, domain)
            if code != ENGLISH and path.is_file():
                found[path] = catalogues.only(path, code, texts)
    return found


def _says(known: str) -> list[str]:
    """The names and hints of the mistakes in a file that was made by grader/suite/known.py."""
    return [mistake[key] for mistake in json.loads(known)["mistakes"] for key in ("says", "hint")]


def hidden_texts(course: Course, topic: str) -> Iterator[tuple[str, str]]:
    """What hidden tests of a topic say and public ones do not, in every language; each with the test's name.

    Raises:
        CourseError: a suite cannot be read.
    """
    stub = stub_of(course, topic)
    public = {message.text for message in topic_messages(course, topic, stub, secret=False)}
    hidden = {message.text: message.comment for message in hidden_messages(course, topic)}
    for text, test in hidden.items():
        if text not in public:
            yield text, test
            for code in LANGUAGES:
                known = read_catalogue(catalogue_path(course.root, code, topic)) if code != ENGLISH else None
                if known is not None and text in known.messages:
                    yield known.messages[text], test


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
    return (
        course_messages(course) if domain == COURSE_DOMAIN else topic_messages(course, domain, stub_of(course, domain))
    )
