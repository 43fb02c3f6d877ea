"""`grade batch`: a class into a gradebook."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import (
    cluster_option,
    console,
    course_option,
    example,
    gradebook_option,
    json_option,
    now,
    print_json,
    terminal,
    topics_option,
)

if TYPE_CHECKING:
    from rich.console import Console

    from grader.batch.book import Book
    from grader.batch.coordinator import Progress, Tally
    from grader.batch.sources import Source
    from grader.gradebook import Gradebook
    from grader.intake.entry import Entry
    from grader.intake.opening import Class
    from grader.model import Course

LAYOUTS = ("canvas", "moodle", "gradescope", "blackboard", "brightspace", "sakai", "github", "nbgrader", "folders")


@click.command(
    epilog=example(
        "grade batch submissions/ --gradebook gradebook.db",
        "grade batch submissions.zip --roster roster.csv --gradebook gradebook.db",
        "grade batch week2/ --topic momentum --topic adam --gradebook gradebook.db",
        "grade batch submissions/ --gradebook gradebook.db --cluster tcp://lab1:8786",
    )
)
@click.argument("submissions", type=click.Path(path_type=Path))
@gradebook_option
@topics_option
@click.option("--layout", type=click.Choice(LAYOUTS), help="Where SUBMISSIONS comes from (default: it is recognised).")
@click.option("--roster", type=click.Path(path_type=Path), metavar="FILE", help="The course list, a CSV file.")
@click.option(
    "--isolation",
    type=click.Choice(["full", "partial", "none"]),
    default="full",
    show_default=True,
    help="How far student code must be confined; see `grade doctor`.",
)
@click.option("--runners", type=click.IntRange(1, 512), help="Processes that grade (default: one per core).")
@cluster_option
@click.option("--seed", type=int, help="Run seed of the hidden suites (default: the course's).")
@click.option("--figures", is_flag=True, help="Also keep what each module draws, for the report.")
@click.option("--rows", type=click.IntRange(0), default=40, show_default=True, help="Students to show at the end.")
@course_option
@json_option
def command(
    submissions: Path,
    gradebook: str,
    topics: tuple[str, ...],
    layout: str | None,
    roster: Path | None,
    isolation: str,
    runners: int | None,
    cluster: str,
    seed: int | None,
    figures: bool,
    rows: int,
    course_dir: Path | None,
    as_json: bool,
) -> None:
    """Grade everybody in SUBMISSIONS: a folder with a folder per student, or what your system lets you download.

    It may be a zip. With a course list, everybody on it gets a row, and what matches nobody or two people is listed.
    What is graded and unchanged is not graded again: interrupt it, run it again, and it goes on where it stopped.
    """
    from grader.batch.sources import Source, remember_source
    from grader.course import find_course, select_topics
    from grader.gradebook import open_gradebook

    course = find_course(None, course_dir)
    screen = console(stderr=as_json)
    source = Source(
        submissions=str(submissions.resolve()),
        layout=layout or "",
        roster=str(roster.resolve()) if roster else "",
        isolation=isolation,
        seed=seed,
        topics=tuple(topic.name for topic in select_topics(course, topics)),
    )
    with (
        find_class(course, submissions, layout=layout, roster=roster) as found,
        open_gradebook(gradebook, create=True) as book,
    ):
        remember_source(book, source, [topic.name for topic in course.topics])
        tally = grade_all(course, found.entries, book, screen, source, runners=runners, cluster=cluster)
        if figures:
            draw_all(course, found.entries, book, screen, source, runners=runners)
        absent = _absent(course, book, found, source) if topics else []
        _show(course, book, tally, found, absent, screen, rows=rows, as_json=as_json)
    if tally.not_graded or found.strays:
        raise click.exceptions.Exit(1)


def find_class(course: Course, submissions: Path, *, layout: str | None = None, roster: Path | None = None) -> Class:
    """A class that this course can grade; nothing in it has been read yet.

    Raises:
        CourseError: the course has no hidden suites.
        IntakeError: there is no such class.
    """
    from grader.course import missing_suites
    from grader.errors import CourseError
    from grader.intake.opening import open_class
    from grader.intake.roster import read_roster
    from grader.model import SuiteKind

    if missing := missing_suites(course, SuiteKind.HIDDEN):
        raise CourseError(
            f"There is no hidden suite for {', '.join(topic.name for topic in missing)}.",
            "A student's kit cannot grade a class; use the course with tests/hidden.",
        )
    topics = [topic.name for topic in course.topics]
    return open_class(submissions, topics, layout=layout, roster=read_roster(roster) if roster else None)


def _absent(course: Course, book: Gradebook, found: Class, source: Source) -> list[str]:
    """Students of the gradebook who are not in this download: what was graded now is missing of them."""
    from grader.batch.absent import record_absent
    from grader.model import Isolation

    return record_absent(
        book,
        course,
        (entry.student_id for entry in found.entries),
        source.topics,
        isolation=Isolation(source.isolation),
        seed=course.seed if source.seed is None else source.seed,
        graded_at=now(),
    )


def grade_all(
    course: Course,
    entries: list[Entry],
    book: Book,
    screen: Console,
    source: Source,
    *,
    runners: int | None = None,
    cluster: str = "",
) -> Tally:
    """Grade a class with a progress bar."""
    from grader.batch.coordinator import grade_class
    from grader.model import Isolation

    with _progress(screen, len(entries)) as progress:
        return grade_class(
            course,
            entries,
            book,
            isolation=Isolation(source.isolation or "full"),
            runners=runners,
            cluster=cluster,
            seed=course.seed if source.seed is None else source.seed,
            progress=progress,
            topics=source.topics,
        )


def draw_all(
    course: Course,
    entries: list[Entry],
    book: Gradebook,
    screen: Console,
    source: Source,
    *,
    runners: int | None = None,
) -> None:
    """Keep the figures of a class, with a progress bar."""
    from grader.batch.figuring import draw_class
    from grader.batch.pool import cores
    from grader.model import Isolation

    with _bar(screen, len(entries), "Drawing") as show:
        draw_class(
            course,
            entries,
            book,
            isolation=Isolation(source.isolation or "full"),
            runners=runners or cores(),
            topics=source.topics,
            progress=show,
        )


@contextmanager
def _progress(screen: Console, total: int) -> Iterator[Progress]:
    """The same, for who counts more than one thing."""
    with _bar(screen, total, "Grading") as show:
        yield lambda tally: show(tally.done)


@contextmanager
def _bar(screen: Console, total: int, doing: str) -> Iterator[Callable[[int], None]]:
    """A bar with an estimate of the time left; on a file or pipe, nothing."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn(doing),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("students in"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=screen, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda done: bar.update(task, completed=done)


