"""The grades that count, as every command that hands them out reads them: with late penalties and overrides."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from grader.gradebook import Gradebook
    from grader.model import Course, Grade

extensions_option = click.option(
    "--extensions",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Who has more time, a CSV file (default: extensions.csv beside course.toml, if it is there).",
)


def held(course: Course, book: Gradebook) -> Course:
    """The course as far as a gradebook goes: a topic that was graded for nobody yet counts nowhere."""
    import msgspec

    known = book.topics()
    topics = tuple(topic for topic in course.topics if topic.name in known)
    return msgspec.structs.replace(course, topics=topics) if topics else course


def final(
    course: Course, book: Gradebook, extensions: Path | None = None, *, outcomes: bool = False
) -> Iterator[Grade]:
    """Read the grades that count, one student at a time; extensions that have no effect are told.

    Args:
        course: with its policy.
        book: with the grades and overrides.
        extensions: a file of extensions, if not the course's own.
        outcomes: whether the outcomes are read, too.

    Raises:
        IntakeError: the extensions cannot be read, or a line of them is wrong.
    """
    from grader.intake.extensions import read_extensions, unknown_students
    from grader.policy import final_grades
    from grader.report.text import printable

    given = read_extensions(course, extensions)
    for sentence in unknown_students(given, book.students()) if given else ():
        click.echo(printable(sentence), err=True)
    return final_grades(book.grades(course.topics, outcomes=outcomes), course.policy, given, book.overrides())
