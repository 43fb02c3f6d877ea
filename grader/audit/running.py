"""Runs modules through the real suites in real workers, for an audit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec

from grader.model import Course, Isolation, Module, Outcome, Submission, SuiteKind
from grader.sandbox.levels import open_sandbox
from grader.suite.bench import Bench
from grader.suite.session import Job, grade
from grader.truth import Source

Outcomes = tuple[Outcome, ...]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A module to run."""

    topic: str
    label: str
    """Tells it from the others of its topic."""
    module: Module


def run(
    course: Course,
    entries: Iterable[Entry],
    *,
    diagnose: bool,
    seed: int | None = None,
    source: Callable[[str], Source] | None = None,
) -> dict[tuple[str, str], Outcomes]:
    """The outcomes of every entry, by topic and label.

    Args:
        course: whose hidden suites are run.
        entries: what to run them on.
        diagnose: whether mistakes are named, which costs time.
        seed: run seed; the course's if None.
        source: where Keras' answers come from; the recorded ones if None.
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
        bench = Bench(course, SuiteKind.HIDDEN, sandbox, seed=seed, source=source, diagnose=diagnose)
        try:
            grade(bench, topics, jobs(), deliver)
        finally:
            bench.close()
    return found
