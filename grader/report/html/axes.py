"""From numbers to places on a picture, and the marks beside its edges."""

from __future__ import annotations

import math

import msgspec

from grader.figures.ticks import ticks

_FARTHEST = 3.0
"""Widths of the picture beyond which no point lies: a browser does not draw at 1e300."""
_MOST_MARKS = 5


class Mark(msgspec.Struct, frozen=True):
    """A number at an edge of the picture."""

    at: float
    """From 0 to 1."""
    text: str


class Axis(msgspec.Struct, frozen=True):
    """One direction of a picture."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """Where a number lies: 0 at the low end, 1 at the high one; never far outside."""
        low, high, at = self.low, self.high, value
        if self.log:
            if value <= 0:
                return -_FARTHEST
            low, high, at = math.log10(low), math.log10(high), math.log10(value)
        share = (at - low) / (high - low) if high > low else 0.5
        return min(max(share, -_FARTHEST), 1.0 + _FARTHEST)

    def marks(self) -> tuple[Mark, ...]:
        """Round numbers, or powers of ten, between the ends."""
        values = _powers(self.low, self.high) if self.log else ticks(self.low, self.high, _MOST_MARKS)
        return tuple(Mark(self.place(value), _text(value)) for value in values)


def _powers(low: float, high: float) -> list[float]:
    first, last = math.ceil(math.log10(low) - 1e-9), math.floor(math.log10(high) + 1e-9)
    every = (last - first) // 5 + 1
    return [10.0**power for power in range(first, last + 1, every)]


def _text(value: float) -> str:
    return f"{value:.6g}".replace("e-0", "e-").replace("e+0", "e").replace("-", "−")
