"""A student's own run beside the reference's numbers: made, and written to a terminal."""

from __future__ import annotations

from collections.abc import Sequence

import click
from rich.cells import cell_len

from grader.errors import UsageError
from grader.figure import Figure, Panel
from grader.figures.beside import beside
from grader.figures.reference import reference_figures
from grader.figures.running import load, run
from grader.figures.terminal import LEAST_WIDTH, Drawing, drawing
from grader.language.messages import gettext
from grader.language.records import figure_in_language
from grader.model import Course, Isolation, Module, Topic
from grader.report.page import Page
from grader.report.terminal import Terminal
from grader.sandbox.client import Budget
from grader.sandbox.levels import open_sandbox
from grader.suite.subject import Subject, control_of

_WIDEST = 100
_HEIGHT, _LEAST_HEIGHT = 22, 12
"""Lines of a panel."""


def figures_of(course: Course, topic: str, module: Module) -> tuple[Figure, ...]:
    """The figures of a topic with the numbers of a student's module, and with the reference's where they are known.

    Raises:
        UsageError: nothing is drawn of this topic.
        CourseError: the figure file or the recorded numbers are broken.
    """
    plans = load(course, topic)
    if not plans:
        raise UsageError(f"Nothing is drawn of {topic}: there is no figures/{topic}.py.", "`grade check` checks it.")
    limits = course.limits
    sandbox = open_sandbox(Isolation.PARTIAL, limits)
    subject = Subject(module, lambda: sandbox.open(limits), limits, Budget(limits.topic_seconds))
    try:
        figures = beside(run(plans, subject), reference_figures(course, topic))
        return tuple(figure_in_language(course, topic, figure) for figure in figures)
    finally:
        control_of(subject).close()
        sandbox.close()


def render_figures(topic: Topic, figures: Sequence[Figure], terminal: Terminal) -> None:
    """Draw figures one below the other, each with what to look at and a legend.

    Args:
        topic: whose.
        figures: to draw.
        terminal: where to write.

    Raises:
        UsageError: the terminal is too narrow.
        ModuleNotFoundError: Plotext is not installed.
    """
    page = Page(terminal, widest=_WIDEST)
    if page.width < LEAST_WIDTH:
        raise UsageError(
            f"A terminal of {page.width} columns is too narrow to draw in.",
            f"Widen it to {LEAST_WIDTH} columns, or write a picture: grade plot {topic.name} --output {topic.name}.png",
        )
    for figure in figures:
        page.line()
        page.line((figure.title, "bold"))
        page.paragraph(figure.says, indent=0, style="dim")
        if figure.problem:
            page.line()
            words = gettext("Your run is not in it: {problem}", problem=figure.problem)
            page.paragraph(words, indent=0, style="red")
        for panel in figure.panels:
            _render_panel(page, panel, terminal)


def _render_panel(page: Page, panel: Panel, terminal: Terminal) -> None:
    unicode = terminal.encoding.lower().startswith("utf")
    height = min(max(page.width // 4 + 2, _LEAST_HEIGHT), _HEIGHT)
    drawn = drawing(panel, page.width - 1, height, unicode=unicode)
    page.line()
    if panel.title:
        page.line(("  " + panel.title, "bold"))
    page.line(("  " + panel.y_label, "dim"))
    for line in drawn.lines:
        terminal.write((line if terminal.colours else click.unstyle(line)) + "\n")
    page.line((page.fit(panel.x_label, page.width - 2, right=True), "dim"))
    _render_legend(page, drawn)
    if drawn.cut:
        page.paragraph(gettext("Your run leaves the picture."), style="yellow")


def _render_legend(page: Page, drawn: Drawing) -> None:
    """The keys side by side, as many to a line as fit."""
    line: list[tuple[str, str]] = []
    room = page.width
    for key in drawn.legend:
        style = str(key.colour) if key.colour is not None else ""
        entry = [(page.clean(key.mark), style), (f" {page.clean(key.text)}", "")]
        size = sum(cell_len(text) for text, _ in entry)
        if line and size + 3 > room:
            page.line(*line)
            line, room = [], page.width
        front = "   " if line else "  "
        line += [(front, ""), *entry]
        room -= size + len(front)
    page.line(*line)
