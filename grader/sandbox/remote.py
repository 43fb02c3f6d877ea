"""A worker behind a channel. One that does not answer as it should is ended."""

from __future__ import annotations

import signal
import time
from typing import Protocol

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


class WorkerLostError(Exception):
    """A worker did not start: the grader's failure, not the student's."""


class Process(Protocol):
    """The operating system's side of a worker."""

    def end(self) -> int:
        """Kill it if it still runs, and wait.

        Returns:
            Its exit code, or minus the number of the signal that ended it.
        """


class RemoteLink:
    """A live worker process."""

    def __init__(self, channel: Channel, process: Process, limits: Limits) -> None:
        self._channel = channel
        self._process = process
        self._limits = limits
        self.alive = True
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
            raise StudentError(Result.CRASHED, _obituary(self.close())) from None
        except TooLargeError:
            self.close()
            limit = f"{self._limits.message_mb} MB"
            raise StudentError(
                Result.WRONG_SHAPE, f"The answer is larger than {limit}. Is it an array of the wrong shape?"
            ) from None
        except wire.WireError as error:
            self.close()
            raise StudentError(Result.CRASHED, f"{error}.".capitalize()) from None
        except BaseException:
            self.close()
            raise

    def close(self) -> int:
        """End the worker.

        Returns:
            How it ended; see Process.end.
        """
        if not self.alive:
            return 0
        self.alive = False
        status = self._process.end()
        self._channel.close()
        return status

    def _converse(
        self, request: wire.Request, blob: bytes, answer: AnswerQuestion, deadline: float
    ) -> tuple[Reply, bytes]:
        self._channel.send(wire.frame(request, blob), deadline)
        while True:
            response, data = self._receive(deadline)
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
            status = self.close()
            raise WorkerLostError(f"a worker did not start ({type(error).__name__}, status {status})") from error
        if not isinstance(response, wire.Ready):
            self.close()
            raise WorkerLostError("a worker did not say that it is ready")
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
