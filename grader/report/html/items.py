"""Item analysis: what each test tells about the class, and what the class tells about the test.

Difficulty is the share of students who pass a test. Discrimination is the correlation between passing it and the share
of all other points, the test's own left out (item-rest correlation): near 1 if good students pass and weak ones
fail, near 0 if passing it has nothing to do with the rest, below 0 if it is the good ones who fail.
Classical test theory, as in Crocker and Algina (1986), chapter 14.
"""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Sequence

import msgspec

from grader.model import Grade, Outcome, Result, Status, Topic, TopicScore
from grader.report.progress import Stage, failures, stage_of

LEAST_STUDENTS = 10
"""With fewer a correlation says nothing."""
WEAK = 0.1
"""A discrimination below this is hardly one."""
_TELLING = (0.1, 0.9)
"""Outside of these pass rates a weak discrimination is no surprise."""

_ANSWERS = (Result.WRONG_VALUE, Result.WRONG_SHAPE, Result.WRONG_TYPE)


class Note(enum.StrEnum):
    """What to look at."""

    NOBODY = "nobody passes"
    EVERYBODY = "everybody passes"
    AGAINST = "better students fail it"
    WEAK = "hardly tells students apart"
    NONE = ""


class ItemFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One test."""

    name: str
    """Of its topic."""
    topic: str
    """Title of its topic."""
    test: str
    sentence: str
    max_points: float
    tried: int
    """Students whose module was graded and could be tested at all; see `_has_run`."""
    passed: int
    discrimination: float | None
    """None with too few students, or if all end alike."""
    results: tuple[tuple[Result, int], ...]
    """How it was failed, the most frequent first."""
    named: int
    """Of the failures, how many were recognised as a known mistake."""
    note: Note

    @property
    def pass_rate(self) -> float | None:
        """Share of those who tried; the difficulty of classical test theory, high for an easy test."""
        return self.passed / self.tried if self.tried else None

    @property
    def flags(self) -> str:
        """What the table can be narrowed to."""
        return f"topic-{self.name} {self.note.name.lower()}"


class ItemTally:
    """Adds up the tests; what it keeps does not grow with the class."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._titles = {topic.name: topic.title for topic in topics}
        self._items: dict[str, dict[str, _Item]] = {topic.name: {} for topic in topics}

    def add(self, grade: Grade) -> None:
        """Count one student, by what the tests gave: lateness and scores set by hand tell nothing about a test.

        A missing module counts zero in the rest, one that is not graded is left out.
        """
        counted = [score for score in grade.topics if score.topic in self._items and not _not_graded(score)]
        got = math.fsum(outcome.points for score in counted for outcome in score.outcomes)
        most = math.fsum(score.max_score for score in counted)
        for score in counted:
            items = self._items[score.topic]
            for outcome in score.outcomes if _has_run(score) else ():
                rest = most - outcome.max_points
                share = (got - outcome.points) / rest if rest > 0 else None
                if outcome.test not in items:
                    items[outcome.test] = _Item()
                items[outcome.test].add(outcome, share)

    def figures(self) -> tuple[ItemFigures, ...]:
        """Every test, in teaching order."""
        return tuple(
            item.figures(topic, self._titles[topic], test)
            for topic, items in self._items.items()
            for test, item in items.items()
        )


class _Item:
    """Sums over one test."""

    def __init__(self) -> None:
        self._last: Outcome | None = None
        self._results: Counter[Result] = Counter()
        self._named = 0
        self._sums = _Sums()

    def add(self, outcome: Outcome, rest: float | None) -> None:
        self._last = outcome
        self._results[outcome.result] += 1
        self._named += bool(outcome.mistake)
        if rest is not None:
            self._sums.add(float(outcome.result is Result.PASSED), rest)

    def figures(self, name: str, topic: str, test: str) -> ItemFigures:
        assert self._last is not None  # there is no item without an outcome
        tried = self._results.total()
        passed = self._results[Result.PASSED]
        discrimination = self._sums.correlation()
        return ItemFigures(
            name=name,
            topic=topic,
            test=test,
            sentence=self._last.sentence,
            max_points=self._last.max_points,
            tried=tried,
            passed=passed,
            discrimination=discrimination,
            results=tuple(pair for pair in self._results.most_common() if pair[0] is not Result.PASSED),
            named=self._named,
            note=_note(passed, tried, discrimination),
        )


class _Sums:
    """What a correlation is computed from."""

    def __init__(self) -> None:
        self._n = 0
        self._x = self._y = self._xx = self._yy = self._xy = 0.0

    def add(self, x: float, y: float) -> None:
        self._n += 1
        self._x += x
        self._y += y
        self._xx += x * x
        self._yy += y * y
        self._xy += x * y

    def correlation(self) -> float | None:
        if self._n < LEAST_STUDENTS:
            return None
        spread_x = self._n * self._xx - self._x**2
        spread_y = self._n * self._yy - self._y**2
        if min(spread_x, spread_y) <= 1e-9 * self._n**2:
            return None
        together = self._n * self._xy - self._x * self._y
        return max(-1.0, min(1.0, together / math.sqrt(spread_x * spread_y)))


def _not_graded(score: TopicScore) -> bool:
    """Whether the grader failed here, also where somebody has set a score since."""
    failed = any(outcome.result is Result.NOT_GRADED for outcome in score.outcomes)
    return failed or score.status is Status.NOT_GRADED


def _has_run(score: TopicScore) -> bool:
    """Whether the tests say something of this module by themselves.

    An untouched stub, a syntax error and an endless loop end every test alike, which says nothing about any of them.
    """
    if stage_of(score) is Stage.NOT_STARTED:
        return False
    found = failures(score)
    alike = len(found) == 1 and found[0].tests == len(score.outcomes) > 1
    return not (alike and found[0].first.result not in _ANSWERS)


def _note(passed: int, tried: int, discrimination: float | None) -> Note:
    if not passed or passed == tried:
        return Note.EVERYBODY if passed else Note.NOBODY
    if discrimination is None:
        return Note.NONE
    if discrimination < 0:
        return Note.AGAINST
    low, high = _TELLING
    return Note.WEAK if discrimination < WEAK and low < passed / tried < high else Note.NONE
