"""`grade check`: a student's own work, scored topic by topic."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import console, course_option, example, folder_option, json_option, print_json
from grader.cli.speech import lang_option

if TYPE_CHECKING:
    from grader.model import Course, SuiteKind, Topic
    from grader.sandbox.start import Zygote


@click.command(
    epilog=example(
        "grade check                 every topic in this folder",
        "grade check adam dropout    these two",
        "grade check --watch         again whenever a file is saved",
    )
)
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@folder_option
@click.option("--watch", "-w", is_flag=True, help="Stay, and check again what is saved; keys give hints and move on.")
@click.option("--public", is_flag=True, help="Run the public suites even where the hidden ones are installed.")
@course_option
@json_option
@lang_option
def command(
    topics: tuple[str, ...],
    folder: Path | None,
    watch: bool,
    public: bool,
    course_dir: Path | None,
    as_json: bool,
) -> None:
    """Score my work, topic by topic.

    Runs the hidden suites where they are installed, else the public ones, and says which. Nothing is sent anywhere.
    """
    if watch and as_json:
        raise click.UsageError("--watch is for people, --json for programs: leave one of them out.")
    from grader.cli.loading import loading

    with contextlib.ExitStack() as stack:
        with loading():
            from grader.student.installation import check_installation

            check_installation()
            from grader.course import find_course, select_topics
            from grader.sandbox.start import started_ahead

            course = find_course(folder, course_dir)
            chosen = select_topics(course, [name.removesuffix(".py") for name in topics])
            zygote = stack.enter_context(started_ahead(course.limits))  # it loads NumPy while this process does
            from grader.student.work import check_work, choose_suites, find_renamed, find_work, read_work
        kind = choose_suites(course, chosen, public=public)
        home = find_work(course, folder)
        submission = read_work(course, home, chosen)
        if watch:
            _watch(course, chosen, kind, home, zygote)
            return
        grade = check_work(course, chosen, kind, submission, zygote=zygote)
    if as_json:
        print_json({"version": 1, "suite": kind, "grade": grade})
    else:
        from grader.report.terminal import render_check

        missing = [topic for topic in chosen if topic.name not in submission.modules]
        render_check(grade, chosen, kind, console(), renamed=find_renamed(course, home, missing))
    if grade.score is None or grade.score < grade.max_score:
        raise click.exceptions.Exit(1)


def _watch(course: Course, topics: Sequence[Topic], kind: SuiteKind, home: Path, zygote: Zygote | None) -> None:
    from grader.student.keyboard import open_keyboard
    from grader.student.screen import Screen
    from grader.student.watch import watch

    watch(course, topics, kind, home, Screen(console()), open_keyboard(), zygote)
