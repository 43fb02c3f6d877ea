"""`grade release`: what students get."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option


@click.command()
@click.option("--stubs", is_flag=True, required=True, help="Write exercises/ from solutions/.")
@course_option
def command(stubs: bool, course_dir: Path | None) -> None:  # noqa: ARG001  the only thing there is to release yet
    r"""Make the stubs from the solutions.

    \b
    Example:
      grade release --stubs
    """
    from grader.course import find_course
    from grader.release import write_stubs

    course = find_course(None, course_dir)
    written = write_stubs(course)
    for path in written:
        click.echo(f"Wrote {path.relative_to(course.root)}")
    if not written:
        click.echo("The stubs are what the solutions give.")
