"""`grade pack`: the zip to hand in."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, example, folder_option, json_option, print_json, terminal
from grader.cli.speech import lang_option


@click.command(epilog=example("grade pack", "grade pack --output ada.zip"))
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("hand-in.zip"),
    show_default=True,
    help="The zip to write.",
)
@folder_option
@course_option
@json_option
@lang_option
def command(output: Path, folder: Path | None, course_dir: Path | None, as_json: bool) -> None:
    """Make the zip to hand in, and say what would be missing from it. Nothing is sent anywhere.

    Looks at each module without running it: syntax, imports, the names of the stub, what is still to be written.
    """
    from grader.student.installation import check_installation

    check_installation()
    from grader.course import find_course
    from grader.student.choosing import both
    from grader.student.packing import inspect, pack, packed_files
    from grader.student.pages import render_packed
    from grader.student.work import expected_names, find_renamed, find_work, read_work, without_module

    course = find_course(folder, course_dir)
    home = find_work(course, folder)
    submission = read_work(course, home, course.topics)
    modules = submission.modules
    files = packed_files(home, modules)
    packed = [
        inspect(topic, modules.get(name), files.get(name, b""), expected_names(course, name))
        for topic in course.topics
        for name in (topic.name,)
    ]
    pack({entry.filename: files[entry.topic] for entry in packed if not entry.missing}, output)
    if as_json:
        print_json({"version": 1, "zip": str(output), "modules": packed})
    else:
        missing = without_module(home, course.topics, modules)
        two = any(both(home, name, module)[1] for name, module in modules.items())
        render_packed(packed, output, find_renamed(course, home, missing), terminal(), two=two)
    if not all(entry.is_ready for entry in packed):
        raise click.exceptions.Exit(1)
