"""What `grade release` and `grade export` do for nbgrader."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.final import extensions_option, final, held
from grader.cli.options import course_option, example, gradebook_option

if TYPE_CHECKING:
    from grader.model import Course

assignment_option = click.option("--assignment", help="What nbgrader calls it (default: exercises).")


def release_to_nbgrader(course: Course, folder: Path, assignment: str | None, *, overwrite: bool) -> None:
    """Write a notebook per topic into an nbgrader course, and say what was written."""
    from grader.nbgrader.source import ASSIGNMENT, write_source
    from grader.report.text import count, printable

    name = assignment or ASSIGNMENT
    written = write_source(course, folder, name, overwrite=overwrite)
    for path in written.notebooks:
        click.echo(f"Wrote {printable(str(path))}")
    for test in written.left_out:
        click.echo(f"Left out: the public test {test} needs what a notebook does not have.", err=True)
    if not written.notebooks:
        click.echo(f"The {count(len(course.topics), 'notebook')} of {name} are what the course gives.")
    click.echo(f"Next, in that course: nbgrader generate_assignment {name}", err=True)


@click.command("nbgrader", epilog=example("grade export nbgrader nbgrader-course/ --gradebook gradebook.db"))
@click.argument("folder", type=click.Path(path_type=Path), metavar="COURSE_DIR")
@gradebook_option
@assignment_option
@extensions_option
@course_option
def export_command(
    folder: Path, gradebook: str, assignment: str | None, extensions: Path | None, course_dir: Path | None
) -> None:
    """Write the scores into the gradebook of the nbgrader course in COURSE_DIR.

    `nbgrader export` and the formgrader show them. A score that somebody has set there stays; `grade override
    --from-nbgrader` reads it back.
    """
    from grader.course import find_course
    from grader.gradebook import open_gradebook
    from grader.nbgrader.grades import export_grades
    from grader.nbgrader.source import ASSIGNMENT
    from grader.report.text import count, one_line

    course = find_course(None, course_dir)
    name = assignment or ASSIGNMENT
    with open_gradebook(gradebook, create=False) as book:
        course = held(course, book)
        grades = final(course, book, extensions, outcomes=True)
        sent = export_grades(grades, course.topics, book.overrides(), folder, name)
    for sentence in sent.kept:
        click.echo(f"Left alone: {one_line(sentence)}", err=True)
    if sent.kept:
        click.echo("  To read these back: grade override --from-nbgrader COURSE_DIR", err=True)
    nobody = f" {count(sent.without, 'student')} handed in nothing." if sent.without else ""
    click.echo(f"Wrote {name} of {count(sent.students, 'student')} into nbgrader's gradebook.{nobody}", err=True)
