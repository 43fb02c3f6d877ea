"""What a course says to a student: titles, handouts, docstrings of stubs, suites, mistakes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from grader import diagnosis
from grader.course import figures_path, suite_path
from grader.messages.figures import messages_of_figures
from grader.messages.message import Message
from grader.messages.suites import messages_of_suite
from grader.model import Course, SuiteKind
from grader.student.translated import Documented, documented, texts_in


def topic_messages(course: Course, topic: str, stub: str, *, secret: bool = True) -> Iterator[Message]:
    """The messages of a topic.

    Args:
        course: the course.
        topic: which topic.
        stub: of the topic.
        secret: whether those of the hidden suite and of the mistakes are among them.

    Raises:
        CourseError: its catalogue of mistakes cannot be read.
    """
    yield from _of_stub(stub, f"solutions/{topic}.py")
    yield from _of_suite(course, SuiteKind.PUBLIC, topic)
    if secret:
        yield from hidden_messages(course, topic)
    figures = figures_path(course, topic)
    if figures.is_file():
        yield from messages_of_figures(figures.read_text("utf-8"), _name(course, figures))
    if secret:
        for mistake in diagnosis.load_mistakes(course, topic):
            file = f"solutions/mistakes/{topic}.py"
            yield Message(text=mistake.says, file=file, comment=f"{mistake.name}: These are the numbers of …")
            yield Message(text=mistake.hint, file=file, comment=f"hint of {mistake.name}")


def hidden_messages(course: Course, topic: str) -> Iterator[Message]:
    """The messages of a topic's hidden suite."""
    return _of_suite(course, SuiteKind.HIDDEN, topic)


def _of_suite(course: Course, kind: SuiteKind, topic: str) -> Iterator[Message]:
    path = suite_path(course, kind, topic)
    if path.is_file():
        notes = kind is SuiteKind.PUBLIC
        yield from messages_of_suite(path.read_text("utf-8"), _name(course, path), notes=notes)


def course_messages(course: Course) -> Iterator[Message]:
    """The titles of a course and its topics, and what the figures of several topics share."""
    yield Message(text=course.title, file="course.toml", comment="title of the course")
    for topic in course.topics:
        yield Message(text=topic.title, file="course.toml", comment=f"title of {topic.name}")
    own = {figures_path(course, topic.name) for topic in course.topics}
    for path in sorted(figures_path(course, course.topics[0].name).parent.glob("*.py")):
        if path not in own:
            yield from messages_of_figures(path.read_text("utf-8"), _name(course, path))


def _of_stub(source: str, file: str) -> Iterator[Message]:
    for entry in documented(ast.parse(source)):
        yield from (Message(text=text, file=file, comment=_comment(entry)) for text in texts_in(entry))


def _comment(entry: Documented) -> str:
    return f"of {entry.name}" if entry.name else "handout"


def _name(course: Course, path: Path) -> str:
    return path.relative_to(course.root).as_posix()