def _show(
    course: Course,
    book: Gradebook,
    tally: Tally,
    found: Class,
    absent: list[str],
    screen: Console,
    *,
    rows: int,
    as_json: bool,
) -> None:
    from grader.cli.final import held
    from grader.report.classroom import render_class
    from grader.report.handed_in import render_absent, render_download

    if as_json:
        print_json(
            {"version": 1, **_counts(tally), "layout": found.layout.name, "unmatched": found.strays, "absent": absent}
        )
        return
    topics = held(course, book).topics
    below = terminal()
    render_class(book.grades(topics), topics, below, limit=rows)
    screen.print(summary(tally), markup=False)
    if absent:
        render_absent(absent, below, most=rows)
    if found.strays or found.repeated or found.layout.name != LAYOUTS[-1]:
        render_download(found.layout.says, found.repeated, found.strays, below, most=rows)


def _counts(tally: Tally) -> dict[str, int]:
    return {
        "submissions": tally.total,
        "graded": tally.graded,
        "unchanged": tally.unchanged,
        "not_graded": tally.not_graded,
    }


def summary(tally: Tally) -> str:
    """What a batch did, in a line."""
    parts = [f"{tally.graded} graded", f"{tally.unchanged} unchanged since they were graded"]
    if tally.not_graded:
        parts.append(f"{tally.not_graded} not graded: the grader failed there, run it again")
    return ", ".join(parts) + "."
