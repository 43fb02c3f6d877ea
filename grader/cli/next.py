"""`grade next`: which topic to go on with."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option, example, folder_option, json_option, print_json, terminal
from grader.cli.speech import lang_option

if TYPE_CHECKING:
    from grader.model import Course, Topic


@click.command(epilog=example("grade next"))
@folder_option
@click.option("--public", is_flag=True, help="Go by the public suites even where the hidden ones are installed.")
@course_option
@json_option
@lang_option
def command(folder: Path | None, public: bool, course_dir: Path | None, as_json: bool) -> None:
    """Say which topic to go on with: the first one, in teaching order, that is not done."""
    from grader.cli.loading import begun

    with begun((), folder, course_dir) as (course, topics, _, zygote):
        from grader.student.progress import first_open
        from grader.student.work import choose_suites, find_work, read_work

        kind = choose_suites(course, topics, public=public)
        home = find_work(course, folder)
        submission = read_work(course, home, topics)
        topic, stage, done = first_open(course, kind, submission, zygote=zygote)
    from grader.student.choosing import notes_on
    from grader.student.pages import render_next

    module = submission.modules.get(topic.name) if topic else None
    if as_json:
        name = topic.name if topic else None
        print_json({"version": 1, "next": name, "stage": stage, "done": done, "topics": len(course.topics)})
        return
    files = _files(course, home, topic, module.filename if module else "")
    note = notes_on(home, {module.topic: module}).get(module.topic, "") if module else ""
    render_next(topic, stage, done, len(course.topics), files, terminal(), note)


def _files(course: Course, home: Path, topic: Topic | None, file: str) -> list[Path]:
    """What to read and what to write in, as seen from here."""
    from grader.course import handout_path

    if topic is None:
        return []
    handout = handout_path(course, topic.name)
    paths = [*([handout] if handout.is_file() else []), home / (file or f"{topic.name}.py")]
    return [_from_here(path) for path in paths]


def _from_here(path: Path) -> Path:
    try:
        return Path(os.path.relpath(path))
    except ValueError:  # on another drive of Windows
        return path
