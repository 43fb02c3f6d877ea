"""Workers forked from a zygote, confined as far as the machine can. It needs pidfds: Linux."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from grader.model import Limits
from grader.sandbox import zygote
from grader.sandbox.channel import SocketChannel
from grader.sandbox.layers import LAYERS
from grader.sandbox.remote import Ending, RemoteLink, WorkerLostError

ROOT = Path(__file__).resolve().parents[2]
"""The folder to import the grader from; handed over because a worker's interpreter reads no environment."""

# One thread: a fork with BLAS threads is not safe, and one core a worker is what the runner counts on.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); from grader.sandbox.zygote import main; "
    "main(int(sys.argv[2]), int(sys.argv[3]), tuple(sys.argv[4].split()))"
)


def minimal_environment() -> dict[str, str]:
    """What an interpreter needs to start, and no more."""
    kept = ("LD_LIBRARY_PATH", "SYSTEMROOT")
    return ONE_THREAD | {name: os.environ[name] for name in kept if name in os.environ}


class ForkSandbox:
    """Forks workers from one zygote, which it restarts if it has died."""

    def __init__(self, limits: Limits, *, layers: Sequence[str] = LAYERS) -> None:
        """Start the zygote.

        Args:
            limits: the address space of a worker.
            layers: of confinement to put on, as far as this machine has them.
        """
        self._memory = limits.memory_mb * 1024 * 1024
        self._layers = " ".join(layers)
        self._required: frozenset[str] = frozenset()
        self._start()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-c", _START, str(ROOT)),
                    *(str(theirs.fileno()), str(self._memory), self._layers),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=minimal_environment(),
                pass_fds=[theirs.fileno()],
            )

    def open(self, limits: Limits) -> RemoteLink:
        """A new worker.

        Raises:
            WorkerLostError: if the zygote does not make one, twice.
        """
        try:
            return self._fork(limits)
        except (OSError, WorkerLostError):
            self.close()
            self._start()
        try:
            return self._fork(limits)
        except OSError as error:
            raise WorkerLostError(f"The zygote makes no workers: {error}.") from error

    def require(self, layers: Sequence[str]) -> None:
        """From now on, no worker without these layers sees student code."""
        self._required = frozenset(layers)

    def _fork(self, limits: Limits) -> RemoteLink:
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [zygote.FORK], [theirs.fileno()])
        message, descriptors, _, _ = socket.recv_fds(self._control, zygote.PID.size, 1)
        if not message or not descriptors:
            ours.close()
            raise WorkerLostError("The zygote has gone.")
        (pid,) = zygote.PID.unpack(message)
        link = RemoteLink(SocketChannel(ours), _Forked(self._control, pid, descriptors[0]), limits)
        if lacking := self._required - set(link.layers):
            link.close()
            raise WorkerLostError(f"A worker was not confined as it must be: {', '.join(sorted(lacking))} missing.")
        return link

    def close(self) -> None:
        """End the zygote, and with it every worker."""
        self._control.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class _Forked:
    """A worker as the operating system sees it: by a pidfd, which cannot be mistaken for another process."""

    def __init__(self, control: socket.socket, pid: int, pidfd: int) -> None:
        self._control = control
        self._pid = pid
        self._pidfd = pidfd

    def end(self, patience: float = 0.0) -> Ending:
        """Let it end by itself for so many seconds, kill it if it still runs, and wait."""
        by_us = not self._has_ended(patience)
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        try:
            self._control.send(zygote.WAIT + zygote.PID.pack(self._pid))
            (status,) = zygote.STATUS.unpack(self._control.recv(zygote.STATUS.size))
        except (OSError, struct.error):
            return Ending(None, by_us)  # the zygote has gone, and took its workers along
        return Ending(os.waitstatus_to_exitcode(status), by_us)

    def _has_ended(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
