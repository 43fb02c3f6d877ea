"""The coordinator's side of a runner."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker

from grader.batch import runner
from grader.batch.task import Task
from grader.batch.terms import Terms

STARTING = 120.0
"""Seconds after which a runner that has not started is given up."""
PATIENCE = 60.0
"""Seconds beyond a submission's limit after which a silent runner is given up."""


class RunnerProcess:
    """The coordinator's side of a runner."""

    def __init__(self, terms: Terms, core: int | None = None) -> None:
        """Start it.

        Args:
            terms: of the batch.
            core: of the processor that it and its workers keep to; any if None.
        """
        # Or a runner would import what lies in the folder that `grade` is run in: a student's multiprocessing.py.
        os.environ["PYTHONSAFEPATH"] = "1"
        context = multiprocessing.get_context("spawn")  # a fork would share the gradebook's connection
        self.connection, theirs = context.Pipe()
        self._process = context.Process(target=runner.serve, args=(theirs, terms, core), daemon=True)
        with _no_interrupt():
            self._process.start()
        theirs.close()
        self.core = core
        self.task: Task | None = None
        self.fresh = True
        """Whether it has said nothing yet."""
        self._heard = time.monotonic()

    def give(self, task: Task) -> None:
        """Hand over a job; a runner that is gone is noticed when it is listened to."""
        self.task = task
        self.send(runner.encode(task.job))

    def send(self, job: bytes) -> None:
        """Hand over an encoded job, likewise."""
        self._heard = time.monotonic()
        try:
            self.connection.send_bytes(job)
        except OSError:
            return

    def receive(self) -> runner.Message:
        """The next message."""
        self._heard, self.fresh = time.monotonic(), False
        return runner.decode_message(self.connection.recv_bytes())

    def receive_within(self, seconds: float) -> runner.Message:
        """The next message, or EOFError if it does not come in time."""
        if not self.connection.poll(seconds):
            raise EOFError
        return self.receive()

    def overdue(self, seconds: float) -> bool:
        """Whether it has been silent for too long."""
        return time.monotonic() - self._heard > seconds

    def stop(self) -> None:
        """Let it end by itself: it has nothing to do."""
        self.connection.close()
        self._process.join(timeout=10)
        self.kill()

    def kill(self) -> None:
        """End it now."""
        self.connection.close()
        self._process.kill()
        self._process.join()


@contextmanager
def _no_interrupt() -> Iterator[None]:
    """Hold Ctrl-C back: a process must be started wholly, and it is not for that process to deal with it."""
    if threading.current_thread() is not threading.main_thread():
        with blocked_interrupt():
            yield
        return
    held_back: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: held_back.append(number))
    try:
        with blocked_interrupt():
            yield
    finally:
        signal.signal(signal.SIGINT, handler)
    if held_back:
        raise KeyboardInterrupt


@contextmanager
def blocked_interrupt() -> Iterator[None]:
    """What is started here never gets SIGINT, not even before it can say that it ignores it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # would lift the block when it is started later
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
