"""A worker behind a channel. One that does not answer as it should is ended."""

from __future__ import annotations

import signal
import time
from collections.abc import Collection
from typing import NamedTuple, Protocol

from grader.errors import GraderError
from grader.model import Limits, Result
from grader.sandbox import wire
from grader.sandbox.channel import (
    Channel,
    ChannelClosedError,
    ChannelTimeoutError,
    TooLargeError,
    receive_frame,
)
from grader.sandbox.client import AnswerQuestion, Reply, StudentError

START_SECONDS = 30.0
"""For a worker to say that it is ready; it has not seen student code by then."""
_LAST_BREATH = 1.0
"""Seconds between the end of a worker's connection and the end of the worker, at most."""


class WorkerLostError(GraderError):
    """A worker did not start, or was killed from outside: the grader's failure, not the student's."""


class Ending(NamedTuple):
    """How a worker has ended."""

    status: int | None
    """Its exit code, or minus the number of the signal that ended it; None if nobody can tell."""
    by_us: bool
    """Whether it still ran and was killed by this process."""


class Process(Protocol):
    """The operating system's side of a worker."""

    def end(self, patience: float = 0.0) -> Ending:
        """Let it end by itself for so many seconds, kill it if it still runs, and wait."""


class RemoteLink:
    """A live worker process."""

    def __init__(self, channel: Channel, process: Process, limits: Limits) -> None:
        self._channel = channel
        self._process = process
        self._limits = limits
        self.alive = True
        self.trusted = False
        self._ending: Ending | None = None
        self.layers = self._ready()

    def transact(
        self, request: wire.Request, blob: bytes, answer: AnswerQuestion, seconds: float
    ) -> tuple[Reply, bytes]:
        """Ask the worker and answer its questions, for at most so many seconds."""
        if not self.alive:
            raise StudentError(Result.CRASHED, "Python had stopped before this call.")
        deadline = time.monotonic() + seconds
        try:
            return self._converse(request, blob, answer, deadline)
        except ChannelTimeoutError:
            self.close()
            raise StudentError(
                Result.TIMEOUT, f"No answer after {seconds:.1f} seconds. Is there a loop that never ends?"
            ) from None
        except ChannelClosedError:
            raise self._verdict(self._end(_LAST_BREATH)) from None
        except TooLargeError:
            self.close()
            limit = f"{self._limits.message_mb} MB"
            raise StudentError(
                Result.WRONG_SHAPE, f"The answer is larger than {limit}. Is it an array of the wrong shape?"
            ) from None
        except wire.WireError as error:
            self.close()
            raise StudentError(Result.CRASHED, error.sentence) from None
        except BaseException:
            self.close()
            raise

    def keep_only(self, handles: Collection[int]) -> None:
        """Do nothing: a worker lives no longer than a topic."""

    def close(self) -> None:
        """End the worker."""
        self._end()

    def _end(self, patience: float = 0.0) -> Ending:
        if self._ending is None:
            self.alive = False
            self._ending = self._process.end(patience)
            self._channel.close()
        return self._ending

    def _verdict(self, ending: Ending) -> StudentError | WorkerLostError:
        """Whose doing it is that a worker has ended: under the filter it cannot kill itself, nor its zygote."""
        if ending.by_us:
            return StudentError(Result.CRASHED, "Python closed its connection in the middle of this call.")
        killed = ending.status is None or ending.status == -signal.SIGKILL
        if killed and "seccomp" in self.layers:
            return WorkerLostError(
                "A worker was killed from outside.", "Is the machine short of memory? Run the same command again."
            )
        return StudentError(Result.CRASHED, _obituary(ending.status or 0))

    def _converse(
        self, request: wire.Request, blob: bytes, answer: AnswerQuestion, deadline: float
    ) -> tuple[Reply, bytes]:
        self._channel.send(wire.frame(request, blob), deadline)
        while True:
            response, data = self._receive(deadline)
            if time.monotonic() > deadline:  # one who never makes us wait gets no more time for it
                raise ChannelTimeoutError
            if isinstance(response, wire.Ask):
                message, data = answer(response, data)
                self._channel.send(wire.frame(message, data), deadline)
            elif isinstance(response, wire.Ready):
                raise wire.WireError("the answer could not be read")
            else:
                return response, data

    def _receive(self, deadline: float) -> tuple[wire.Response, bytes]:
        tree, blob = receive_frame(self._channel, self._limits.message_mb * 1024 * 1024, deadline)
        return wire.decode_response(tree), blob

    def _ready(self) -> tuple[str, ...]:
        try:
            response, _ = self._receive(time.monotonic() + START_SECONDS)
        except (ChannelTimeoutError, ChannelClosedError, TooLargeError, wire.WireError) as error:
            ending = self._end()
            raise WorkerLostError(f"A worker did not start ({type(error).__name__}, {ending.status}).") from error
        if not isinstance(response, wire.Ready):
            self._end()
            raise WorkerLostError("A worker did not say that it is ready.")
        return response.layers


def _obituary(status: int) -> str:
    """How a worker ended, for the student."""
    if status < 0:
        try:
            name = signal.Signals(-status).name
        except ValueError:
            name = f"signal {-status}"
        return f"Python stopped in the middle of this call ({name})."
    return f"Python ended itself in the middle of this call (exit code {status}). Is there an os._exit()?"
