"""`grade demo`: a class is made, graded, exported and reported."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import console, course_option, example, now, terminal


@click.command(epilog=example("grade demo demo --students 30"))
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo"))
@click.option("--students", type=click.IntRange(10, 100_000), default=30, show_default=True)
@click.option(
    "--isolation",
    type=click.Choice(["full", "partial", "none"]),
    default="full",
    show_default=True,
    help="How far student code must be confined.",
)
@course_option
def command(folder: Path, students: int, isolation: str, course_dir: Path | None) -> None:
    """Make a class in FOLDER, grade it with hidden suites, export it, report it."""
    from grader.batch.sources import Source, remember_source
    from grader.cli.batch import find_class, grade_all, summary
    from grader.course import find_course
    from grader.demo import LIST, make_class
    from grader.export.csv import export_csv
    from grader.gradebook import open_gradebook
    from grader.report.classroom import render_class
    from grader.report.html.site import write_report

    course = find_course(None, course_dir)
    screen = console()
    make_class(course, folder, students)
    submissions, names = folder / "submissions", tuple(topic.name for topic in course.topics)
    found = find_class(course, submissions, layout="folders")
    source = Source(submissions=str(submissions.resolve()), layout="folders", isolation=isolation, topics=names)
    with open_gradebook(folder / "gradebook.db", create=True) as book:
        remember_source(book, source, names)
        tally = grade_all(course, found.entries, book, screen, source)
        render_class(book.grades(course.topics), course.topics, terminal())
        export_csv(book.grades(course.topics), course.topics, folder / "gradebook.csv")
        grades = book.grades(course.topics, outcomes=True)
        write_report(grades, course.topics, course.title, folder / "report", written_at=now())
    screen.print(summary(tally), markup=False)
    screen.print(
        f"\nSubmissions   {folder / 'submissions'}\n"
        f"Who did what  {folder / LIST}\n"
        f"Gradebook     {folder / 'gradebook.db'}\n"
        f"CSV           {folder / 'gradebook.csv'}\n"
        f"Report        {folder / 'report' / 'index.html'}",
        markup=False,
        soft_wrap=True,
    )
