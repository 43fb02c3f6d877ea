"""What a batch wants of a gradebook, and a gradebook that watches which grades change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec

from grader.gradebook import Gradebook, PastGrade, Record
from grader.gradebook.known import Known
from grader.model import Status, TopicScore


class Book(Protocol):
    """Where grades go; see Gradebook, which is one."""

    def see(self, student_ids: Iterable[str], *, seen_at: str) -> None:
        """Give every student a row."""

    def hand_in(
        self, student_id: str, submitted_at: str | None, times: Mapping[str, str | None], *, attempt: str = ""
    ) -> None:
        """Note when something was handed in that is graded already."""

    def known(self, student_ids: Iterable[str]) -> dict[str, Known]:
        """What is known of these students."""

    def record(self, records: Sequence[Record]) -> None:
        """Record what was graded, all of it or nothing."""


class Standing(msgspec.Struct, frozen=True):
    """How a topic stands."""

    status: Status
    score: float | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A topic that stands differently after it was graded again."""

    student_id: str
    topic: str
    before: Standing | None
    """None if it was never graded."""
    after: Standing
    handed_in_again: bool
    """Whether the module is another one, so that the change is not, or not only, the suite's."""
    overridden: bool
    """Whether somebody has set the score, so that nothing changes for the student."""

    @property
    def gain(self) -> float:
        """Points more, or less if negative; what has no score counts 0."""
        before = self.before.score if self.before else None
        return (self.after.score or 0.0) - (before or 0.0)


class Watched:
    """A gradebook of which it is seen what a batch changes, or would change."""

    def __init__(self, book: Gradebook, *, write: bool) -> None:
        self.changes: list[Change] = []
        self.regraded = 0
        """Topics that were graded again, changed or not."""
        self._book = book
        self._write = write
        self._overridden = {(one.student_id, one.topic): one.score is not None for one in book.overrides()}

    def see(self, student_ids: Iterable[str], *, seen_at: str) -> None:
        """As of Gradebook, if anything is written at all."""
        if self._write:
            self._book.see(student_ids, seen_at=seen_at)

    def hand_in(
        self, student_id: str, submitted_at: str | None, times: Mapping[str, str | None], *, attempt: str = ""
    ) -> None:
        """As of Gradebook, if anything is written at all."""
        if self._write:
            self._book.hand_in(student_id, submitted_at, times, attempt=attempt)

    def known(self, student_ids: Iterable[str]) -> dict[str, Known]:
        """As of Gradebook."""
        return self._book.known(student_ids)

    def record(self, records: Sequence[Record]) -> None:
        """Compare with what is there, and record it if anything is written at all."""
        for one in records:
            self._compare(one)
        if self._write:
            self._book.record(records)

    def _compare(self, record: Record) -> None:
        student_id = record.student_id
        before = {past.topic: past for past in self._book.history(student_id)}  # the newest comes last
        for topic, (_, score) in record.scores.items():
            self.regraded += 1
            past = before.get(topic)
            then = Standing(past.status, past.score) if past else None
            now = Standing(score.status, score.score)
            if then != now:
                change = Change(
                    student_id=student_id,
                    topic=topic,
                    before=then,
                    after=now,
                    handed_in_again=past is not None and _is_another(past, score),
                    overridden=self._overridden.get((student_id, topic), False),
                )
                self.changes.append(change)


def _is_another(past: PastGrade, score: TopicScore) -> bool:
    """Whether another module was graded than last time, as far as that is known."""
    known = past.digest or past.status is Status.MISSING, score.digest or score.status is Status.MISSING
    return all(known) and past.digest != score.digest
