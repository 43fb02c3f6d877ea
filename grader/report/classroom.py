"""What an instructor sees after `grade batch`: topics × students."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec
from rich.cells import cell_len

from grader.model import Grade, Status, Topic
from grader.report.page import Page
from grader.report.terminal import Terminal
from grader.report.text import count, number, one_line

_LEAST_ID = 12
"""Columns that identifiers get at least, if they are so long."""

_WORDS = {Status.MISSING: "missing", Status.NOT_GRADED: "not graded"}
_IN_THE_MEAN = "In a mean, what is missing counts 0 and what is not graded is left out."
_ABOUT_NOT_GRADED = "Not graded is not zero: the grader itself failed there, and somebody must look."
_SUMMARY = {Status.GRADED: "graded", Status.MISSING: "handed in nothing", Status.NOT_GRADED: "not graded"}
_MARKS = {Status.MISSING: "–", Status.NOT_GRADED: "?"}


class _Cell(msgspec.Struct, frozen=True):
    """A score, and of how much."""

    status: Status
    score: float
    max_score: float


class _Line(msgspec.Struct, frozen=True):
    """A row of the table: a cell per topic, then the total."""

    name: str
    cells: tuple[_Cell, ...]


class _Layout(msgspec.Struct, frozen=True):
    """One way to draw the table; see `_layouts`."""

    heads: tuple[str, ...]
    stand_ins: Mapping[Status, str]
    """What stands where there is no number."""
    whole: bool = False
    """Points are rounded down to whole ones."""
    gap: int = 2
    first: int = 0
    """The first column shown; those before it are left out."""

    def show(self, cell: _Cell) -> str:
        """The cell as it is written."""
        if cell.status is Status.GRADED:
            return f"{math.floor(cell.score + 1e-9)}" if self.whole else number(cell.score)
        return self.stand_ins[cell.status]

    def widths(self, lines: Sequence[_Line]) -> list[int]:
        """Of the columns shown, each with its gap."""
        columns = zip(*(line.cells for line in lines), strict=True)
        return [
            self.gap + max(len(head), *(len(self.show(cell)) for cell in column))
            for head, column in list(zip(self.heads, columns, strict=True))[self.first :]
        ]


class _Tally:
    """The class in figures, added up as it comes, for it may be large."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self.most = [topic.max_score for topic in topics]
        self.most.append(sum(self.most))
        self.students: Counter[Status] = Counter()
        self.gaps = False
        """Whether anything is missing or not graded."""
        self._sums = [0.0] * len(self.most)
        self._counts = [0] * len(self.most)

    def add(self, line: _Line) -> None:
        """Count one student. What is missing counts zero in the mean, what is not graded is left out of it."""
        self.students[line.cells[-1].status] += 1
        for column, cell in enumerate(line.cells):
            self.gaps |= cell.status is not Status.GRADED
            if cell.status is not Status.NOT_GRADED:
                self._sums[column] += cell.score
                self._counts[column] += 1

    def mean(self) -> _Line:
        """The mean of each column; not graded where there is nothing to take it of."""
        figures = zip(self._sums, self._counts, self.most, strict=True)
        cells = (
            _Cell(Status.GRADED if many else Status.NOT_GRADED, round(total / max(many, 1), 1), most)
            for total, many, most in figures
        )
        return _Line("mean", tuple(cells))

    def best(self) -> _Line:
        """What could be reached."""
        return _Line("out of", tuple(_Cell(Status.GRADED, most, most) for most in self.most))


def render_class(
    grades: Iterable[Grade], topics: Sequence[Topic], terminal: Terminal, limit: int | None = None
) -> None:
    """Write a row per student, the mean, and a summary.

    Args:
        grades: of the class; read once, and not kept.
        topics: the columns, in this order.
        terminal: where to write.
        limit: how many students get a row; the others are in the mean and the summary only. None for all.
    """
    page = Page(terminal)
    tally = _Tally(topics)
    lines: list[_Line] = []
    for grade in grades:
        line = _line_of(grade, topics)
        tally.add(line)
        if limit is None or len(lines) < limit:
            lines.append(line)
    if not tally.students:
        page.line("There are no grades yet.")
        return
    _write_table(page, lines, tally, [topic.name for topic in topics])
    page.line()
    _write_summary(page, tally)


def _line_of(grade: Grade, topics: Sequence[Topic]) -> _Line:
    scores = {score.topic: score for score in grade.topics}
    cells = []
    for topic in topics:
        score = scores.get(topic.name)
        status = score.status if score else Status.NOT_GRADED
        cells.append(_Cell(status, (score.score if score else 0.0) or 0.0, topic.max_score))
    total = _Cell(grade.status, grade.score or 0.0, grade.max_score)
    return _Line(one_line(grade.student_id) or ascii(grade.student_id), (*cells, total))


