"""Tries every layer of isolation for real, each by itself: a probe does what a hostile submission would do."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec

from grader.model import Isolation, Limits
from grader.sandbox.client import Budget, Client, Sandbox, StudentError
from grader.sandbox.layers import LAYERS

_PROBE = (Path(__file__).parent / "probe.py").read_bytes


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt has shown."""

    layer: str
    attempt: str
    """What the probe tried, as a sentence."""
    held: bool
    detail: str


# Layer, function of the probe, what it tries.
_ATTEMPTS = (
    ("no_new_privs", "gain_privileges", "gain privileges by running a program"),
    ("capabilities", "use_root", "use what root may do"),
    ("rlimits", "take_memory", "take more memory than allowed"),
    ("rlimits", "open_many", "keep more than 16 files open"),
    ("landlock", "read_passwd", "read /etc/passwd"),
    ("landlock", "read_proc", "read /proc/self/maps"),
    ("landlock", "list_root", "list the root folder"),
    ("landlock", "write_tmp", "write a file to /tmp"),
    ("seccomp", "open_socket", "open a socket"),
    ("seccomp", "start_process", "start a process"),
    ("seccomp", "start_thread", "start a thread"),
    ("seccomp", "signal_parent", "send a signal to its parent"),
    ("seccomp", "trace_parent", "trace its parent"),
)


def examine(limits: Limits) -> tuple[Finding, ...]:
    """What this machine holds back, attempt by attempt; nothing on a system that is not Linux."""
    if not sys.platform.startswith("linux"):
        return ()
    from grader.sandbox.forked import ForkSandbox  # POSIX only

    found: list[Finding] = []
    for layer in LAYERS:
        # This layer alone, so that no other one does its work; no_new_privs is what the kernel asks for.
        sandbox = ForkSandbox(limits, layers=("no_new_privs", layer))
        try:
            found += _attempts(sandbox, limits, layer)
        finally:
            sandbox.close()
    return tuple(found)


def level(findings: tuple[Finding, ...]) -> Isolation:
    """The isolation that these findings amount to."""
    held = {layer: all(finding.held for finding in findings if finding.layer == layer) for layer in LAYERS}
    if findings and all(held.values()):
        return Isolation.FULL
    return Isolation.PARTIAL if findings and any(held.values()) else Isolation.NONE


def _attempts(sandbox: Sandbox, limits: Limits, layer: str) -> Iterator[Finding]:
    for of_layer, function, attempt in _ATTEMPTS:
        if of_layer != layer:
            continue
        link = sandbox.open(limits)
        client = Client(link, limits, Budget(limits.topic_seconds))
        try:
            client.load("probe", "probe.py", _PROBE())
            detail = str(client.call(0, function, (), {}))
            held = detail.startswith("held")
        except StudentError as error:
            held, detail = True, f"held: {error.result}"
        finally:
            client.close()
        if layer not in link.layers:
            held, detail = False, "this machine does not have it"
        yield Finding(layer=layer, attempt=attempt, held=held, detail=detail)
