"""Start a zygote. Nothing here imports NumPy: a zygote that is started ahead loads it while the runner does."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from grader.model import Limits
from grader.sandbox.layers import LAYERS

_PACKAGES = ("grader", "numpy", "msgspec")
"""What a worker's interpreter imports beside the standard library."""

# One thread: a fork with BLAS threads is not safe, and one core a worker is what the runner counts on.
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# No search for garbage while modules are loaded. Without `site` nothing that a package has put into a .pth file is run;
# what a student's code may call is brought back.
_BEGIN = (
    "import gc, os, site, sys; gc.disable(); site.setquit(); site.sethelper(); site.setcopyright(); "
    "sys.path += sys.argv[1].split(os.pathsep); "
)
_START = "from grader.sandbox.zygote import main; main(int(sys.argv[2]), int(sys.argv[3]), tuple(sys.argv[4].split()))"


def interpreter(statements: str, *arguments: str) -> list[str]:
    """The command for an interpreter that reads nothing of its surroundings, and collects no garbage yet.

    Args:
        statements: what it is to do.
        arguments: which it finds in `sys.argv`, from the third place on.
    """
    specs = [find_spec(name) for name in _PACKAGES]
    files = [Path(spec.origin).absolute() for spec in specs if spec is not None and spec.origin is not None]
    folders = dict.fromkeys(str(file.parents[1]) for file in files)
    return [sys.executable, "-I", "-S", "-c", _BEGIN + statements, os.pathsep.join(folders), *arguments]


def minimal_environment() -> dict[str, str]:
    """What an interpreter needs to start, and no more."""
    kept = ("LD_LIBRARY_PATH", "SYSTEMROOT")
    return ONE_THREAD | {name: os.environ[name] for name in kept if name in os.environ}


class Zygote:
    """A zygote that runs, and the socket to it."""

    def __init__(self, limits: Limits, layers: Sequence[str] = LAYERS) -> None:
        """Start it.

        Args:
            limits: the address space of a worker.
            layers: of confinement to put on workers, as far as this machine has them.
        """
        self.control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        memory = limits.memory_mb * 1024 * 1024
        with theirs:
            self.process = subprocess.Popen(
                interpreter(_START, str(theirs.fileno()), str(memory), " ".join(layers)),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=minimal_environment(),
                pass_fds=[theirs.fileno()],
            )

    def hang_up(self) -> None:
        """Let it end, and with it every worker; somebody has to `close` it later."""
        self.control.close()

    def close(self) -> None:
        """End it, and with it every worker."""
        self.hang_up()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def started_ahead(limits: Limits) -> Iterator[Zygote | None]:
    """A zygote for a sandbox that is opened later; None where there are none. Its end is waited for here."""
    if not sys.platform.startswith("linux"):
        yield None
        return
    zygote = Zygote(limits)
    try:
        yield zygote
    finally:
        zygote.close()
