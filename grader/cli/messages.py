"""`grade messages`: what there is to translate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option, example

if TYPE_CHECKING:
    from grader.messages.catalogues import State
    from grader.model import Course


@click.command(
    epilog=example(
        "grade messages                 bring translations/ up to date with the course, and compile it",
        "grade messages --check adam    what is missing in one topic",
        "grade messages --show adam     its stub, translated",
    )
)
@click.argument("domains", nargs=-1, metavar="[TOPIC]...")
@click.option("--check", is_flag=True, help="Write nothing: say what is missing, line by line.")
@click.option("--show", is_flag=True, help="Write nothing: print the stubs as the catalogues translate them.")
@course_option
def command(domains: tuple[str, ...], check: bool, show: bool, course_dir: Path | None) -> None:
    """Collect what students read, for translators: a catalogue per topic and language, in translations/.

    A translator fills in the msgstr lines of translations/LANGUAGE/TOPIC.po. In a checkout of deepgrade the engine's
    own catalogue is kept in the same way; its name is `grader`.
    """
    from grader.course import find_course
    from grader.release import translations

    course = find_course(None, course_dir)
    chosen = translations.select(course, [Path(name).stem for name in domains])
    if show:
        _show(course, chosen)
        return
    if check:
        _check(translations.check(course, chosen))
        return
    for path in translations.update(course, chosen):
        click.echo(f"Wrote {path}")


def _show(course: Course, domains: list[str]) -> None:
    from grader.language.choice import ENGLISH, LANGUAGES, speaking
    from grader.release.stubs import stub_of
    from grader.student.translated import stub_in_language

    for topic in (topic.name for topic in course.topics if topic.name in domains):
        for code in LANGUAGES:
            if code != ENGLISH:
                with speaking(code):
                    click.echo(stub_in_language(course, topic, stub_of(course, topic)))


def _check(states: list[State]) -> None:
    from grader.report.text import one_line

    for state in states:
        for problem in state.problems:
            line = f":{problem.line}" if problem.line else ""
            click.echo(one_line(f"{problem.file}{line}: {problem.what}"))
        click.echo(f"{state.file}: {state.messages:,} messages, {len(state.problems):,} to look at")
    if any(state.problems for state in states):
        raise click.exceptions.Exit(1)
