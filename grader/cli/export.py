"""`grade export`: grades for other programs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from grader.cli.options import course_option, example, gradebook_option


@click.group(epilog=example("grade export csv --gradebook gradebook.db"))
def command() -> None:
    """Write grades for other programs."""


@command.command("csv", epilog=example("grade export csv --gradebook gradebook.db --output grades.csv"))
@gradebook_option
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, allow_dash=True),
    default=Path("gradebook.csv"),
    show_default=True,
    help="File to write; - for standard output.",
)
@course_option
def csv_command(gradebook: str, output: Path, course_dir: Path | None) -> None:
    """Write a row per student and a column per topic.

    The cell of a topic is its score, `missing` or `not_graded`.
    """
    from grader.course import find_course
    from grader.export.csv import export_csv
    from grader.gradebook import open_gradebook
    from grader.report.text import count, printable

    course = find_course(None, course_dir)
    with open_gradebook(gradebook, create=False) as book:
        grades = book.grades(course.topics)
        if str(output) == "-":
            sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
            export_csv(grades, course.topics, sys.stdout)
            return
        students = export_csv(grades, course.topics, output)
    sizes = f"{count(students, 'student')}, {count(len(course.topics), 'topic')}"
    click.echo(f"Wrote {printable(str(output))}: {sizes}.", err=True)
