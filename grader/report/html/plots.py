"""Where the shapes of a plot lie. What they look like is the style sheet's business."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import msgspec

from grader.model import Status
from grader.report.html.figures import BINS, Spread, share_of
from grader.report.text import count, number

COLUMNS = 200
"""Of a heat map: with more students a column shows the mean of neighbours."""
_LEAST_BAR = 2.0


class Bar(msgspec.Struct, frozen=True):
    """A rectangle with what it stands for."""

    x: float
    y: float
    width: float
    height: float
    style: str
    """Class in the style sheet."""
    says: str


class Cell(msgspec.Struct, frozen=True):
    """A score, and of how much."""

    status: Status
    score: float
    max_score: float

    @property
    def style(self) -> str:
        """Class in the style sheet: s0 for nothing to s5 for everything, sm for missing, sn for not graded."""
        if self.status is not Status.GRADED:
            return "sm" if self.status is Status.MISSING else "sn"
        share = share_of(self.score, self.max_score)
        return "s5" if share >= 1.0 - 1e-9 else "s0" if share <= 0 else f"s{min(math.floor(share * 4), 3) + 1}"

    @property
    def says(self) -> str:
        """The score in words."""
        if self.status is not Status.GRADED:
            return "missing" if self.status is Status.MISSING else "not graded"
        return f"{number(self.score)} of {number(self.max_score)}"


def histogram(spread: Spread, width: float = 144.0, height: float = 36.0) -> tuple[Bar, ...]:
    """A bar for each bin that anybody is in; the first is exactly zero, the last is full marks."""
    most = max(*spread.counts, 1)
    step = width / len(spread.counts)
    return tuple(
        Bar(
            step * place + 1, height - tall, step - 2, tall, _bin_style(place), f"{_bin_name(place)}: {_people(amount)}"
        )
        for place, amount in enumerate(spread.counts)
        if (tall := max(height * amount / most, _LEAST_BAR) if amount else 0)
    )


class Share(msgspec.Struct, frozen=True):
    """A bin of a distribution, as a line of its own."""

    name: str
    amount: int
    width: float
    """In hundredths of the longest."""
    style: str


def shares(spread: Spread) -> tuple[Share, ...]:
    """The same, lying: a line for each bin, also where nobody is."""
    most = max(*spread.counts, 1)
    return tuple(
        Share(_bin_name(place), amount, 100 * amount / most, _bin_style(place))
        for place, amount in enumerate(spread.counts)
    )


def described(spread: Spread) -> str:
    """The same in a sentence, for who cannot see it."""
    parts = [f"{_bin_name(place)}: {amount}" for place, amount in enumerate(spread.counts) if amount]
    return f"Students by share of the points in {spread.title}. {'; '.join(parts) or 'Nobody is graded'}."


def heat_map(rows: Sequence[tuple[str, Sequence[Cell]]], topics: int) -> tuple[tuple[Bar, ...], ...]:
    """For each topic a strip: a column for a student, or for some neighbours in a large class.

    Args:
        rows: name and cells of each student, in the order of the columns.
        topics: how many cells each has.
    """
    groups = _groups(len(rows))
    return tuple(
        tuple(_column(place, [(rows[index][0], rows[index][1][topic]) for index in group]) for place, group in groups)
        for topic in range(topics)
    )


def _groups(students: int) -> list[tuple[int, range]]:
    """Neighbours that share a column, all groups of nearly the same size."""
    columns = min(students, COLUMNS)
    borders = [students * place // columns for place in range(columns + 1)] if columns else []
    return [(place, range(*pair)) for place, pair in enumerate(itertools.pairwise(borders))]


def _column(place: int, people: Sequence[tuple[str, Cell]]) -> Bar:
    """What is missing or not graded is drawn low, so that it differs by more than its colour."""
    cells = [cell for _, cell in people]
    cell = cells[0] if len(cells) == 1 else _mean(cells)
    who = people[0][0] if len(people) == 1 else f"{people[0][0]} to {people[-1][0]}, on average"
    low = {Status.MISSING: 3.0, Status.NOT_GRADED: 6.0}.get(cell.status, 10.0)
    return Bar(float(place), 10.0 - low, 1.0, low, cell.style, f"{who}: {cell.says}")


def _mean(cells: Sequence[Cell]) -> Cell:
    """What is missing counts zero, unless all is; what is not graded is left out."""
    counted = [cell for cell in cells if cell.status is not Status.NOT_GRADED]
    if not counted:
        return cells[0]
    if all(cell.status is Status.MISSING for cell in counted):
        return counted[0]
    return Cell(Status.GRADED, math.fsum(cell.score for cell in counted) / len(counted), counted[0].max_score)


def _bin_name(place: int) -> str:
    if place == 0:
        return "nothing"
    step = 100 // BINS
    return "everything" if place > BINS else f"{step * (place - 1)} to {step * place} %"


def _bin_style(place: int) -> str:
    return "b0" if place == 0 else "b9" if place > BINS else "b"


def _people(amount: int) -> str:
    return count(amount, "student")
