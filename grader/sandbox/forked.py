"""Workers forked from a zygote, confined as far as the machine can. It needs pidfds: Linux."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

from grader.model import Limits
from grader.sandbox.channel import SocketChannel
from grader.sandbox.layers import LAYERS
from grader.sandbox.orders import FORK, PID, STATUS, WAIT
from grader.sandbox.remote import Ending, RemoteLink, WorkerLostError
from grader.sandbox.start import Zygote

_PROCESSOR = 36
"""Place of the core among what /proc says of a process, after its name: see proc(5)."""


class ForkSandbox:
    """Forks workers from one zygote, which it restarts if it has died."""

    def __init__(self, limits: Limits, *, layers: Sequence[str] = LAYERS, zygote: Zygote | None = None) -> None:
        """Start the zygote.

        Args:
            limits: the address space of a worker.
            layers: of confinement to put on, as far as this machine has them.
            zygote: one with these limits and layers that has been started ahead; whoever did so waits for its end.
        """
        self._limits = limits
        self._layers = layers
        self._required: frozenset[str] = frozenset()
        self._lent = zygote
        self._zygote = zygote or Zygote(limits, layers)
        self._cores: set[int] = set()
        """Those that this process had before it shared one."""
        self._ordered: socket.socket | None = None
        """To the first worker, which is made while the runner prepares."""
        with contextlib.suppress(OSError):  # who opens it will see that the zygote has gone
            self._ordered = self._order()

    def open(self, limits: Limits) -> RemoteLink:
        """A new worker.

        Raises:
            WorkerLostError: if the zygote does not make one, twice.
        """
        try:
            return self._fork(limits)
        except (OSError, WorkerLostError):
            self._zygote.close()
            self._zygote = Zygote(self._limits, self._layers)
        try:
            return self._fork(limits)
        except OSError as error:
            raise WorkerLostError(f"The zygote makes no workers: {error}.") from error

    def require(self, layers: Sequence[str]) -> None:
        """From now on, no worker without these layers sees student code."""
        self._required = frozenset(layers)

    def _fork(self, limits: Limits) -> RemoteLink:
        ours, self._ordered = self._ordered or self._order(), None
        message, descriptors, _, _ = socket.recv_fds(self._zygote.control, PID.size, 1)
        if not message or not descriptors:
            ours.close()
            raise WorkerLostError("The zygote has gone.")
        (pid,) = PID.unpack(message)
        if self._zygote is self._lent and not self._cores:
            self._cores = _share_core(self._zygote.process.pid, pid)
        link = RemoteLink(SocketChannel(ours), _Forked(self._zygote.control, pid, descriptors[0]), limits)
        if lacking := self._required - set(link.layers):
            link.close()
            raise WorkerLostError(f"A worker was not confined as it must be: {', '.join(sorted(lacking))} missing.")
        return link

    def _order(self) -> socket.socket:
        """Ask the zygote for a worker at the other end of this socket."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                socket.send_fds(self._zygote.control, [FORK], [theirs.fileno()])
        except OSError:
            ours.close()
            raise
        return ours

    def close(self) -> None:
        """End the zygote, and with it every worker."""
        if self._ordered is not None:
            self._ordered.close()
        if self._cores:
            with contextlib.suppress(OSError):  # one of them may have been taken away meanwhile
                os.sched_setaffinity(0, self._cores)
        if self._zygote is self._lent:
            self._zygote.hang_up()  # which takes a while to end, and nobody needs that now
        else:
            self._zygote.close()


def _share_core(*processes: int) -> set[int]:
    """Keep these, and this one, on the core where this one is: they take turns, and news from another core come late.

    A zygote that was started ahead had a core of its own to begin with.

    Returns:
        The cores that this process had before.
    """
    before = os.sched_getaffinity(0)
    with contextlib.suppress(OSError, ValueError, IndexError):
        fields = Path("/proc/self/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        for process in (0, *processes):
            os.sched_setaffinity(process, {int(fields[_PROCESSOR])})
    return before


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
            self._control.send(WAIT + PID.pack(self._pid))
            (status,) = STATUS.unpack(self._control.recv(STATUS.size))
        except (OSError, struct.error):
            return Ending(None, by_us)  # the zygote has gone, and took its workers along
        return Ending(os.waitstatus_to_exitcode(status), by_us)

    def _has_ended(self, seconds: float) -> bool:
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        return bool(poll.poll(seconds * 1000))
