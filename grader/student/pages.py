"""What `grade next`, `grade hint` and `grade pack` write to a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len

from grader.language.messages import gettext, ngettext
from grader.language.said import said
from grader.model import Topic
from grader.report.page import Page
from grader.report.progress import Stage
from grader.report.terminal import Terminal
from grader.student.hints import Hint
from grader.student.packing import Packed

WIDEST = 100
"""Longer lines are hard to read."""

_DONE, _OPEN, _MISSING = ("✓", "green"), ("●", "yellow"), ("–", "red")


def render_next(
    topic: Topic | None, stage: Stage, done: int, total: int, files: Sequence[Path], terminal: Terminal, note: str = ""
) -> None:
    """Say which topic is next, and how to go about it.

    Args:
        topic: the next one; None if all are done.
        stage: how far it has come.
        done: how many topics are done.
        total: how many there are.
        files: the handout, if there is one, and the file to write in, as seen from here.
        terminal: where to write.
        note: which file counts, if there are two.
    """
    page = Page(terminal, widest=WIDEST)
    page.line()
    words = ngettext("{done} of {n} topic done", "{done} of {n} topics done", total, done=done)
    page.line((" " + "━" * done, "green"), ("─" * (total - done), "dim"), f"  {words}")
    page.line()
    if topic is None:
        page.paragraph(gettext("Everything here is done. `grade pack` makes the zip to hand in."), indent=1)
        return
    page.line((f" {topic.name}", "bold"), (f"  {topic.title}  ·  {gettext(stage)}", "dim"))
    *handout, module = files
    steps = [*((gettext("Read"), str(path)) for path in handout), (gettext("Write"), str(module))]
    steps += [(gettext("Then run"), f"grade check {topic.name}"), (gettext("Stuck?"), f"grade hint {topic.name}")]
    widest = max(cell_len(label) for label, _ in steps)
    for label, text in steps:
        page.paragraph(text, mark=f"{page.fit(label, widest)}  ", indent=3)
    if note:
        page.line()
        page.paragraph(note, indent=1, style="dim")


def render_hint(topic: Topic, file: str, sentence: str, hints: Sequence[Hint], stage: int, terminal: Terminal) -> None:
    """Write one hint, and how to ask for the next one.

    Args:
        topic: which one.
        file: that was checked.
        sentence: of the test that fails first.
        hints: all stages.
        stage: which of them, counted from 1.
        terminal: where to write.
    """
    page = Page(terminal, widest=0)  # formulas are wide
    write_hint(page, topic, file, sentence, hints, stage)
    if stage < len(hints):
        words = gettext(
            "Try again first: `grade check {topic}`. Still stuck? `grade hint {topic} --stage {stage}`.",
            topic=topic.name,
            stage=stage + 1,
        )
    else:
        words = gettext("This was the last hint. Ask your teachers, with what `grade check` shows.")
    page.paragraph(words, style="dim", indent=0)


def write_hint(page: Page, topic: Topic, file: str, sentence: str, hints: Sequence[Hint], stage: int) -> None:
    """Write one hint of those that there are, in the page of a command or of `--watch`."""
    hint = hints[stage - 1]
    words = gettext("hint {stage} of {hints}", stage=stage, hints=len(hints))
    page.line((file, "bold"), (f"  {topic.title}  ·  {words}", "dim"))
    page.rule()
    page.paragraph(gettext("To do: {sentence}", sentence=sentence), style="bold")
    page.line()
    page.paragraph(f"{hint.title}", style="yellow")
    page.line()
    page.paragraph(hint.text, indent=4)
    page.line()


def render_packed(
    packed: Sequence[Packed], target: Path, renamed: dict[str, str], terminal: Terminal, *, two: bool = False
) -> None:
    """Write what is in the zip and what is not.

    Args:
        packed: of each topic.
        target: the zip.
        renamed: files that look like a missing module, by topic.
        terminal: where to write.
        two: whether there is a topic with a module and a notebook.
    """
    page = Page(terminal, widest=WIDEST)
    names = max(len(entry.filename) for entry in packed)
    page.line()
    for entry in packed:
        mark, style = _MISSING if entry.missing else _DONE if entry.is_ready else _OPEN
        page.line((f" {mark} ", style), page.fit(entry.filename, min(names, page.width - 3)), _state(entry))
        for problem in entry.problems:
            page.paragraph(said(problem), indent=5, style="red")
        if entry.topic in renamed:
            words = gettext(
                "{found} looks like {file}: give it that name.", found=renamed[entry.topic], file=f"{entry.topic}.py"
            )
            page.paragraph(words, indent=5, style="yellow")
    page.line()
    there = sum(not entry.missing for entry in packed)
    wrote = ngettext(
        "Wrote {file}: {there} of {n} module.",
        "Wrote {file}: {there} of {n} modules.",
        len(packed),
        file=target,
        there=there,
    )
    page.paragraph(wrote, indent=0, style="bold")
    if missing := [entry.topic for entry in packed if entry.missing]:
        page.paragraph(gettext("Missing, and worth no points: {topics}.", topics=", ".join(missing)), indent=0)
    if two:
        rule = gettext("Of a module and a notebook of one topic, the one with less left to write is in it.")
        page.paragraph(rule, indent=0)
    sent = gettext("The zip was made on this machine, and nothing was sent: hand it in yourself.")
    page.paragraph(sent, indent=0, style="dim")


def _state(entry: Packed) -> str:
    if not entry.unfinished:
        return ""
    return "  " + ngettext("{n} place still to be written", "{n} places still to be written", entry.unfinished)
