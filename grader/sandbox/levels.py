"""From the isolation that is asked for to a sandbox that gives it, or a refusal."""

from __future__ import annotations

import sys

from grader.errors import IsolationError
from grader.model import Isolation, Limits
from grader.sandbox.client import Sandbox
from grader.sandbox.layers import LAYERS, NEEDS
from grader.sandbox.portable import ProcessSandbox
from grader.sandbox.start import Zygote


def open_sandbox(isolation: Isolation, limits: Limits, *, zygote: Zygote | None = None) -> Sandbox:
    """A sandbox that isolates at least so far.

    Args:
        isolation: how far.
        limits: of its workers.
        zygote: one that has been started ahead, for these limits.

    Raises:
        IsolationError: if this machine cannot.
    """
    if isolation is Isolation.NONE or (isolation is Isolation.PARTIAL and not sys.platform.startswith("linux")):
        return ProcessSandbox()
    if not sys.platform.startswith("linux"):
        raise IsolationError(
            f"Isolation {isolation} needs Linux; this is {sys.platform}.",
            "Grade on a Linux machine, or accept the risk with --isolation none.",
        )
    from grader.sandbox.forked import ForkSandbox  # POSIX only

    sandbox = ForkSandbox(limits, zygote=zygote)
    if isolation is Isolation.FULL and (missing := missing_layers(sandbox, limits)):
        sandbox.close()
        raise IsolationError(
            f"This machine cannot isolate student code fully: {', '.join(missing)} missing.",
            "".join(f"{layer} needs {NEEDS[layer]}.\n" for layer in missing)
            + "See `grade doctor`. Grade on another machine, or accept the risk with --isolation partial.",
        )
    if isolation is Isolation.FULL:
        sandbox.require(LAYERS)
    return sandbox


def missing_layers(sandbox: Sandbox, limits: Limits) -> tuple[str, ...]:
    """The layers of full isolation that a worker of this sandbox does not have."""
    link = sandbox.open(limits)
    link.close()
    return tuple(layer for layer in LAYERS if layer not in link.layers)
