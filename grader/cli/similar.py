"""`grade similar`: pairs of submissions to look at."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.batch import LAYOUTS
from grader.cli.options import console, course_option, example, json_option, print_json, terminal


@click.command(epilog=example("grade similar submissions/"))
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--layout", type=click.Choice(LAYOUTS), help="Where SUBMISSIONS comes from (default: it is recognised).")
@click.option("--roster", type=click.Path(path_type=Path), metavar="FILE", help="The course list, a CSV file.")
@click.option(
    "--alike",
    type=click.IntRange(1, 100),
    default=50,
    show_default=True,
    help="Percent of their own wording from which a pair is listed; of structure, 25 more.",
)
@click.option(
    "--common",
    type=click.IntRange(2, 1000),
    default=10,
    show_default=True,
    help="What more submissions than this share counts for nothing.",
)
@click.option("--most", type=click.IntRange(1), default=20, show_default=True, help="Pairs to show.")
@course_option
@json_option
def command(
    submissions: Path,
    layout: str | None,
    roster: Path | None,
    alike: int,
    common: int,
    most: int,
    course_dir: Path | None,
    as_json: bool,
) -> None:
    """List pairs in SUBMISSIONS that are closer to each other than the task explains.

    Names apart and word for word, without what is in the stub, in the solution, or in many submissions. It is a list
    to look at, never a verdict: nothing is recorded, and no score changes.
    """
    from grader.course import find_course
    from grader.intake.opening import open_class
    from grader.intake.roster import read_roster
    from grader.similarity.listing import render_pairs
    from grader.similarity.pairs import find_pairs

    course = find_course(None, course_dir)
    topics = [topic.name for topic in course.topics]
    screen = console(stderr=True)
    known = read_roster(roster) if roster else None
    with (
        open_class(submissions, topics, layout=layout, roster=known) as group,
        screen.status("Reading …") as status,
    ):
        findings = find_pairs(
            course,
            (entry.read(topics) for entry in group.entries),
            alike=alike / 100,
            common=common,
            most=most,
            progress=lambda topic: status.update(f"Comparing {topic} …" if topic else "Looking for the lines …"),
        )
    if as_json:
        print_json({"version": 1, **{name: getattr(findings, name) for name in findings.__struct_fields__}})
    else:
        render_pairs(findings, terminal())
