"""Which part of the plane a panel shows: a run that leaves it must not flatten all the others."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import msgspec

from grader.figure import Kind, Numbers, Panel, Role, Series

_MARGIN = 0.05
"""Of the range, on each side."""


class Frame(msgspec.Struct, frozen=True):
    """The axes' limits."""

    x: tuple[float, float]
    y: tuple[float, float]
    cut: bool
    """Whether some of the student's numbers lie outside."""


def frame_of(panel: Panel) -> Frame:
    """The limits of a panel: a contour's own; else what the reference and what is given need, and as much again."""
    if panel.heights is not None:
        x, y = (panel.heights.x[0], panel.heights.x[-1]), (panel.heights.y[0], panel.heights.y[-1])
    else:
        trusted = [series for series in panel.series if series.role is not Role.STUDENT] or list(panel.series)
        bars = panel.kind is Kind.HISTOGRAM
        x = _spread(_finite(s.x for s in trusted), _finite(s.x for s in panel.series), margin=0.0 if bars else 0.02)
        y = _spread(_finite(s.y for s in trusted), _finite(s.y for s in panel.series), log=panel.log_y)
        y = (0.0, y[1]) if bars else y
    cut = any(not _inside(series, x, y) for series in panel.series if series.role is Role.STUDENT)
    return Frame(x=x, y=y, cut=cut)


def runs(series: Series) -> list[list[tuple[float, float]]]:
    """The points of a series in one piece or more: a gap ends a piece."""
    pieces: list[list[tuple[float, float]]] = [[]]
    for x, y in zip(series.x, series.y, strict=False):
        if x is None or y is None:
            pieces.append([])
        else:
            pieces[-1].append((x, y))
    return [piece for piece in pieces if piece]


def bars(series: Series) -> list[tuple[float, float, float]]:
    """Left edge, right edge and height of each bin that can be drawn."""
    edges = pairwise(series.x)
    return [(a, b, y) for (a, b), y in zip(edges, series.y, strict=False) if None not in (a, b, y)]  # type: ignore[misc]


def _spread(
    trusted: list[float], everything: list[float], *, margin: float = _MARGIN, log: bool = False
) -> tuple[float, float]:
    """From the least to the largest, with a margin; what is not trusted gets as much room again on each side."""
    if log:
        trusted, everything = ([v for v in values if v > 0] for values in (trusted, everything))
    if not trusted:
        return (1e-1, 1.0) if log else (0.0, 1.0)
    low, high = min(trusted), max(trusted)
    if log:
        return max(min(everything), low / (high / low * 10)) / 1.5, min(max(everything), high * (high / low * 10)) * 1.5
    room = (high - low) or abs(high) or 1.0
    low, high = max(min(everything), low - room), min(max(everything), high + room)
    edge = ((high - low) or room) * margin
    return low - edge, high + edge


def _finite(columns: Iterable[Numbers]) -> list[float]:
    return [value for column in columns for value in column if value is not None]


def _inside(series: Series, x: tuple[float, float], y: tuple[float, float]) -> bool:
    return all(
        value is None or low <= value <= high
        for column, (low, high) in ((series.x, x), (series.y, y))
        for value in column
    )
