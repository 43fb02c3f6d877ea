"""`grade regrade`: after a suite was mended."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.batch import LAYOUTS, find_class, grade_all
from grader.cli.options import (
    cluster_option,
    console,
    course_option,
    example,
    gradebook_option,
    json_option,
    print_json,
    topics_option,
)

if TYPE_CHECKING:
    from grader.batch.sources import Source
    from grader.gradebook import Gradebook
    from grader.model import Course


@click.command(
    epilog=example(
        "grade regrade --dry-run --gradebook gradebook.db       who would gain or lose what",
        "grade regrade --gradebook gradebook.db                 do it",
    )
)
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@gradebook_option
@click.option("--dry-run", is_flag=True, help="Only show who would gain or lose what; write nothing.")
@topics_option
@click.option("--layout", type=click.Choice(LAYOUTS), help="As of `grade batch` (default: as last time).")
@click.option("--roster", type=click.Path(path_type=Path), metavar="FILE", help="As of `grade batch`, likewise.")
@click.option(
    "--isolation", type=click.Choice(["full", "partial", "none"]), help="As of `grade batch` (default: as last time)."
)
@click.option("--runners", type=click.IntRange(1, 512), help="Processes that grade (default: one per core).")
@cluster_option
@click.option("--seed", type=int, help="Run seed of the hidden suites (default: as last time).")
@click.option("--rows", type=click.IntRange(0), default=40, show_default=True, help="Changes to show.")
@course_option
@json_option
def command(
    submissions: Path | None,
    gradebook: str,
    dry_run: bool,
    topics: tuple[str, ...],
    layout: str | None,
    roster: Path | None,
    isolation: str | None,
    runners: int | None,
    cluster: str,
    seed: int | None,
    rows: int,
    course_dir: Path | None,
    as_json: bool,
) -> None:
    """Grade again what a changed suite, or a new module, makes out of date, and show whose score changes.

    SUBMISSIONS is what `grade batch` graded last, topic by topic, if it is not named. Earlier grades are kept: see
    `grade log`.
    """
    from grader.batch.book import Watched
    from grader.course import find_course, select_topics
    from grader.gradebook import open_gradebook
    from grader.report.changes import render_changes

    course = find_course(None, course_dir)
    wanted = [topic.name for topic in select_topics(course, topics)]
    told = {"isolation": isolation, "layout": layout, "roster": str(roster.resolve()) if roster else None, "seed": seed}
    screen = console(stderr=as_json)
    with open_gradebook(gradebook, create=not dry_run) as book:
        watched = Watched(book, write=not dry_run)
        counts = {"submissions": 0, "not_graded": 0}
        for source in _sources(course, book, submissions, wanted, told):
            with find_class(
                course,
                Path(source.submissions),
                layout=source.layout or None,
                roster=Path(source.roster) if source.roster else None,
            ) as found:
                tally = grade_all(course, found.entries, watched, screen, source, runners=runners, cluster=cluster)
            counts["submissions"] += tally.total
            counts["not_graded"] += tally.not_graded
    if as_json:
        changed = {"regraded": watched.regraded, **counts, "changes": watched.changes}
        print_json({"version": 1, "dry_run": dry_run, **changed})
    else:
        render_changes(watched.changes, watched.regraded, screen, dry_run=dry_run, limit=rows)
    if counts["not_graded"]:
        raise click.exceptions.Exit(1)


def _sources(
    course: Course, book: Gradebook, submissions: Path | None, wanted: list[str], told: dict[str, str | int | None]
) -> list[Source]:
    """What to grade again, and how.

    Args:
        course: whose topics.
        book: what was graded from where.
        submissions: what was named; None for what was graded last.
        wanted: names of topics.
        told: what the command line says; None where it says nothing.

    Raises:
        UsageError: nothing was named, and nothing was graded.
    """
    from msgspec.structs import replace

    from grader.batch.sources import Source, narrowed, remembered_sources
    from grader.errors import UsageError

    last = remembered_sources(book, [topic.name for topic in course.topics])
    if submissions is not None:
        how = last[-1] if last else Source(submissions="", topics=())
        last = [replace(how, submissions=str(submissions), topics=tuple(wanted), layout="", roster="")]
    found = narrowed(last, wanted)
    if not found:
        raise UsageError(
            "It is not known where the submissions are.",
            f"Name them: grade regrade SUBMISSIONS --gradebook {book.name}",
        )
    said = {name: value for name, value in told.items() if value is not None}
    return [replace(source, **said) for source in found]
