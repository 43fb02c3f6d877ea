"""`grade report`: the grades as a site of plain files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.final import extensions_option, final, held
from grader.cli.options import course_option, example, gradebook_option, now

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grader.figure import Figure
    from grader.gradebook import Gradebook
    from grader.model import Course, Grade
    from grader.report.html.drawn import Drawn, FigureView


@click.command(epilog=example("grade report report --gradebook gradebook.db"))
@click.argument("out", type=click.Path(path_type=Path))
@gradebook_option
@extensions_option
@click.option("--lang", "code", metavar="CODE", default="en", help="Of the students' pages: en (default) or zh_CN.")
@course_option
def command(out: Path, gradebook: str, extensions: Path | None, code: str, course_dir: Path | None) -> None:
    """Write a report into the folder OUT, to open in a browser.

    OUT/index.html is for staff: the class, every test, common mistakes. OUT/students/ has a page for each student,
    which tells of nobody else. Nothing is loaded from a network.
    """
    import importlib.util

    from grader.course import find_course
    from grader.errors import GraderError
    from grader.gradebook import open_gradebook
    from grader.language.choice import known_language
    from grader.report.text import count, printable

    if importlib.util.find_spec("jinja2") is None:
        raise GraderError("A report needs Jinja2, which is not installed.", "pip install 'deepgrade[instructor]'")
    from grader.report.html.site import write_report

    course = find_course(None, course_dir)
    with open_gradebook(gradebook, create=False) as book:
        course = held(course, book)
        grades = final(course, book, extensions, outcomes=True)
        students = write_report(
            grades,
            course.topics,
            course.title,
            out,
            written_at=now(),
            drawn=drawn_by(course, book),
            course=course,
            code=known_language(code, "--lang"),
        )
    click.echo(f"Wrote {printable(str(out / 'index.html'))} for staff: {count(students, 'student')}.", err=True)
    click.echo(f"{printable(str(out / 'students'))} holds a page for each student: send each their own.", err=True)


def drawn_by(course: Course, book: Gradebook) -> Drawn | None:
    """The figures that `grade batch --figures` has kept, of the modules that were graded; None if there are none."""
    from functools import cache

    from grader.gradebook.figures import has_figures, read_figures

    if not has_figures(book):
        return None
    from grader.figures.reference import reference_figures
    from grader.language.records import figure_in_language
    from grader.report.html.drawn import views_of

    def in_language(topic: str, figures: Sequence[Figure]) -> tuple[Figure, ...]:
        return tuple(figure_in_language(course, topic, figure) for figure in figures)

    reference = cache(lambda topic: reference_figures(course, topic))
    known = {topic.name for topic in course.topics}

    def drawn(grade: Grade) -> dict[str, tuple[FigureView, ...]]:
        kept = read_figures(book, grade.student_id)
        graded = {score.topic: score.digest for score in grade.topics}
        return {
            topic: views_of(in_language(topic, one.figures), in_language(topic, reference(topic)))
            for topic, one in kept.items()
            if topic in known and graded.get(topic) == one.digest
        }

    return drawn
