"""`grade check`: a student's own work, scored topic by topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option, example, folder_option, json_option, print_json, terminal
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
    from grader.cli.loading import begun

    with begun(topics, folder, course_dir) as (course, chosen, files, zygote):
        from grader.student.choosing import notes_on
        from grader.student.work import (
            check_work,
            choose_suites,
            find_renamed,
            find_work,
            read_work,
            without_module,
        )

        kind = choose_suites(course, chosen, public=public)
        home = find_work(course, folder or files.folder)
        submission = read_work(course, home, chosen, files.endings)
        if watch:
            _watch(course, chosen, kind, home, files.endings, zygote)
            return
        grade = check_work(course, chosen, kind, submission, zygote=zygote)
        if as_json:
            print_json({"version": 1, "suite": kind, "grade": grade})
        else:
            from grader.report.check import render_check

            modules = {topic.name: submission.modules.get(topic.name) for topic in chosen}
            here = {name: module for name, module in modules.items() if module}
            render_check(
                grade,
                chosen,
                kind,
                terminal(),
                renamed=find_renamed(course, home, without_module(home, chosen, here)),
                files={name: module.filename for name, module in here.items()},
                notes=notes_on(home, here, files.endings),
            )
    if grade.score is None or grade.score < grade.max_score:
        raise click.exceptions.Exit(1)


def _watch(
    course: Course,
    topics: Sequence[Topic],
    kind: SuiteKind,
    home: Path,
    endings: Mapping[str, str],
    zygote: Zygote | None,
) -> None:
    from grader.student.keyboard import open_keyboard
    from grader.student.screen import Screen
    from grader.student.watch import watch

    watch(course, topics, kind, home, Screen(terminal()), open_keyboard(), endings=endings, zygote=zygote)
