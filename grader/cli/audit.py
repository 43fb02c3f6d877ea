"""`grade audit`: the kill matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import console, course_option, json_option, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from grader.audit import Audit


@click.command()
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@course_option
@json_option
def command(topics: tuple[str, ...], course_dir: Path | None, as_json: bool) -> None:
    r"""Prove that the suites tell right from wrong.

    Every stub earns nothing, every solution everything, every catalogued mistake loses points, and no right answer that
    is written differently does.

    \b
    Example:
      grade audit adam
    """
    from grader.audit import audit
    from grader.course import find_course, select_topics

    course = find_course(None, course_dir)
    found = audit(course, select_topics(course, topics))
    if as_json:
        print_json({"version": 1, "audit": found})
    else:
        _show(found, console())
    if found.breaches:
        raise click.exceptions.Exit(1)


def _show(found: Audit, screen: Console) -> None:
    from rich.table import Table

    table = Table("topic", "mistake", box=None, pad_edge=False)
    table.add_column("points lost", justify="right")
    table.add_column("tests", justify="right")
    table.add_column("diagnosed")
    for kill in found.kills:
        named = "as itself" if kill.diagnosed else "; ".join(kill.named) or "no"
        table.add_row(kill.topic, kill.mistake, f"{kill.points_lost:g}", str(len(kill.caught_by)), named)
    screen.print(table)
    screen.print(
        f"{len(found.tests)} topics, {sum(found.tests.values())} hidden tests, {len(found.kills)} mistakes, "
        f"{sum(kill.diagnosed for kill in found.kills)} of them diagnosed as themselves, "
        f"{sum(found.variants.values())} other right answers."
    )
    for breach in found.breaches:
        screen.print(f"{breach.topic}: {breach.problem}", style="red", markup=False)
        screen.print(f"  {breach.remedy}", markup=False)
    if not found.breaches:
        screen.print("No breach.", style="green")
