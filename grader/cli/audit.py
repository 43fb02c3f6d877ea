"""`grade audit`: the kill matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import console, course_option, example, json_option, print_json

if TYPE_CHECKING:
    from rich.console import Console

    from grader.audit import Audit, Breach, Survival


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
    from grader.course import find_course, select_topics

    course = find_course(None, course_dir)
    chosen = select_topics(course, topics)
    found = audit(course, chosen)
    breaches = list(found.breaches)
    survivals: list[Survival] = []
    if mutants:
        survivals, more = check_mutants(course, chosen)
        breaches += more
    breaches += check_seeds(course, chosen, seeds)
    breaches += check_repeats(course, chosen, repeat)
    if as_json:
        print_json({"version": 1, "audit": found, "mutants": survivals, "breaches": breaches})
    else:
        _show(found, survivals, breaches, console())
    if breaches:
        raise click.exceptions.Exit(1)


def _show(found: Audit, survivals: list[Survival], breaches: list[Breach], screen: Console) -> None:
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
    for survival in survivals:
        screen.print(
            f"{survival.topic}: {survival.mutants} mutants, {survival.mutants - len(survival.survivors)} lose points, "
            f"{len(survival.survivors)} mean the same."
        )
    for breach in breaches:
        screen.print(f"{breach.topic}: {breach.problem}", style="red", markup=False)
        screen.print(f"  {breach.remedy}", markup=False)
    if not breaches:
        screen.print("No breach.", style="green")
