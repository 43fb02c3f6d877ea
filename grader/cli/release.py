"""`grade release`: what students get."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.nbgrader import assignment_option, release_to_nbgrader
from grader.cli.options import course_option, example, json_option, print_json

if TYPE_CHECKING:
    from grader.model import Course


@click.command(
    epilog=example(
        "grade release kit/                            the student's kit, in a fresh folder",
        "grade release kit/ --lang zh_CN               in Simplified Chinese",
        "grade release --stubs                         exercises/, from solutions/",
        "grade release --nbgrader nbgrader-course/     a notebook per topic, for its source/",
    )
)
@click.argument("folder", type=click.Path(path_type=Path), required=False, metavar="[DIR]")
@click.option("--stubs", is_flag=True, help="Write exercises/ from solutions/, and no kit.")
@click.option(
    "--nbgrader",
    type=click.Path(path_type=Path),
    metavar="COURSE_DIR",
    help="Write an assignment for nbgrader, and no kit.",
)
@assignment_option
@click.option(
    "--lang",
    "code",
    metavar="CODE",
    default="en",
    help="Language of stubs, handouts and README: en (default) or zh_CN.",
)
@click.option("--force", is_flag=True, help="Overwrite notebooks of the assignment that were changed by hand.")
@course_option
@json_option
def command(
    folder: Path | None,
    stubs: bool,
    nbgrader: Path | None,
    assignment: str | None,
    code: str,
    force: bool,
    course_dir: Path | None,
    as_json: bool,
) -> None:
    """Write the student's kit into DIR: stubs, handouts, public tests, and nothing secret.

    Every file is searched for code of solutions and mistakes, hidden tests and Keras' answers before it is written.
    """
    from grader.course import find_course
    from grader.errors import UsageError
    from grader.language.choice import known_language

    if [stubs, folder is not None, nbgrader is not None].count(True) != 1:
        raise UsageError(
            "Say what to release: a kit or the stubs, or --nbgrader.",
            "For example: grade release kit/   or   grade release --stubs",
        )
    course = find_course(None, course_dir)
    if nbgrader is not None:
        release_to_nbgrader(course, nbgrader, assignment, overwrite=force)
    elif folder is None:
        _write_stubs(course)
    else:
        _write_kit(course, folder, known_language(code, "--lang"), as_json=as_json)


def _write_stubs(course: Course) -> None:
    from grader.release import write_stubs

    written = write_stubs(course)
    for path in written:
        click.echo(f"Wrote {path.relative_to(course.root)}")
    if not written:
        click.echo("The stubs are what the solutions give.")


def _write_kit(course: Course, folder: Path, code: str, *, as_json: bool) -> None:
    from grader.release.kit import release
    from grader.report.text import count, printable

    kit = release(course, folder, code)
    if as_json:
        counts = {"topics": kit.topics, "files": kit.files, "secrets": kit.secrets, "mistakes": kit.mistakes}
        print_json({"version": 1, "folder": str(folder), **counts})
        return
    click.echo(f"Wrote {printable(str(folder))}: {count(kit.topics, 'topic')}, {count(kit.files, 'file')}.")
    click.echo(f"Nothing secret is in it: {count(kit.secrets, 'piece')} of code and numbers were looked for.")
    click.echo(f"{count(kit.mistakes, 'mistake')} can be named in it. The solutions pass its tests, the stubs none.")
