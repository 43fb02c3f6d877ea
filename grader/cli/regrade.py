"""`grade regrade`: after a suite was mended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.batch import LAYOUTS, find_class, grade_all
from grader.cli.options import console, course_option, example, gradebook_option, json_option, print_json

if TYPE_CHECKING:
    from grader.gradebook import Gradebook


@click.command(
    epilog=example(
        "grade regrade --dry-run --gradebook gradebook.db       who would gain or lose what",
        "grade regrade --gradebook gradebook.db                 do it",
    )
)
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@gradebook_option
@click.option("--dry-run", is_flag=True, help="Only show who would gain or lose what; write nothing.")
@click.option("--layout", type=click.Choice(LAYOUTS), help="As of `grade batch` (default: as last time).")
@click.option("--roster", type=click.Path(path_type=Path), metavar="FILE", help="As of `grade batch`, likewise.")
@click.option(
    "--isolation", type=click.Choice(["full", "partial", "none"]), help="As of `grade batch` (default: as last time)."
)
@click.option("--runners", type=click.IntRange(1, 512), help="Processes that grade (default: one per core).")
@click.option("--seed", type=int, help="Run seed of the hidden suites (default: as last time).")
@click.option("--rows", type=click.IntRange(0), default=40, show_default=True, help="Changes to show.")
@course_option
@json_option
def command(
    submissions: Path | None,
    gradebook: str,
    dry_run: bool,
    layout: str | None,
    roster: Path | None,
    isolation: str | None,
    runners: int | None,
    seed: int | None,
    rows: int,
    course_dir: Path | None,
    as_json: bool,
) -> None:
    """Grade again what a changed suite, or a new module, makes out of date, and show whose score changes.

    SUBMISSIONS is what `grade batch` graded last, if it is not named. Earlier grades are kept: see `grade log`.
    """
    from grader.batch.book import Watched
    from grader.course import find_course
    from grader.gradebook import open_gradebook
    from grader.report.changes import render_changes

    course = find_course(None, course_dir)
    screen = console(stderr=as_json)
    with open_gradebook(gradebook, create=not dry_run) as book:
        last = _last(book)
        place = submissions or _path(last, gradebook)
        if submissions is None:
            layout, roster = layout or last["layout"], roster or (Path(last["roster"]) if last["roster"] else None)
        level, run_seed = isolation or last["isolation"] or "full", seed if seed is not None else _seed(last)
        watched = Watched(book, write=not dry_run)
        with find_class(course, place, layout=layout or None, roster=roster) as found:
            tally = grade_all(course, found.entries, watched, screen, isolation=level, runners=runners, seed=run_seed)
    if as_json:
        counts = {"regraded": watched.regraded, "submissions": tally.total, "not_graded": tally.not_graded}
        print_json({"version": 1, "dry_run": dry_run, **counts, "changes": watched.changes})
    else:
        render_changes(watched.changes, watched.regraded, screen, dry_run=dry_run, limit=rows)
    if tally.not_graded:
        raise click.exceptions.Exit(1)


def _last(book: Gradebook) -> dict[str, str]:
    """What `grade batch` was told last time."""
    return {fact: book.recall(fact) or "" for fact in ("submissions", "layout", "roster", "isolation", "seed")}


def _path(last: dict[str, str], gradebook: str) -> Path:
    from grader.errors import UsageError

    if not last["submissions"]:
        raise UsageError(
            "It is not known where the submissions are.",
            f"Name them: grade regrade SUBMISSIONS --gradebook {gradebook}",
        )
    return Path(last["submissions"])


def _seed(last: dict[str, str]) -> int | None:
    return int(last["seed"]) if last["seed"] else None
