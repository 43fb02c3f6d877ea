"""Workers as processes of their own, on every system. They are not confined: for a student's own machine."""

from __future__ import annotations

import contextlib
import subprocess

from grader.model import Limits
from grader.sandbox.channel import PipeChannel
from grader.sandbox.remote import Ending, RemoteLink
from grader.sandbox.start import interpreter, minimal_environment

_START = "from grader.sandbox.worker import main; main()"


class ProcessSandbox:
    """Starts an interpreter for each worker."""

    def open(self, limits: Limits) -> RemoteLink:
        """A new worker."""
        process = subprocess.Popen(
            interpreter(_START),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=minimal_environment(),
        )
        return RemoteLink(PipeChannel(process), _Started(process), limits)

    def close(self) -> None:
        """Do nothing: each worker is ended by its link."""


class _Started:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def end(self, patience: float = 0.0) -> Ending:
        """Let it end by itself for so many seconds, kill it if it still runs, and wait."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return Ending(self._process.wait(patience), by_us=False)
        self._process.kill()
        return Ending(self._process.wait(), by_us=True)
