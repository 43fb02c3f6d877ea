"""The zygote: a freshly executed interpreter that has loaded NumPy and the worker's code, and forks workers.

It is never forked from the runner, so that no worker's memory has ever held a suite, an answer or another student's
file.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import sys

from grader.sandbox import confine, imports, worker
from grader.sandbox.orders import FORK, PID, STATUS


def main(control: int, memory_bytes: int, layers: tuple[str, ...]) -> None:
    """Serve until the runner has gone.

    Args:
        control: descriptor of the socket to the runner.
        memory_bytes: address space of a worker.
        layers: of confinement to put on workers, as far as this machine has them.
    """
    os.chdir("/")
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the runner's business
    imports.preload()
    imports.only_standard_library()
    plan = confine.prepare(layers, memory_bytes)
    _forget_paths()
    gc.freeze()
    gc.enable()
    runner = socket.socket(fileno=control)
    children: set[int] = set()
    with contextlib.suppress(ConnectionError):  # the runner has gone before it heard what it had asked for
        while _serve(runner, plan, children):
            pass
    for pid in children:
        os.kill(pid, signal.SIGKILL)
    os._exit(0)  # the runner waits for it, and nothing is left to tidy up


def _serve(runner: socket.socket, plan: confine.Plan, children: set[int]) -> bool:
    """Do what is asked next; whether there was anything."""
    request, descriptors, _, _ = socket.recv_fds(runner, 64, 1)
    if request[:1] == FORK:
        _fork(runner, descriptors[0], plan, children)
    elif request:
        (pid,) = PID.unpack(request[1:])
        _, status = os.waitpid(pid, 0)
        children.discard(pid)
        runner.send(STATUS.pack(status))
    return bool(request)


def _forget_paths() -> None:
    """Leave no trace of where the grader stands, nor of the environment that it was started in."""
    sys.argv[:] = sys.orig_argv[:] = [""]
    os.environ.clear()
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "grader":
            module.__dict__.update(__file__=None, __cached__=None, __spec__=None, __path__=[])


def _fork(runner: socket.socket, descriptor: int, plan: confine.Plan, children: set[int]) -> None:
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become_worker(runner, descriptor, plan, zygote)
    children.add(pid)
    os.close(descriptor)
    pidfd = os.pidfd_open(pid)
    socket.send_fds(runner, [PID.pack(pid)], [pidfd])
    os.close(pidfd)


def _own_streams() -> None:
    """Open what leads nowhere anew: the flags of a descriptor that is shared would pass from worker to worker."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(null, stream)
    os.close(null)


def _become_worker(runner: socket.socket, descriptor: int, plan: confine.Plan, zygote: int) -> None:
    try:
        runner.close()
        _own_streams()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        layers = confine.confine(plan)
        if os.getppid() == zygote:  # or it died before this process could ask to die with it
            worker.serve(worker.Stream(descriptor, descriptor), layers)
    except BaseException:
        os._exit(1)
    os._exit(0)
