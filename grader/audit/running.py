"""Runs modules through the real suites in real workers, for an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from grader.audit.findings import Breach, breach_of
from grader.course import truth_path
from grader.model import Course, Isolation, Module, Outcome, Submission, SuiteKind, Topic
from grader.sandbox.levels import open_sandbox
from grader.suite.bench import Bench
from grader.suite.session import Job, grade
from grader.truth import Recorded, Source

Outcomes = tuple[Outcome, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A module to run."""

    topic: str
    label: str
    """Tells it from the others of its topic."""
    module: Module


class Sources:
    """The recorded answers of each topic, and which of them are asked for."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._recorded: dict[str, Recorded] = {}

    def __call__(self, topic: str) -> Recorded:
        """Where the answers of a topic come from."""
        if topic not in self._recorded:
            seed = self._course.seed
            self._recorded[topic] = Recorded(truth_path(self._course, topic, seed), seed)
        return self._recorded[topic]

    def unasked(self, topic: Topic) -> Iterator[Breach]:
        """Answers that no test of the suite asks for: they are of another suite."""
        if topic.name in self._recorded and (tests := self._recorded[topic.name].unasked()):
            file = truth_path(self._course, topic.name).name
            yield breach_of(
                topic,
                f"{file} holds answers that the suite does not ask for: {', '.join(tests)}",
                f"Run `grade truth record {topic.name}`.",
            )


def run(
    course: Course,
    entries: Iterable[Entry],
    *,
    diagnose: bool,
    seed: int | None = None,
    source: Callable[[str], Source] | None = None,
    kind: SuiteKind = SuiteKind.HIDDEN,
) -> dict[tuple[str, str], Outcomes]:
    """The outcomes of every entry, by topic and label.

    Args:
        course: whose suites are run.
        entries: what to run them on.
        diagnose: whether mistakes are named, which costs time.
        seed: run seed; the course's if None.
        source: where Keras' answers come from; the recorded ones if None.
        kind: of the suites.
    """
    waiting = list(entries)
    topics = list(dict.fromkeys(entry.topic for entry in waiting))
    found: dict[tuple[str, str], Outcomes] = {}

    def jobs() -> Iterator[Job]:
        for entry in waiting:
            submission = Submission(student_id=entry.label, modules={entry.topic: entry.module})
            yield Job(submission=submission, topics=(entry.topic,))

    def deliver(job: Job, topic: str, outcomes: Outcomes) -> None:
        found[topic, job.submission.student_id] = outcomes

    if waiting:
        sandbox = open_sandbox(Isolation.PARTIAL, course.limits)
        bench = Bench(course, kind, sandbox, seed=seed, source=source, diagnose=diagnose)
        try:
            grade(bench, topics, jobs(), deliver)
        finally:
            bench.close()
    return found
