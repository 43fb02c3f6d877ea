"""What `%grade` shows: a table in a notebook, the page of `grade check` in a terminal.

Everything in it is text from somewhere else, and is escaped; there is no script and no style sheet, as notebooks keep
neither from a page that they do not trust.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from typing import Any

import msgspec

from grader.language.messages import gettext, ngettext
from grader.language.said import said
from grader.model import Comparison, Grade, Outcome, Result, SuiteKind, Topic, TopicScore
from grader.report.check import SUITES, render_check
from grader.report.page import Page
from grader.report.progress import Stage, failures, passed, stage_of
from grader.report.terminal import Terminal
from grader.report.text import number, printable
from grader.report.words import KINDS
from grader.student.hints import Hint

_COLUMNS = 88
_GREEN, _RED, _GREY, _YELLOW = "#1a7f37", "#c4372b", "#767676", "#8f5f00"
_CELL = "text-align:left;vertical-align:top;padding:2px 12px 2px 0"
_NUMBER = "font-family:monospace;text-align:right;padding:1px 12px 1px 0"
_SHORT = f"{_CELL};white-space:nowrap"
_PRE = "margin:6px 0;white-space:pre-wrap;font-family:monospace;font-size:90%"


class Shown(msgspec.Struct, frozen=True):
    """What IPython asks for what it can show."""

    text: str
    html: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": self.text, "text/html": self.html}

    def __repr__(self) -> str:
        return self.text


def problem(words: str, remedy: str) -> Shown:
    """Why nothing was checked, and what to do about it."""
    words, remedy = said(words), said(remedy)
    lines = [part for part in remedy.splitlines() if part]
    html = f"<div><b style='color:{_RED}'>{_said(words)}</b>{''.join(f'<br>{_said(line)}' for line in lines)}</div>"
    return Shown("\n".join([words, *(f"  {line}" for line in lines)]), html)


def as_text(topic: Topic, grade: Grade, kind: SuiteKind, filename: str, hint: Hint | None) -> str:
    """The page of `grade check`."""
    stream = io.StringIO()
    terminal = Terminal(stream, width=_COLUMNS, styles=False)
    if hint:
        page = Page(terminal)
        page.line()
        page.paragraph(hint.title, style="bold")
        page.paragraph(hint.text, indent=4)
    render_check(grade, [topic], kind, terminal, files={topic.name: filename})
    return stream.getvalue().rstrip("\n")


def as_html(topic: Topic, score: TopicScore, kind: SuiteKind, hint: Hint | None, pictures: Sequence[str]) -> str:
    """A table of the tests, then the first thing to fix."""
    parts = [_head(topic, score), _table(score)]
    if found := failures(score):
        parts.append(_first(found[0].first))
    if hint:
        parts.append(
            f"<p style='color:{_YELLOW}'><b>{_said(hint.title)}</b></p><pre style='{_PRE}'>{_said(hint.text)}</pre>"
        )
    for data in pictures:
        parts.append(f"<img style='max-width:100%' alt='' src='data:image/svg+xml;base64,{data}'>")
    return f"<div>{''.join(parts)}{_foot(topic, score, kind)}</div>"


def _head(topic: Topic, score: TopicScore) -> str:
    stage = stage_of(score)
    colour = {Stage.DONE: _GREEN, Stage.NOT_STARTED: _GREY}.get(stage, _YELLOW)
    points = gettext("{got} of {most} points", got=number(score.score or 0.0), most=number(score.max_score))
    tests = ngettext(
        "{passed} of {n} test passed", "{passed} of {n} tests passed", len(score.outcomes), passed=passed(score)
    )
    state = f"<b style='color:{colour}'>{_said(gettext(stage))}</b>"
    return f"<p><b>{_said(topic.title)}</b> · {state} · {_said(tests)} · {_said(points)}</p>"


def _table(score: TopicScore) -> str:
    rows = []
    for outcome in score.outcomes:
        right = outcome.result is Result.PASSED
        mark, colour = ("✓", _GREEN) if right else ("✗", _RED)
        cells = (
            f"<td style='{_CELL};color:{colour}'>{mark}</td>",
            f"<td style='{_CELL}'>{_said(outcome.sentence or outcome.test)}</td>",
            f"<td style='{_SHORT};color:{colour}'>{_said(gettext(KINDS[outcome.result][0]))}</td>",
            f"<td style='{_SHORT};text-align:right'>{number(outcome.points)} / {number(outcome.max_points)}</td>",
        )
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table style='margin:4px 0'><tbody>{''.join(rows)}</tbody></table>"


def _first(outcome: Outcome) -> str:
    """The first thing to fix, as `grade check` has it: the mistake's name before all else."""
    parts = []
    if outcome.mistake:
        named = gettext("These are the numbers of {mistake}.", mistake=outcome.mistake)
        parts.append(f"<b style='color:{_YELLOW}'>{_said(named)}</b><br>")
    if outcome.hint:
        parts.append(f"<span style='color:{_YELLOW}'>{_said(gettext('Hint: {hint}', hint=outcome.hint))}</span><br>")
    parts.append(f"<b>{_said(outcome.sentence or outcome.test)}</b><br>")
    parts.append(f"<span style='color:{_RED}'>{_said(gettext(KINDS[outcome.result][1]))}</span>")
    if outcome.message:
        parts.append(f"<pre style='{_PRE}'>{_said(outcome.message)}</pre>")
    if outcome.call:
        lines = (line if line.startswith("#") else f"{_prompt(line)} {line}" for line in outcome.call)
        parts.append(f"<pre style='{_PRE}'>{_said(chr(10).join(lines))}</pre>")
    if outcome.comparison:
        parts.append(_comparison(outcome.comparison))
    if outcome.output.strip():
        printed = f"<pre style='{_PRE};color:{_GREY}'>{_said(outcome.output)}</pre>"
        parts.append(f"<span style='color:{_GREY}'>{_said(gettext('The code printed:'))}</span>{printed}")
    return f"<div style='border-left:3px solid {_RED};padding-left:12px;margin:8px 0'>{''.join(parts)}</div>"


