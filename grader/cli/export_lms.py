"""`grade export canvas` and its like: the instructor's own file, filled in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from grader.cli.final import extensions_option, final, held
from grader.cli.options import course_option, example, gradebook_option, terminal

if TYPE_CHECKING:
    from grader.model import Course

SYSTEMS = {
    "canvas": ("Canvas", "the gradebook that Canvas exports"),
    "moodle": ("Moodle", "the grading worksheet of an assignment, or the gradebook that Moodle exports"),
    "blackboard": ("Blackboard", "the gradebook that Blackboard downloads"),
    "brightspace": ("Brightspace", "the grades that Brightspace exports"),
    "sakai": ("Sakai", "the gradebook that Sakai exports"),
}
"""By command, what the system is called, and its file."""

_OPTIONS: tuple[Callable[[Any], Any], ...] = (
    gradebook_option,
    click.option("--into", required=True, type=click.Path(path_type=Path), metavar="FILE", help="The file to fill in."),
    click.option(
        "--output",
        "-o",
        type=click.Path(path_type=Path, allow_dash=True),
        help="File to write; - for standard output (default: beside the other, with -graded in its name).",
    ),
    click.option("--total", default="", metavar="COLUMN", help="Column for the total: title, number or whole header."),
    click.option("--topic", "topics", multiple=True, metavar="TOPIC=COLUMN", help="Column for a topic; repeatable."),
    click.option("--topics", "every_topic", is_flag=True, help="Each topic into the column of its name or title."),
    click.option("--scale", is_flag=True, help="Scale to the points that the file gives for the column."),
    click.option(
        "--out-of", type=click.FloatRange(min=0, min_open=True), metavar="N", help="What a full score becomes."
    ),
    click.option(
        "--zero-for-missing", is_flag=True, help="What was not handed in becomes a zero (default: left as is)."
    ),
    click.option("--roster", type=click.Path(path_type=Path), metavar="FILE", help="The course list, a CSV file."),
    click.option(
        "--id", "ids", multiple=True, metavar="COLUMN", help="Column with ids, if its name is not recognised."
    ),
    extensions_option,
    course_option,
)


def lms_command(system: str) -> click.Command:
    """The command for one system."""
    name, file = SYSTEMS[system]

    def run(**options: Any) -> None:
        _run(system, **options)

    run.__doc__ = f"""Fill in {file}.

    Rows, ids, order, encoding and delimiter stay; only our columns are set, and a blank never overwrites a score.
    Without --total or --topics, the total goes into the only column that takes scores. What could not be matched is
    listed.
    """
    for option in reversed(_OPTIONS):
        run = option(run)
    lines = (
        f"grade export {system} --gradebook gradebook.db --into export.csv",
        f'grade export {system} --gradebook gradebook.db --into export.csv --total "Homework 1" --scale',
    )
    return click.command(system, epilog=example(*lines), short_help=f"Fill in the file that {name} has given you.")(run)


def _run(
    system: str,
    *,
    gradebook: str,
    into: Path,
    output: Path | None,
    total: str,
    topics: tuple[str, ...],
    every_topic: bool,
    scale: bool,
    out_of: float | None,
    zero_for_missing: bool,
    roster: Path | None,
    ids: tuple[str, ...],
    extensions: Path | None,
    course_dir: Path | None,
) -> None:
    from grader.course import find_course
    from grader.export.lms.columns import Choice
    from grader.export.lms.into import export_into
    from grader.gradebook import open_gradebook
    from grader.intake.roster import read_roster
    from grader.report.filled import render_filled

    course = find_course(None, course_dir)
    out = output or into.with_name(f"{into.stem}-graded{into.suffix or '.csv'}")
    choice = Choice(total=total, topics=_pairs(course, topics), every_topic=every_topic, scale=scale, out_of=out_of)
    with open_gradebook(gradebook, create=False) as book:
        course = held(course, book)
        written = export_into(
            system,
            into,
            sys.stdout.buffer if str(out) == "-" else out,
            course.topics,
            final(course, book, extensions),
            choice,
            id_columns=ids,
            roster=read_roster(roster) if roster else None,
            zero_for_missing=zero_for_missing,
        )
    render_filled(written, out, terminal(stderr=True))
    if written.filled.without_row:
        raise click.exceptions.Exit(1)


def _pairs(course: Course, texts: tuple[str, ...]) -> dict[str, str]:
    """TOPIC=COLUMN, several times."""
    from grader.course import select_topics
    from grader.errors import UsageError

    pairs = {}
    for text in texts:
        topic, equals, column = text.partition("=")
        if not (topic and equals and column):
            raise UsageError(
                f"--topic {text} is not of the form TOPIC=COLUMN.", 'For example: --topic "adam=Homework 2"'
            )
        select_topics(course, [topic])
        pairs[topic] = column
    return pairs
