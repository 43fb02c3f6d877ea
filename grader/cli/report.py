"""`grade report`: the grades as a site of plain files."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.final import extensions_option, final, held
from grader.cli.options import course_option, example, gradebook_option, now


@click.command(epilog=example("grade report report --gradebook gradebook.db"))
@click.argument("out", type=click.Path(path_type=Path))
@gradebook_option
@extensions_option
@course_option
def command(out: Path, gradebook: str, extensions: Path | None, course_dir: Path | None) -> None:
    """Write a report into the folder OUT, to open in a browser.

    OUT/index.html is for staff: the class, every test, common mistakes. OUT/students/ has a page for each student,
    which tells of nobody else. Nothing is loaded from a network.
    """
    import importlib.util

    from grader.course import find_course
    from grader.errors import GraderError
    from grader.gradebook import open_gradebook
    from grader.report.text import count, printable

    if importlib.util.find_spec("jinja2") is None:
        raise GraderError("A report needs Jinja2, which is not installed.", "pip install 'deepgrade[instructor]'")
    from grader.report.html.site import write_report

    course = find_course(None, course_dir)
    with open_gradebook(gradebook, create=False) as book:
        course = held(course, book)
        grades = final(course, book, extensions, outcomes=True)
        students = write_report(grades, course.topics, course.title, out, written_at=now())
    click.echo(f"Wrote {printable(str(out / 'index.html'))} for staff: {count(students, 'student')}.", err=True)
    click.echo(f"{printable(str(out / 'students'))} holds a page for each student: send each their own.", err=True)
