"""The layers that confine a worker. Prepared once in the zygote, put on in each worker before it sees student code."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from grader.sandbox import landlock, seccomp
from grader.sandbox.imports import PACKAGES

_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
_CAPABILITY_VERSION = 0x20080522

T = TypeVar("T")

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Plan:
    """What the zygote has prepared."""

    layers: tuple[str, ...]
    inherited: tuple[str, ...]
    """Those that the zygote wears, and with it every worker from its first moment."""
    ruleset: int | None
    filter_program: bytes | None


def prepare(layers: tuple[str, ...], memory_bytes: int) -> Plan:
    """Put on the zygote, once, what its workers inherit and it can do without, and build what is put on each worker.

    A layer that this machine lacks is left out.
    """
    inherited: dict[str, Callable[[], None]] = {
        "no_new_privs": _no_new_privs,
        "capabilities": _drop_capabilities,
        "rlimits": lambda: _limit_resources(memory_bytes),
    }
    ruleset = _attempt(lambda: landlock.ruleset(readable_paths()))
    return Plan(
        layers=layers,
        inherited=tuple(name for name, step in inherited.items() if name in layers and _done(step)),
        ruleset=ruleset,
        filter_program=_attempt(seccomp.program) if seccomp.supported() else None,
    )


def _attempt(build: Callable[[], T]) -> T | None:
    try:
        return build()
    except OSError:
        return None


def confine(plan: Plan) -> tuple[str, ...]:
    """Put the layers on this process, for good.

    Returns:
        Those that are in force.
    """
    os.setsid()
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    _libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    steps: dict[str, Callable[[], None]] = {}
    if plan.ruleset is not None:
        steps["landlock"] = lambda: landlock.restrict(plan.ruleset or 0)
    if plan.filter_program is not None:
        steps["seccomp"] = lambda: seccomp.load(plan.filter_program or b"")
    return (*plan.inherited, *(name for name, step in steps.items() if name in plan.layers and _done(step)))


def _done(step: Callable[[], None]) -> bool:
    try:
        step()
    except (OSError, ValueError):  # `resource` raises ValueError for what it may not set
        return False
    return True


def _no_new_privs() -> None:
    if _libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")


def _drop_capabilities() -> None:
    """Give up what root can do; for a plain user there is nothing to give up."""
    for number in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    if _libc.capset(header, (ctypes.c_uint32 * 6)()) != 0:
        raise OSError(ctypes.get_errno(), "capset")


def _limit_resources(memory_bytes: int) -> None:
    for kind, limit in (
        (resource.RLIMIT_AS, memory_bytes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 16),
        (resource.RLIMIT_MSGQUEUE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        _, highest = resource.getrlimit(kind)
        lowest = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
        resource.setrlimit(kind, (lowest, lowest))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def readable_paths() -> Iterator[str]:
    """The standard library without the packages in it, and NumPy."""
    roots = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
    for root in sorted(os.path.realpath(root) for root in roots if root):
        if not os.path.isdir(root):
            continue
        for entry in os.scandir(root):
            if entry.name not in PACKAGES:
                yield entry.path
    numpy = os.path.dirname(os.path.realpath(np.__file__))
    yield from (numpy, f"{numpy}.libs")
