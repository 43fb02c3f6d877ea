"""Which catalogued mistakes are common, and what the grader could not grade."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grader.model import Grade, Outcome, Result, Status, Topic, TopicScore

_WRONG = (Result.WRONG_VALUE, Result.WRONG_SHAPE, Result.WRONG_TYPE)
MOST_NAMES = 100
"""Students that are listed for one mistake."""
MOST_FAILURES = 200
"""Topics of students that are listed where the grader failed."""


class Person(msgspec.Struct, frozen=True):
    """A student, and the way to the page."""

    name: str
    href: str


class MistakeFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One catalogued mistake."""

    name: str
    """Of its topic."""
    topic: str
    """Title of its topic."""
    says: str
    hint: str
    students: int
    handed_in: int
    """Students whose module of this topic was graded."""
    people: tuple[Person, ...]
    """The first of them."""

    @property
    def share(self) -> float:
        """Of those whose module was graded."""
        return self.students / self.handed_in if self.handed_in else 0.0


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A topic of a student that could not be graded."""

    person: Person
    topic: str
    reason: str
    """For staff: it may name a path of the course."""


class MistakeTally:
    """Adds up mistakes and failures of the grader, student by student."""

    def __init__(self, topics: Sequence[Topic]) -> None:
        self._titles = {topic.name: topic.title for topic in topics}
        self._handed_in = dict.fromkeys(self._titles, 0)
        self._found: dict[tuple[str, str, str], tuple[list[Person], list[int]]] = {}
        self.wrong = 0
        """Wrong answers, each test of each student by itself."""
        self.named = 0
        """Of those, the ones that were recognised."""
        self.failures: list[Failure] = []
        """Where the grader itself failed; the first of them."""
        self.failed = 0
        """How often it did."""

    def add(self, grade: Grade, person: Person) -> None:
        """Count one student: a mistake once, however many tests it shows in."""
        for score in grade.topics:
            if score.topic not in self._titles:
                continue
            self._handed_in[score.topic] += score.status is Status.GRADED
            if score.status is Status.NOT_GRADED:
                self._note_failure(score, person)
            wrong = [outcome for outcome in score.outcomes if outcome.result in _WRONG]
            self.wrong += len(wrong)
            self.named += sum(bool(outcome.mistake) for outcome in wrong)
            for key in dict.fromkeys(_key(outcome) for outcome in score.outcomes if outcome.mistake):
                people, amount = self._found.setdefault(key, ([], [0]))
                amount[0] += 1
                if len(people) < MOST_NAMES:
                    people.append(person)

    def figures(self) -> tuple[MistakeFigures, ...]:
        """Every mistake that was made, the most frequent first."""
        found = [
            MistakeFigures(
                name=topic,
                topic=self._titles[topic],
                says=says,
                hint=hint,
                students=amount[0],
                handed_in=self._handed_in[topic],
                people=tuple(people),
            )
            for (topic, says, hint), (people, amount) in self._found.items()
        ]
        return tuple(sorted(found, key=lambda mistake: -mistake.students))

    def _note_failure(self, score: TopicScore, person: Person) -> None:
        self.failed += 1
        if len(self.failures) < MOST_FAILURES:
            messages = [outcome.message for outcome in score.outcomes if outcome.result is Result.NOT_GRADED]
            reason = messages[0] if messages else "It was never graded. Run grade batch again."
            self.failures.append(Failure(person=person, topic=self._titles[score.topic], reason=reason))


def _key(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.topic, outcome.mistake, outcome.hint
