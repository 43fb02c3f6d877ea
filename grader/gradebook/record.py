"""What is recorded of one submission."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from grader.model import Isolation, Status, TopicScore


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What was graded of one submission."""

    student_id: str
    submitted_at: str | None
    """UTC, ISO 8601, seconds; None if nothing was handed in."""
    scores: Mapping[str, tuple[str, TopicScore]]
    """By topic, the key of what was graded and its score."""
    times: Mapping[str, str | None] = {}
    """By topic, when its module was handed in; also of topics that needed no grading. One that is not known is that of
    the submission."""
    attempt: str = ""
    """Which of several it is, as the download calls it."""
    isolation: Isolation
    """How far the student's code was confined."""
    seed: int
    """Run seed of the suites."""
    graded_at: str
    """UTC, ISO 8601, seconds."""

    def all_times(self) -> dict[str, str | None]:
        """By topic, when its module was handed in."""
        graded = {t: score.submitted_at for t, (_, score) in self.scores.items() if score.status is not Status.MISSING}
        return dated(graded | dict(self.times), self.submitted_at)


def dated(times: Mapping[str, str | None], submitted_at: str | None) -> dict[str, str | None]:
    """With the time of the submission where a module has none: another submission, for other topics, may follow."""
    return {topic: time or submitted_at for topic, time in times.items()}
