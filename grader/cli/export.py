"""`grade export`: grades for other programs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from grader.cli.export_lms import SYSTEMS, lms_command
from grader.cli.final import extensions_option, final, held
from grader.cli.nbgrader import export_command as nbgrader_command
from grader.cli.options import course_option, example, gradebook_option

if TYPE_CHECKING:
    from grader.model import Course, Grade

_Command = TypeVar("_Command", bound=Callable[..., Any])


@click.group(
    epilog=example(
        "grade export csv --gradebook gradebook.db",
        "grade export canvas --gradebook gradebook.db --into export.csv    the file that Canvas has given you",
    )
)
def command() -> None:
    """Write grades for other programs."""


for _name in SYSTEMS:
    command.add_command(lms_command(_name))
command.add_command(nbgrader_command)


def output_option(default: str) -> Callable[[_Command], _Command]:
    """The file to write."""
    return click.option(
        "--output",
        "-o",
        type=click.Path(path_type=Path, allow_dash=True),
        default=Path(default),
        show_default=True,
        help="File to write; - for standard output.",
    )


@command.command("csv", epilog=example("grade export csv --gradebook gradebook.db --output grades.csv"))
@gradebook_option
@output_option("gradebook.csv")
@extensions_option
@course_option
def csv_command(gradebook: str, output: Path, extensions: Path | None, course_dir: Path | None) -> None:
    """Write a row per student and a column per topic.

    The cell of a topic is its score, `missing` or `not_graded`.
    """
    from grader.course import find_course
    from grader.export.csv import export_csv
    from grader.gradebook import open_gradebook

    course = find_course(None, course_dir)
    with open_gradebook(gradebook, create=False) as book:
        course = held(course, book)
        grades = final(course, book, extensions)
        if str(output) == "-":
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
            export_csv(grades, course.topics, sys.stdout)
            return
        students = export_csv(grades, course.topics, output)
    _say_written(output, students, course)


@command.command("json", epilog=example("grade export json --gradebook gradebook.db --output grades.json"))
@gradebook_option
@output_option("gradebook.json")
@extensions_option
@course_option
def json_command(gradebook: str, output: Path, extensions: Path | None, course_dir: Path | None) -> None:
    """Write everything: students, scores, and the outcome of each test."""
    from grader.course import find_course
    from grader.export.json import export_json
    from grader.gradebook import open_gradebook

    course = find_course(None, course_dir)
    with open_gradebook(gradebook, create=False) as book:
        course = held(course, book)
        grades = final(course, book, extensions, outcomes=True)
        students = export_json(grades, course, sys.stdout.buffer if str(output) == "-" else output)
    _say_written(output, students, course)


@command.command(
    "gradescope",
    epilog=example(
        "grade export gradescope --gradebook gradebook.db --student ada",
        "grade export gradescope --gradebook g.db -o /autograder/results/results.json    in an autograder",
    ),
)
@gradebook_option
@click.option("--student", metavar="ID", help="Whose results (default: the only student's).")
@click.option(
    "--visibility",
    type=click.Choice(["hidden", "after_due_date", "after_published", "visible"]),
    default="visible",
    show_default=True,
    help="When Gradescope shows the tests.",
)
@output_option("results.json")
@extensions_option
@course_option
def gradescope_command(
    gradebook: str, student: str | None, visibility: Any, output: Path, extensions: Path | None, course_dir: Path | None
) -> None:
    """Write results.json for one submission: a test for each of ours, tagged with its topic."""
    from grader.course import find_course
    from grader.export.gradescope import export_gradescope
    from grader.gradebook import open_gradebook
    from grader.report.text import printable

    course = find_course(None, course_dir)
    out = sys.stdout.buffer if str(output) == "-" else output
    with open_gradebook(gradebook, create=False) as book:
        course = held(course, book)
        grade = _of_student(student, book.students(), lambda: final(course, book, extensions, outcomes=True), gradebook)
        export_gradescope(grade, course, out, visibility=visibility)
    if out is output:
        click.echo(f"Wrote {printable(str(output))}.", err=True)


def _of_student(student: str | None, known: list[str], grades: Any, gradebook: str) -> Grade:
    """The grade of one student.

    Raises:
        UsageError: there is no such student, or it is not said which.
    """
    import difflib

    from grader.errors import UsageError

    if student is None:
        if len(known) != 1:
            raise UsageError(f"{gradebook} has {len(known):,} students.", "Say whose results: --student ID")
        student = known[0]
    if student not in known:
        close = difflib.get_close_matches(student, known, n=1)
        remedy = f'Did you mean "{close[0]}"?' if close else "`grade export csv -o -` lists them."
        raise UsageError(f"{gradebook} has no student {student}.", remedy)
    found: Grade = next(grade for grade in grades() if grade.student_id == student)
    return found


def _say_written(output: Path, students: int, course: Course) -> None:
    from grader.report.text import count, printable

    if str(output) == "-":
        return
    sizes = f"{count(students, 'student')}, {count(len(course.topics), 'topic')}"
    click.echo(f"Wrote {printable(str(output))}: {sizes}.", err=True)
