"""`grade release`: what students get."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, example


@click.command(epilog=example("grade release --stubs"))
@click.option("--stubs", is_flag=True, required=True, help="Write exercises/ from solutions/.")
@course_option
def command(stubs: bool, course_dir: Path | None) -> None:  # noqa: ARG001  the only thing there is to release yet
    """Make the stubs from the solutions."""
    from grader.course import find_course
    from grader.release import write_stubs

    course = find_course(None, course_dir)
    written = write_stubs(course)
    for path in written:
        click.echo(f"Wrote {path.relative_to(course.root)}")
    if not written:
        click.echo("The stubs are what the solutions give.")
