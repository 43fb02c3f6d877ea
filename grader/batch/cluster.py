"""Runners on a Dask cluster. Jobs travel as bytes; the gradebook stays here."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from concurrent.futures import CancelledError
from importlib import import_module
from typing import Any

from grader.batch import order as orders
from grader.batch import runner
from grader.batch.order import Order
from grader.batch.pool import Runner
from grader.batch.process import blocked_interrupt
from grader.batch.task import Task
from grader.batch.worker import grade_job
from grader.errors import GraderError, UsageError

ANSWER = 10.0
"""Seconds for a scheduler to answer."""
WORKERS = 60.0
"""Seconds for the first worker to come, and for another one when the last has gone."""
_LOOK = 2.0
"""Seconds between looks at how many workers there are."""
_HERE = "local:"


class ClusterRunner:
    """A place in the queue of the cluster: one job at a time, on whatever worker Dask finds for it."""

    def __init__(self, pool: ClusterPool) -> None:
        self.task: Task | None = None
        self._pool = pool
        self._said: deque[bytes | None] = deque([runner.encode(runner.Done())])
        """What is to be received; None for the end of the runner."""
        self._future: Any = None

    @property
    def has_said(self) -> bool:
        """Whether there is something to receive."""
        return bool(self._said)

    def give(self, task: Task) -> None:
        """Hand a job to the scheduler."""
        self.task = task
        self._future = self._pool.submit(runner.encode(task.job))
        self._future.add_done_callback(self._take)

    def receive(self) -> runner.Message:
        """The next message."""
        said = self._said.popleft()
        if said is None:
            raise EOFError
        return runner.decode_message(said)

    def overdue(self, seconds: float) -> bool:  # noqa: ARG002
        """Never: the Dask worker looks after its runners, and the scheduler after its workers."""
        return False

    def cancel(self) -> None:
        """Want nothing more of it."""
        future, self._future = self._future, None
        if future is not None:
            future.cancel()

    def _take(self, future: Any) -> None:
        """Called in a thread of Dask's when the job has ended, one way or another."""
        if future is not self._future:
            return
        said: list[bytes] = []
        try:
            said = future.result()
        except BaseException as error:
            self._pool.failed(error)
        self._future = None
        done = bool(said) and not isinstance(runner.decode_message(said[-1]), runner.Graded)
        self._said.extend(said if done else [*said, None])
        self._pool.heard.set()


class ClusterPool:
    """Runners on the workers of one scheduler."""

    def __init__(self, address: str, order: Order, most: int | None) -> None:
        """Connect to the scheduler, or start one here.

        Args:
            address: of the scheduler; "local:4" starts one here, with four workers.
            order: goes along with every job.
            most: jobs at the same time; None for as many as the workers have threads.

        Raises:
            GraderError: nobody is there, or no worker comes.
        """
        self.runners: list[ClusterRunner] = []
        self.heard = threading.Event()
        self._order = orders.encode(order)
        self._most = most
        self._error: BaseException | None = None
        self._dask = import_module("distributed")
        self._here: Any = None
        _be_quiet()
        with blocked_interrupt():  # Ctrl-C is for this process, not for workers that are started here
            self._client = self._connect(address)
        self._address = self._client.scheduler.address
        self._room = 0
        self._looked = 0.0
        self._inhabited = time.monotonic()
        """When there was a worker last."""

    def room(self) -> int:
        """Threads of all workers."""
        if time.monotonic() - self._looked > _LOOK:
            try:
                self._room = sum(self._client.nthreads().values())
            except (OSError, TimeoutError) as error:
                raise self._gone() from error
            self._looked = time.monotonic()
            if self._room:
                self._inhabited = self._looked
        return min(self._room, self._most or self._room)

    def start(self) -> None:
        """One more place in the queue."""
        self.runners.append(ClusterRunner(self))

    def submit(self, job: bytes) -> Any:
        """Hand a job to the scheduler; what comes is what grade_job returns."""
        return self._client.submit(grade_job, self._order, job, pure=False)

    def failed(self, error: BaseException) -> None:
        """Note why a job has no answer."""
        if not isinstance(error, self._dask.KilledWorker):  # which is the job's affair: it gets another try
            self._error = error

    def wait(self, seconds: float) -> list[ClusterRunner]:
        """Those with messages.

        Raises:
            GraderError: the scheduler or the last worker has gone, or a worker cannot take jobs.
        """
        ready = self._ready()
        if not ready:
            self.heard.wait(seconds)
            self.heard.clear()
            ready = self._ready()
        self._look_after()
        return ready

    def dismiss(self, runner: Runner) -> None:
        """Leave the queue."""
        self.runners.remove(runner)  # type: ignore[arg-type]

    def kill(self, runner: Runner) -> None:
        """Leave the queue, whatever is in it."""
        place = self.runners.pop(self.runners.index(runner))  # type: ignore[arg-type]
        place.cancel()

    def close(self) -> None:
        """Take back what is queued; what was started here ends."""
        if self._client.status == "running":
            for one in self.runners:
                one.cancel()
        self._client.close(timeout=ANSWER)
        if self._here is not None:
            self._here.close(timeout=ANSWER)

    def _ready(self) -> list[ClusterRunner]:
        return [one for one in self.runners if one.has_said]

    def _look_after(self) -> None:
        if self._client.status != "running" or isinstance(self._error, CancelledError):
            raise self._gone()
        if self._error is not None:
            raise GraderError(
                f"A Dask worker could not take a job: {type(self._error).__name__}: {self._error}",
                "Install the same version of deepgrade on every machine; see docs/scaling.md.",
            )
        if not self.room() and time.monotonic() - self._inhabited > WORKERS:
            raise GraderError(
                f"The Dask scheduler at {self._address} has no workers.",
                f"Start some: dask worker {self._address}\nWhat is graded is kept; run the same command again.",
            )

    def _gone(self) -> GraderError:
        return GraderError(
            f"The Dask scheduler at {self._address} has gone.",
            "What is graded is kept. Start it again, with its workers; the same command goes on from there.",
        )

    def _connect(self, address: str) -> Any:
        if address.startswith(_HERE):
            self._here = self._dask.LocalCluster(
                n_workers=_count(address),
                threads_per_worker=1,
                dashboard_address=None,
                memory_limit=None,
                silence_logs=logging.CRITICAL,
            )
        try:
            return self._dask.Client(self._here or address, timeout=ANSWER, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:  # the last one where tls:// lacks its certificates
            raise GraderError(
                f"No Dask scheduler answers at {address}: {error}",
                "Start one with `dask scheduler`, or let --cluster local:4 start one here with four workers.",
            ) from error


def _be_quiet() -> None:
    """Let Dask log nothing here: what happens is said in our words."""
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _count(address: str) -> int:
    count = address.removeprefix(_HERE)
    if not count.isdecimal() or not 1 <= int(count) <= 512:
        raise UsageError(f"{address} is no number of workers.", "Write it as in --cluster local:4.")
    return int(count)
