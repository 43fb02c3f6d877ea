"""`grade audit`: the kill matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import console, course_option, example, json_option, print_json

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from grader.audit import Audit, Breach, Kill, Survival

_WIDE = 120
"""Columns of a terminal in which the names of tests have room."""


@click.command(epilog=example("grade audit adam"))
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@click.option("--mutants", is_flag=True, help="Also change the solutions by machine: every change must cost points.")
@click.option("--seeds", type=click.IntRange(0), default=0, help="Also run the solutions with N other seeds (Keras).")
@click.option("--repeat", type=click.IntRange(0), default=0, help="Also run N times and compare the outcomes.")
@course_option
@json_option
def command(
    topics: tuple[str, ...], mutants: bool, seeds: int, repeat: int, course_dir: Path | None, as_json: bool
) -> None:
    """Prove that the suites tell right from wrong.

    Every stub earns nothing, every solution everything, every catalogued mistake loses points, and no right answer that
    is written differently does.
    """
    from grader.audit import audit, check_mutants, check_repeats, check_seeds
    from grader.course import find_course, select_topics, solution_path

    course = find_course(None, course_dir)
    chosen = select_topics(course, topics)
    found = audit(course, chosen)
    breaches = list(found.breaches)
    solved = [topic for topic in chosen if solution_path(course, topic.name).is_file()]
    survivals: list[Survival] = []
    if mutants:
        survivals, more = check_mutants(course, solved)
        breaches += more
    breaches += check_seeds(course, solved, seeds)
    breaches += check_repeats(course, solved, repeat)
    if as_json:
        print_json({"version": 1, "audit": found, "mutants": survivals, "breaches": breaches})
    else:
        _show(found, survivals, breaches, console())
    if breaches:
        raise click.exceptions.Exit(1)


def _show(found: Audit, survivals: list[Survival], breaches: list[Breach], screen: Console) -> None:
    from grader.report.text import count

    for topic, tests in found.tests.items():
        screen.print(topic, style="bold", end="")
        screen.print(
            f"  {count(tests, 'hidden test')}, {count(found.variants[topic], 'other right answer')}", style="dim"
        )
        screen.print(_matrix([kill for kill in found.kills if kill.topic == topic], screen.width))
        for loss in found.conventions:
            if loss.topic == topic:
                screen.print(
                    f"right by another convention: {loss.variant} loses {loss.points_lost:g} "
                    f"({', '.join(loss.caught_by)})",
                    style="dim",
                    markup=False,
                )
        screen.print()
    screen.print(
        f"{count(len(found.tests), 'topic')}, {count(sum(found.tests.values()), 'hidden test')}, "
        f"{count(len(found.kills), 'mistake')}, {sum(kill.diagnosed for kill in found.kills)} of them diagnosed as "
        f"themselves, {count(sum(found.variants.values()), 'other right answer')}, of which {len(found.conventions)} "
        "lose the tests of a convention."
    )
    for survival in survivals:
        screen.print(
            f"{survival.topic}: {survival.mutants} mutants, {survival.mutants - len(survival.survivors)} lose points, "
            f"{len(survival.survivors)} mean the same."
        )
        for name in survival.survivors:
            if reason := survival.explained.get(name):
                screen.print(f"  {name}: {reason}", style="dim", markup=False)
    for breach in breaches:
        screen.print(f"{breach.topic}: {breach.problem}", style="red", markup=False)
        screen.print(f"  {breach.remedy}", markup=False)
    if not breaches:
        screen.print("No breach.", style="green")


def _matrix(kills: list[Kill], width: int) -> Table:
    """What each mistake of a topic costs; with the first test that catches it where there is room."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("mistake", overflow="fold")
    table.add_column("points lost", justify="right")
    table.add_column("tests", justify="right")
    if width >= _WIDE:
        table.add_column("the first of them", overflow="fold")
    table.add_column("diagnosed", overflow="fold")
    for kill in kills:
        named = "as itself" if kill.diagnosed else "; ".join(kill.named) or "no"
        first = [next(iter(kill.caught_by), "")] if width >= _WIDE else []
        table.add_row(kill.mistake, f"{kill.points_lost:g}", str(len(kill.caught_by)), *first, named)
    return table
