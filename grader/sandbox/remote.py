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
from grader.sandbox.client import Allowance, AnswerQuestion, Reply, StudentError
from grader.sandbox.tape import Heard, Track

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
        self.track: Track | None = None
        self._ending: Ending | None = None
        self.layers = self._ready()

    def transact(
        self, request: wire.Request, blob: bytes, answer: AnswerQuestion, allowance: Allowance
    ) -> tuple[Reply, bytes]:
        """Ask the worker and answer its questions, for no longer than it is allowed."""
        try:
            said, opens = wire.frame(request, blob), True
            while True:
                tree, data = self._heard(said, opens, allowance)
                response = wire.decode_response(tree)
                if isinstance(response, wire.Ready):
                    raise wire.WireError("the answer could not be read")
                if not isinstance(response, wire.Ask):
                    return response, data
                message, data = answer(response, data)
                said, opens = wire.frame(message, data), False
        except wire.WireError as error:
            self.close()
            raise StudentError(Result.CRASHED, error.sentence) from None
        except BaseException:
            self.close()
            raise

    def exchange(self, said: bytes, allowance: Allowance) -> Heard:
        """Send a frame, and take the next one that comes.

        Raises:
            StudentError, WorkerLostError: if none is to be had; the worker is gone then.
        """
        if not self.alive:
            raise StudentError(Result.CRASHED, "Python had stopped before this call.")
        try:
            self._channel.send(said, allowance.deadline)
            heard = receive_frame(self._channel, self._limits.message_mb * 1024 * 1024, allowance.deadline)
            if time.monotonic() > allowance.deadline:  # one who never makes us wait gets no more time for it
                raise ChannelTimeoutError
            return heard
        except ChannelTimeoutError:
            self.close()
            raise StudentError(
                Result.TIMEOUT, f"No answer after {allowance.seconds:.1f} seconds. Is there a loop that never ends?"
            ) from None
        except ChannelClosedError:
            raise self._verdict(self._end(_LAST_BREATH)) from None
        except TooLargeError:
            self.close()
            limit = f"{self._limits.message_mb} MB"
            raise StudentError(
                Result.WRONG_SHAPE, f"The answer is larger than {limit}. Is it an array of the wrong shape?"
            ) from None

    def _heard(self, said: bytes, opens: bool, allowance: Allowance) -> Heard:
        if self.track is None:
            return self.exchange(said, allowance)
        tape, to = self.track
        if tape.plays:
            return tape.play(to, said)
        heard = self.exchange(said, allowance)
        tape.add(to, said, opens, heard)
        return heard

    def keep_only(self, handles: Collection[int]) -> None:
        """Do nothing: a worker lets go of them itself when the next test asks."""

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
        # Only where there is a filter, which is Linux: Windows has no SIGKILL.
        if "seccomp" in self.layers and (ending.status is None or ending.status == -signal.SIGKILL):
            return WorkerLostError(
                "A worker was killed from outside.", "Is the machine short of memory? Run the same command again."
            )
        return StudentError(Result.CRASHED, _obituary(ending.status or 0))

    def _ready(self) -> tuple[str, ...]:
        try:
            tree, _ = receive_frame(self._channel, 0, time.monotonic() + START_SECONDS)
            response = wire.decode_response(tree)
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