def _write_table(page: Page, lines: Sequence[_Line], tally: _Tally, topics: Sequence[str]) -> None:
    feet = [tally.mean(), tally.best()]
    every = [*lines, *feet]
    layout, widths = _fitting(page.width, every, topics)
    names = min(max(cell_len(line.name) for line in every), page.width - sum(widths))
    heads = layout.heads[layout.first :]
    page.line(
        " " * names,
        *((page.fit(head, width, right=True), "bold") for head, width in zip(heads, widths, strict=True)),
    )
    for line in lines:
        _write_line(page, layout, line, names, widths)
    more = sum(tally.students.values()) - len(lines)
    if more and lines:
        page.line((f"… and {count(more, 'more student')}", "dim"))
    page.rule(names + sum(widths))
    for line in feet:
        _write_line(page, layout, line, names, widths)
    _write_legend(page, layout, topics)


def _fitting(width: int, lines: Sequence[_Line], topics: Sequence[str]) -> tuple[_Layout, list[int]]:
    """The first layout that leaves room for the identifiers, with the widths of its columns."""
    least = min(max(cell_len(line.name) for line in lines), _LEAST_ID)
    for layout in _layouts(topics):
        widths = layout.widths(lines)
        if sum(widths) + least <= width:
            break
    return layout, widths


def _layouts(topics: Sequence[str]) -> Iterator[_Layout]:
    """From wide to narrow; the last one shows the totals only."""
    yield _Layout((*topics, "total"), _WORDS)
    short = (*abbreviations(topics), "total")
    yield _Layout(short, _MARKS)
    yield _Layout(short, _MARKS, gap=1)
    yield _Layout(short, _MARKS, gap=1, whole=True)
    yield _Layout(short, _MARKS, first=len(topics))


def abbreviations(names: Sequence[str]) -> list[str]:
    """A short name for each: initials (LRS), or as many letters as tell it from the others (adag, adam)."""
    initials = ["".join(word[0] for word in name.split("_")).upper() for name in names]
    return [
        short if len(short) > 1 and initials.count(short) == 1 else _beginning(name, names)
        for name, short in zip(names, initials, strict=True)
    ]


def _beginning(name: str, names: Sequence[str]) -> str:
    others = [other for other in names if other != name]
    for end in range(3, len(name)):
        if not any(other.startswith(name[:end]) for other in others):
            return name[:end]
    return name


def _write_line(page: Page, layout: _Layout, line: _Line, names: int, widths: Sequence[int]) -> None:
    cells = zip(line.cells[layout.first :], widths, strict=True)
    page.line(
        page.fit(line.name, names),
        *((page.fit(layout.show(cell), width, right=True), _style(cell)) for cell, width in cells),
    )


def _style(cell: _Cell) -> str:
    """By the share of the points, and apart where there are none to speak of."""
    if cell.status is not Status.GRADED:
        return "dim" if cell.status is Status.MISSING else "bold magenta"
    share = cell.score / cell.max_score if cell.max_score else 0.0
    return "green" if share >= 0.9 else "red" if share <= 0 else "yellow" if share < 0.5 else ""


def _write_legend(page: Page, layout: _Layout, topics: Sequence[str]) -> None:
    """What the shortened table does not say itself."""
    if layout.first:
        page.line(("The topics need a wider window.", "dim"))
    elif layout.heads != (*topics, "total"):
        page.line()
        page.items([f"{s} {name}" for s, name in zip(layout.heads, topics, strict=False) if s != name])
        marks = [f"{mark} {_WORDS[status]}" for status, mark in _MARKS.items()]
        page.items([*marks, "points are rounded down"] if layout.whole else marks)


def _write_summary(page: Page, tally: _Tally) -> None:
    """The class in one sentence or two."""
    students = tally.students
    parts = [f"{students[status]:,} {_SUMMARY[status]}" for status in _SUMMARY if students[status]]
    page.paragraph(f"{count(students.total(), 'student')}: {', '.join(parts)}.", style="bold", indent=0)
    mean = tally.mean().cells[-1]
    if mean.status is Status.GRADED:
        share = math.floor(100 * mean.score / mean.max_score + 1e-9)
        page.paragraph(f"Mean {number(mean.score)} of {number(mean.max_score)} points ({share} %).", indent=0)
    if tally.gaps:
        page.paragraph(_IN_THE_MEAN, style="dim", indent=0)
    if students[Status.NOT_GRADED]:
        page.paragraph(_ABOUT_NOT_GRADED, style="magenta", indent=0)
