"""`grade log`: what happened to a student's grade."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.final import extensions_option, final, held
from grader.cli.options import console, course_option, example, gradebook_option, json_option, print_json

if TYPE_CHECKING:
    from grader.gradebook import Gradebook
    from grader.model import Course


@click.command(
    epilog=example(
        "grade log ada --gradebook gradebook.db",
        "grade log --gradebook gradebook.db         every override of the class",
    )
)
@click.argument("student", required=False)
@gradebook_option
@extensions_option
@course_option
@json_option
def command(
    student: str | None, gradebook: str, extensions: Path | None, course_dir: Path | None, as_json: bool
) -> None:
    """Show every grade that STUDENT ever had, every override with who, when and why, and what counts now.

    Without STUDENT, show the overrides of everybody.
    """
    from grader.course import find_course
    from grader.gradebook import open_gradebook

    course = find_course(None, course_dir)
    with open_gradebook(gradebook, create=False) as book:
        course = held(course, book)
        if student is None:
            _overrides(book, as_json=as_json)
        else:
            _student(course, book, student, extensions, as_json=as_json)


def _overrides(book: Gradebook, *, as_json: bool) -> None:
    from grader.report.log import render_overrides

    overrides = book.overrides()
    if as_json:
        print_json({"version": 1, "overrides": overrides})
    else:
        render_overrides(overrides, console())


def _student(course: Course, book: Gradebook, student: str, extensions: Path | None, *, as_json: bool) -> None:
    from grader.cli.override import known_student
    from grader.report.log import render_log

    known_student(book, student)
    grade = next(one for one in final(course, book, extensions) if one.student_id == student)
    history, overrides = book.history(student), book.overrides(student)
    if as_json:
        print_json({"version": 1, "grade": grade, "history": history, "overrides": overrides})
    else:
        render_log(grade, history, overrides, console())