def _prompt(line: str) -> str:
    return "..." if line.startswith((" ", ")")) else ">>>"


def _comparison(comparison: Comparison) -> str:
    head = "".join(
        f"<th style='{_NUMBER}'>{_said(text)}</th>" for text in (comparison.axis, gettext("expected"), gettext("got"))
    )
    rows = []
    for line in comparison.lines:
        wrong = any(line.wrong)
        got = " ".join(f"≠ {text}" if off else text for text, off in zip(line.got, line.wrong, strict=True))
        style = f"{_NUMBER};color:{_RED};font-weight:bold" if wrong else _NUMBER
        cells = ((_NUMBER, line.place), (_NUMBER, " ".join(line.expected)), (style, got))
        rows.append("<tr>" + "".join(f"<td style='{look}'>{_said(text)}</td>" for look, text in cells) + "</tr>")
    table = f"<table style='margin:4px 0'><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    if not (comparison.rtol or comparison.atol):
        return table
    sizes = {"atol": f"{comparison.atol:g}", "rtol": f"{comparison.rtol:g}"}
    words = gettext("Allowed difference: {atol} + {rtol} × |expected|.", **sizes)
    return f"{table}<span style='color:{_GREY};font-size:90%'>{_said(words)}</span>"


def _foot(topic: Topic, score: TopicScore, kind: SuiteKind) -> str:
    lines = [gettext(SUITES[kind])]
    if stage_of(score) is Stage.DONE:
        lines.append(gettext("Save the notebook; `grade next` in a terminal says which topic to go on with."))
    else:
        lines.append(
            gettext(
                "Change a cell, run it, then run this one again. Stuck? {hint} gives a hint. Cells are called by the "
                "number in In [ ].",
                hint=f"%grade {topic.name} --hint",
            )
        )
    return f"<p style='color:{_GREY};font-size:90%'>{'<br>'.join(map(_said, lines))}</p>"


def _said(text: str) -> str:
    return escape(printable(text))
