"""What a hostile submission would do, for `grade doctor`. Sent to a worker; each function tells how it went."""

import contextlib
import ctypes
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable

import numpy as np


def _tried(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except (OSError, MemoryError, RuntimeError, ValueError) as error:
        return f"held: {type(error).__name__}"
    return "not held"


def gain_privileges() -> str:
    """Read the flag that the kernel keeps; a program that changes the user is then run without the change."""
    flag = ctypes.CDLL(None).prctl(39, 0, 0, 0, 0)  # PR_GET_NO_NEW_PRIVS
    return "held: the flag is set" if flag == 1 else "not held"


def use_root() -> str:
    """Take the rights of another user."""
    return _tried(lambda: os.setresuid(12345, 12345, 12345))


def take_memory() -> str:
    """Ask for a terabyte."""
    return _tried(lambda: np.ones(1 << 37))


def open_many() -> str:
    """Open files until it fails."""
    opened: list[int] = []

    def attempt() -> None:
        for _ in range(32):
            opened.append(os.dup(0))

    try:
        return _tried(attempt)
    finally:
        for descriptor in opened:
            os.close(descriptor)


def read_passwd() -> str:
    """Read a file of the system."""
    return _tried(lambda: open("/etc/passwd").close())


def read_proc() -> str:
    """Read what the kernel tells about this process."""
    return _tried(lambda: open("/proc/self/maps").close())


def list_root() -> str:
    """List a folder."""
    return _tried(lambda: os.listdir("/"))


def write_tmp() -> str:
    """Leave a file behind."""
    path = f"/tmp/deepgrade-probe-{os.getpid()}"

    def attempt() -> None:
        with open(path, "w") as file:
            file.write("x")

    told = _tried(attempt)
    with contextlib.suppress(OSError):
        os.unlink(path)
    return told


def open_socket() -> str:
    """Reach for the network."""
    return _tried(lambda: socket.socket(socket.AF_INET).close())


def start_process() -> str:
    """Run a program."""
    return _tried(lambda: subprocess.run([sys.executable, "-c", ""], check=False))


def start_thread() -> str:
    """Do two things at once."""
    return _tried(lambda: threading.Thread(target=int).start())


def signal_parent() -> str:
    """Ask whether the parent could be signalled; signal 0 does no harm."""
    return _tried(lambda: os.kill(os.getppid(), 0))


def trace_parent() -> str:
    """Attach to the parent as a debugger does."""
    libc = ctypes.CDLL(None, use_errno=True)

    def attempt() -> None:
        if libc.ptrace(0x4206, os.getppid(), 0, 0) != 0:  # PTRACE_SEIZE
            raise OSError(ctypes.get_errno(), "ptrace")
        libc.ptrace(17, os.getppid(), 0, 0)

    return _tried(attempt)
