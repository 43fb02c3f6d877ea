"""The class in figures, added up student by student."""

from __future__ import annotations

import math
import statistics
from array import array
from collections import Counter
from collections.abc import Sequence

import msgspec

from grader.model import Grade, Status, Topic, TopicScore
from grader.report.progress import Stage, stage_of

BINS = 10
"""Of a distribution, besides one for exactly zero and one for full marks."""
_ROUNDING = 1e-9


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """How the scores of a topic, or the totals, are distributed."""

    title: str
    max_score: float
    counts: tuple[int, ...]
    """Zero, then the tenths of max_score upwards, then full marks."""
    mean: float | None
    """What is missing counts zero, what is not graded is left out; None if nothing is left."""
    median: float | None
    """As the mean."""
    full: int
    zero: int
    """Handed in and graded, not a single point."""
    not_started: int
    """Of those with zero, the untouched stubs."""
    missing: int
    not_graded: int


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """The class."""

    students: int
    statuses: dict[Status, int]
    total: Spread
    topics: tuple[Spread, ...]
    graded_at: str
    """The latest time at which something was graded; empty if nothing was."""


class ClassTally:
    """Adds up the class; keeps a number per student and topic."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._topics = [_Column(topic.title, topic.max_score) for topic in topics]
        self._names = {topic.name: column for topic, column in zip(topics, self._topics, strict=True)}
        self._total = _Column("Total", math.fsum(topic.max_score for topic in topics))
        self._statuses: Counter[Status] = Counter()
        self._graded_at = ""

    def add(self, grade: Grade) -> None:
        """Count one student."""
        self._statuses[grade.status] += 1
        self._graded_at = max(self._graded_at, grade.graded_at)
        self._total.add(grade.status, grade.score)
        for score in grade.topics:
            if score.topic in self._names:
                self._names[score.topic].add(score.status, score.score, untouched=is_untouched(score))

    def figures(self) -> Figures:
        """What was added so far."""
        return Figures(
            students=self._statuses.total(),
            statuses={status: self._statuses[status] for status in Status},
            total=self._total.spread(),
            topics=tuple(column.spread() for column in self._topics),
            graded_at=self._graded_at,
        )


def is_untouched(score: TopicScore) -> bool:
    """Whether the stub was handed in as it was given out."""
    return bool(score.outcomes) and stage_of(score) is Stage.NOT_STARTED


def share_of(score: float, max_score: float) -> float:
    """Score as a share of the points, from 0 to 1."""
    return min(max(score / max_score, 0.0), 1.0) if max_score > 0 else 1.0


def bin_of(score: float, max_score: float) -> int:
    """Which bin of a distribution this score falls into: neither the first nor the last without the exact score."""
    if score >= max_score - _ROUNDING:
        return BINS + 1
    if score <= _ROUNDING:
        return 0
    return min(1 + math.floor(share_of(score, max_score) * BINS), BINS)


class _Column:
    """The scores of one topic, or the totals."""

    def __init__(self, title: str, max_score: float) -> None:
        self._title = title
        self._max = max_score
        self._scores = array("d")
        self._statuses: Counter[Status] = Counter()
        self._untouched = 0

    def add(self, status: Status, score: float | None, *, untouched: bool = False) -> None:
        self._statuses[status] += 1
        self._untouched += untouched
        if status is Status.GRADED and score is not None:
            self._scores.append(score)

    def spread(self) -> Spread:
        bins = Counter(bin_of(score, self._max) for score in self._scores)
        missing = self._statuses[Status.MISSING]
        counted = [*self._scores, *[0.0] * missing]
        return Spread(
            title=self._title,
            max_score=self._max,
            counts=tuple(bins[number] for number in range(BINS + 2)),
            mean=math.fsum(counted) / len(counted) if counted else None,
            median=statistics.median(counted) if counted else None,
            full=bins[BINS + 1],
            zero=bins[0],
            not_started=self._untouched,
            missing=missing,
            not_graded=self._statuses[Status.NOT_GRADED],
        )
