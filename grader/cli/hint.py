"""`grade hint`: help in stages."""

from __future__ import annotations

from pathlib import Path

import click

from grader.cli.options import course_option, example, folder_option, json_option, print_json, terminal
from grader.cli.speech import lang_option


@click.command(
    epilog=example(
        "grade hint adam              the first hint",
        "grade hint adam --stage 2    the next one, more concrete",
    )
)
@click.argument("topic")
@click.option("--stage", type=click.IntRange(1), default=1, show_default=True, help="How concrete.")
@folder_option
@click.option("--public", is_flag=True, help="Go by the public suites even where the hidden ones are installed.")
@course_option
@json_option
@lang_option
def command(topic: str, stage: int, folder: Path | None, public: bool, course_dir: Path | None, as_json: bool) -> None:
    """Give a hint on the first thing to fix in TOPIC. Each stage is more concrete than the one before."""
    from grader.cli.loading import begun
    from grader.language.messages import gettext

    with begun([topic], folder, course_dir) as (course, (chosen,), files, zygote):
        from grader.student.work import check_work, choose_suites, find_work, read_work

        kind = choose_suites(course, [chosen], public=public)
        submission = read_work(course, find_work(course, folder or files.folder), [chosen], files.endings)
        [score] = check_work(course, [chosen], kind, submission, zygote=zygote).topics
    from grader.report.page import Page
    from grader.report.progress import failures
    from grader.student.handout import read_sections
    from grader.student.hints import hints_for
    from grader.student.pages import render_hint

    hints = hints_for(score, read_sections(course, chosen.name))
    stage = min(stage, len(hints))
    if as_json:
        given = hints[stage - 1] if hints else None
        print_json({"version": 1, "topic": chosen.name, "stage": stage, "stages": len(hints), "hint": given})
    elif not hints:
        words = gettext("{topic} is done: there is nothing to give a hint on.", topic=chosen.name)
        Page(terminal()).paragraph(words, indent=0)
    else:
        sentence = failures(score)[0].first.sentence
        file = submission.modules[chosen.name].filename
        render_hint(chosen, file, sentence, hints, stage, terminal())
