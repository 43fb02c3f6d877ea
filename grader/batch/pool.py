"""Where runners come from. The coordinator speaks to a pool and its runners, and does not know where they run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from multiprocessing.connection import wait
from typing import Protocol

from grader.batch.process import RunnerProcess
from grader.batch.runner import Message
from grader.batch.task import Task
from grader.batch.terms import Terms


class Runner(Protocol):
    """Grades one job at a time. What it says comes as messages; the first one, and the one after each job, is Done."""

    task: Task | None
    """What it is at."""

    def give(self, task: Task) -> None:
        """Hand over a job; a runner that is gone is noticed when it is listened to."""

    def receive(self) -> Message:
        """The next message.

        Raises:
            EOFError: it is gone, and its job with it.
        """

    def overdue(self, seconds: float) -> bool:
        """Whether it has been silent for too long."""


class Pool(Protocol):
    """Starts runners and ends them."""

    @property
    def runners(self) -> Sequence[Runner]:
        """Those that have been started and not ended."""

    def room(self) -> int:
        """How many can be busy at the same time; more may be found later, and fewer."""

    def start(self) -> None:
        """One more runner."""

    def wait(self, seconds: float) -> Sequence[Runner]:
        """Those that have something to say; none if nothing comes in that time."""

    def dismiss(self, runner: Runner) -> None:
        """Let one end that has nothing to do."""

    def kill(self, runner: Runner) -> None:
        """End one now, whatever it does."""

    def close(self) -> None:
        """End them all now."""


class LocalPool:
    """Runners that are processes of this machine."""

    def __init__(self, terms: Terms, count: int) -> None:
        self.runners: list[RunnerProcess] = []
        self._terms = terms
        self._count = count
        self._cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []

    def room(self) -> int:
        """As many as were asked for."""
        return self._count

    def start(self) -> None:
        """One more process, on the core that has the fewest."""
        taken = [one.core for one in self.runners]
        self.runners.append(RunnerProcess(self._terms, min(self._cores, key=taken.count, default=None)))

    def wait(self, seconds: float) -> list[RunnerProcess]:
        """Those with something in their pipe, or whose pipe is closed."""
        by_connection: dict[object, RunnerProcess] = {one.connection: one for one in self.runners}
        ready = wait([one.connection for one in self.runners], timeout=seconds)
        return [by_connection[connection] for connection in ready]

    def dismiss(self, runner: Runner) -> None:
        """Close its pipe and wait for its end."""
        self._taken(runner).stop()

    def kill(self, runner: Runner) -> None:
        """Kill its process."""
        self._taken(runner).kill()

    def close(self) -> None:
        """Kill all processes."""
        for one in self.runners:
            one.kill()

    def _taken(self, runner: Runner) -> RunnerProcess:
        return self.runners.pop(self.runners.index(runner))  # type: ignore[arg-type]


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
