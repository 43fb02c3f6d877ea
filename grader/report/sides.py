"""Expected and got side by side, with a sign at every value that differs."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len

from grader.language.messages import gettext, ngettext
from grader.model import Comparison, Line
from grader.report.page import Page

SIGN = "≠"
_INDENT = 4
_GAP = "  "
_MOST_STACKED = 3


def write_call(page: Page, call: Sequence[str]) -> None:
    """The call that went wrong, as a student would type it."""
    for line in call:
        mark = "" if line.startswith("#") else "... " if line.startswith((" ", ")")) else ">>> "
        page.paragraph(line, indent=_INDENT, mark=mark)


def write_comparison(page: Page, comparison: Comparison) -> None:
    """A table, or one below the other where it is narrow."""
    table = _Table(page, comparison)
    if table.width <= page.width:
        table.write()
    else:
        _write_stacked(page, comparison)
    if comparison.times not in (0.0, -1.0):
        times = gettext("Each value is {times} times what it should be.", times=f"{comparison.times:.4g}")
        page.paragraph(times, indent=_INDENT)
    if comparison.rtol or comparison.atol:
        sizes = {"atol": f"{comparison.atol:g}", "rtol": f"{comparison.rtol:g}"}
        allowed = gettext("Allowed difference: {atol} + {rtol} × |expected|.", **sizes)
        page.paragraph(allowed, indent=_INDENT, style="dim")


class _Table:
    """Three columns: the place, what was expected, what came with a sign where it differs."""

    def __init__(self, page: Page, comparison: Comparison) -> None:
        self._page = page
        self._comparison = comparison
        self._sign = page.clean(SIGN)
        self._places = [page.cut(line.place, 20) for line in comparison.lines]
        texts = [text for line in comparison.lines for text in (*line.expected, *line.got)]
        self._negative = any(text.startswith("-") for text in texts)
        self._cell = max((cell_len(self._lead(text) + page.clean(text)) for text in texts), default=0)
        head = "" if self._places == [""] else comparison.axis
        self._first = max(map(cell_len, [head, *self._places]), default=0)
        self._head = page.fit(head, self._first) + (_GAP if self._first else "")
        many = max((len(line.expected) for line in comparison.lines), default=1)
        self._side = max(many * (self._cell + len(_GAP)), cell_len(gettext("expected")) + len(_GAP))
        self._mark = len(self._sign) + 1
        self.width = _INDENT + cell_len(self._head) + self._side + many * (self._cell + self._mark + len(_GAP))

    def write(self) -> None:
        """Write it."""
        sign = " " if self._negative else ""
        expected, got = gettext("expected"), gettext("got")
        titles = self._page.fit(f"{sign}{expected}", self._side) + " " * self._mark + f"{sign}{got}"
        self._page.line((" " * _INDENT + self._head + titles, "dim"))
        above, below = self._comparison.before, self._comparison.after
        self._left_out(above, ngettext("… {n} more line above", "… {n} more lines above", above))
        for place, line in zip(self._places, self._comparison.lines, strict=True):
            self._line(place, line)
        self._left_out(below, ngettext("… {n} more line below", "… {n} more lines below", below))

    def _line(self, place: str, line: Line) -> None:
        front = self._page.fit(place, self._first) + (_GAP if self._first else "")
        parts: list[str | tuple[str, str]] = [" " * _INDENT + front]
        for text, wrong in zip(line.expected, line.wrong, strict=True):
            parts.append((self._fitted(text) + _GAP, "green" if wrong else ""))
        parts.append(" " * (self._side - len(line.expected) * (self._cell + len(_GAP))))
        for text, wrong in zip(line.got, line.wrong, strict=True):
            sign = f"{self._sign} " if wrong else " " * self._mark
            parts.append((sign + self._fitted(text) + _GAP, "bold red" if wrong else ""))
        self._page.line(*parts)

    def _lead(self, text: str) -> str:
        """Room for a minus sign where others have one."""
        return " " if self._negative and not text.startswith("-") else ""

    def _fitted(self, text: str) -> str:
        lead = self._lead(text)
        return lead + self._page.fit(text, self._cell - len(lead))

    def _left_out(self, lines: int, words: str) -> None:
        if lines:
            self._page.line((f"{' ' * (_INDENT + cell_len(self._head))}{words}", "dim"))


def _write_stacked(page: Page, comparison: Comparison) -> None:
    """The lines that differ, expected above got."""
    wrong = [line for line in comparison.lines if any(line.wrong)]
    for line in wrong[:_MOST_STACKED]:
        if line.place:
            page.paragraph(f"{comparison.axis} {line.place}", indent=_INDENT, style="dim")
        page.paragraph(" ".join((gettext("expected"), *line.expected)), indent=_INDENT)
        marked = (f"{SIGN} {text}" if differs else text for text, differs in zip(line.got, line.wrong, strict=True))
        page.paragraph(" ".join((gettext("got"), *marked)), indent=_INDENT, style="red")
    if len(wrong) > _MOST_STACKED:
        more = ngettext("… {n} more line", "… {n} more lines", len(wrong) - _MOST_STACKED)
        page.paragraph(more, indent=_INDENT, style="dim")
