"""Ask Keras again: run the suites on the solutions with a live source of truth, and write down what it answered."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from grader import truth
from grader.course import truth_path
from grader.diagnosis import solution_module
from grader.errors import TruthError
from grader.model import Course, Isolation, Outcome, Result, Submission, SuiteKind
from grader.sandbox.levels import open_sandbox
from grader.suite.bench import Bench
from grader.suite.session import Job, grade

_PATIENCE = {"call_seconds": 60.0, "topic_seconds": 3600.0, "submission_seconds": 36000.0}
"""Limits while Keras is busy on the same cores."""


def ask_keras(course: Course, topics: Sequence[str], seed: int) -> tuple[dict[str, truth.Live], list[Outcome]]:
    """Keras' answers to everything that the hidden suites of these topics ask.

    Returns:
        The answers by topic, and the outcomes that the solutions did not pass with them.

    Raises:
        TruthError: if Keras is not installed.
    """
    _require_keras()
    sources = {topic: truth.Live() for topic in topics}
    failed: list[Outcome] = []

    def deliver(job: Job, topic: str, outcomes: tuple[Outcome, ...]) -> None:  # noqa: ARG001
        failed.extend(outcome for outcome in outcomes if outcome.result is not Result.PASSED)

    modules = {topic: solution_module(course, topic) for topic in topics}
    job = Job(submission=Submission(student_id="solutions", modules=modules), topics=tuple(topics))
    limits = msgspec.structs.replace(course.limits, **_PATIENCE)
    bench = Bench(
        msgspec.structs.replace(course, limits=limits),
        SuiteKind.HIDDEN,
        open_sandbox(Isolation.PARTIAL, limits),
        seed=seed,
        source=sources.__getitem__,
        diagnose=False,
    )
    try:
        grade(bench, topics, [job], deliver)
    finally:
        bench.close()
    return sources, failed


def record(course: Course, topics: Sequence[str], seed: int) -> list[Path]:
    """Write the truth files of these topics.

    Returns:
        The files written.

    Raises:
        TruthError: if Keras is not installed, or a solution does not pass with its answers.
    """
    sources, failed = ask_keras(course, topics, seed)
    if failed:
        first = failed[0]
        raise TruthError(
            f"With seed {seed} the solution of {first.topic} does not pass {first.test}: {first.message}",
            f"{len(failed)} tests failed; nothing was written. Mend the suite or the solution first.",
        )
    written = []
    for topic, source in sources.items():
        path = truth_path(course, topic, seed)
        truth.write(path, seed, source.answers)
        written.append(path)
    return written


def _require_keras() -> None:
    import os

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    try:
        import keras  # noqa: F401
    except ImportError as error:
        raise TruthError(
            f"Keras cannot be imported: {error}.", 'Install it with `pip install "deepgrade[keras]"`.'
        ) from error
