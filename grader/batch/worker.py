"""The side of a Dask worker: runners that outlive a job, and end with the Dask worker or when nobody needs them."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec.structs import replace

from grader.batch import order as orders
from grader.batch import runner
from grader.batch.keys import Keys
from grader.batch.order import Order
from grader.batch.process import PATIENCE, STARTING, RunnerProcess
from grader.batch.terms import Terms
from grader.course import ENVIRONMENT, load_course
from grader.errors import CourseError, GraderError, UsageError
from grader.model import Result

IDLE = 60.0
"""Seconds after which a runner that nobody needs is ended."""


def grade_job(order: bytes, job: bytes) -> list[bytes]:
    """Grade one job. This is what Dask runs, in a thread of a worker; nothing but bytes comes in or goes out.

    Returns:
        What a runner said, encoded. The last message is Done, or Failed if this machine must not grade for that order;
        if it is neither, the runner was lost.
    """
    from distributed import get_worker

    worker = get_worker()
    crew: Crew = worker.__dict__.setdefault("deepgrade_crew", Crew(worker.address))
    return crew.grade(order, job)


class Crew:
    """The runners of one Dask worker."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._order = b""
        self._terms: Terms | None = None
        self._patience = PATIENCE
        self._idle: list[tuple[float, RunnerProcess]] = []
        """Since when; the one that was busy last comes last."""

    def grade(self, order: bytes, job: bytes) -> list[bytes]:
        """Let a runner grade a job."""
        try:
            with self._lock:
                one = self._take(order)
        except GraderError as error:
            return [runner.encode(self._failed(error.problem, error.remedy, error.exit_code))]
        said, in_order = self._listen(one, job)
        if in_order:
            with self._lock:
                self._give_back(order, one)
        else:
            one.kill()
        return said

    def _take(self, order: bytes) -> RunnerProcess:
        if order != self._order or self._terms is None:
            self._end_idle(0.0)
            self._terms, self._patience = _agreed(orders.decode(order))
            self._order = order
        if self._idle:
            return self._idle.pop()[1]
        with _children_allowed():
            return RunnerProcess(self._terms)

    def _give_back(self, order: bytes, one: RunnerProcess) -> None:
        if order != self._order:
            one.kill()
            return
        self._idle.append((time.monotonic(), one))
        timer = threading.Timer(IDLE + 1.0, self._tidy)
        timer.daemon = True
        timer.start()

    def _tidy(self) -> None:
        with self._lock:
            self._end_idle(IDLE)

    def _end_idle(self, seconds: float) -> None:
        """End those that have been idle for so long."""
        now = time.monotonic()
        for since, one in list(self._idle):
            if now - since >= seconds:
                self._idle.remove((since, one))
                one.kill()

    def _listen(self, one: RunnerProcess, job: bytes) -> tuple[list[bytes], bool]:
        """What it says of a job, and whether it may have another one: not if it has failed on a test."""
        said: list[bytes] = []
        try:
            if one.fresh:
                message = one.receive_within(STARTING)
                if isinstance(message, runner.Failed):
                    return [runner.encode(self._failed(message.problem, message.remedy, message.exit_code))], False
            one.send(job)
            while not isinstance(message := one.receive_within(self._patience), runner.Done):
                said.append(runner.encode(message))
        except (EOFError, OSError):
            return said, False
        return [*said, runner.encode(message)], not any(_has_trouble(one) for one in said)

    def _failed(self, problem: str, remedy: str, exit_code: int) -> runner.Failed:
        return runner.Failed(f"The Dask worker {self._address} does not grade: {problem}", remedy, exit_code)


def _has_trouble(said: bytes) -> bool:
    message = runner.decode_message(said)
    return isinstance(message, runner.Graded) and any(one.result is Result.NOT_GRADED for one in message.outcomes)


def _agreed(order: Order) -> tuple[Terms, float]:
    """The terms, with the folder of the course as it is called here; and how long to wait for a job.

    Raises:
        GraderError: the course here is another one, or what grades it.
    """
    root = Path(os.environ.get(ENVIRONMENT) or order.terms.root)
    try:
        course = load_course(root)
    except GraderError as error:
        raise UsageError(
            f"the course is not in {root}.",
            f"Share its folder with that machine, or copy it there and name it with {ENVIRONMENT}=DIR.",
        ) from error
    keys = Keys(course, seed=order.terms.seed, isolation=order.terms.isolation)
    for name, wanted in order.surroundings.items():
        if keys.surroundings.get(name) != wanted:
            raise UsageError(
                f"it has another {name}, which may give other grades.",
                f"There it is {keys.surroundings.get(name)}, here {wanted}. Install the same on every machine.",
            )
    if keys.content != order.content:
        raise CourseError(
            f"the course in {root} is not the one here.",
            "Bring its hidden suites, truth, solutions and mistakes up to date there.",
        )
    return replace(order.terms, root=str(root)), course.limits.submission_seconds + PATIENCE


@contextmanager
def _children_allowed() -> Iterator[None]:
    """A Dask worker is a daemon, and multiprocessing lets none have children: they would outlive it.

    A runner does not. It ends when its pipe is closed.
    """
    config: dict[str, object] = multiprocessing.current_process()._config  # type: ignore[attr-defined]
    before = config.get("daemon")
    config["daemon"] = False
    try:
        yield
    finally:
        config["daemon"] = before
