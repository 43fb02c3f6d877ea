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
    from grader.student.installation import check_installation

    check_installation()
    from grader.course import find_course
    from grader.student.choosing import notes_on
    from grader.student.pages import render_next
    from grader.student.progress import first_open
    from grader.student.work import find_work, read_work

    course = find_course(folder, course_dir)
    home = find_work(course, folder)
    topic, stage, done = first_open(course, home, public=public)
    module = read_work(course, home, course.topics).modules.get(topic.name) if topic else None
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
