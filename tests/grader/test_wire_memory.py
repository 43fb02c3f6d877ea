"""What a message can cost the runner in memory, measured: no more than its size allows."""

from __future__ import annotations

import struct
import tracemalloc

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.model import Isolation, Limits
from grader.sandbox import wire
from grader.sandbox.client import Budget, Client
from grader.sandbox.levels import open_sandbox

EMPTY_HANDLE = msgspec.msgpack.encode(msgspec.msgpack.Ext(5, wire.encode(wire.Handle(1, False, ""))))
EMPTY_ARRAY = msgspec.msgpack.encode(msgspec.msgpack.Ext(2, wire.encode(("f", 8, (0,), 0))))
# What is small on the wire and large in memory.
DEAR = {
    "empty lists": b"\x90",
    "empty dicts": b"\x80",
    "lists of a list": b"\x91\x90",
    "dicts of a number": b"\x81\x00\x00",
    "dicts of dicts": b"\x81\x00\x81\x00\x80",
    "dicts as deep as they may be": b"\x81\x00" * 200 + b"\x80",
    "lists as deep as they may be": b"\x91" * 200 + b"\x80",
    "texts": b"\xa2xy",
    "tuples": b"\xd5\x01\x91\x80",
    "large numbers": b"\xd5\x03\x7f\xff",
    "handles": EMPTY_HANDLE,
    "arrays of nothing": EMPTY_ARRAY,
}
ROOM = 256 * 1024
"""For what reading costs besides the message."""


class Held:
    """As large as what the runner makes of a handle."""

    def __init__(self, handle: wire.Handle) -> None:
        self._handle = handle


def cost(tree: bytes, blob: bytes = b"") -> int:
    """The most memory in use at once while a value is read."""
    tracemalloc.start()
    try:
        wire.unpack(tree, blob, Held)
    except wire.WireError:
        pass
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    return peak


def repeated(item: bytes, size: int) -> bytes:
    """A list of so many bytes."""
    count = size // len(item)
    return b"\xdd" + struct.pack(">I", count) + item * count


@pytest.mark.parametrize("kind", DEAR)
def test_a_byte_of_a_tree_costs_no_more_than_is_counted(kind: str) -> None:
    tree = repeated(DEAR[kind], wire.MAX_TREE // 4)
    assert wire.TREE_COST * len(tree) // 80 < cost(tree) < wire.TREE_COST * len(tree) + ROOM


def test_arrays_cost_what_their_bytes_are(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = bytes(8_000_000)
    one = msgspec.msgpack.encode(msgspec.msgpack.Ext(2, wire.encode(("f", 8, (1_000_000,), 0))))
    assert len(blob) < cost(one, blob) < len(blob) + ROOM
    many = repeated(msgspec.msgpack.encode(msgspec.msgpack.Ext(2, wire.encode(("f", 1, (8,), 0)))), 1_000_000)
    assert cost(many, blob) < len(blob) + wire.TREE_COST * len(many) + ROOM


@pytest.mark.parametrize("announced", [b"\xdd\xff\xff\xff\xff", b"\xdf\xff\xff\xff\xff", b"\xdb\xff\xff\xff\xff"])
def test_what_is_only_announced_costs_nothing(announced: bytes) -> None:
    assert cost(announced) < ROOM
    assert cost(announced + b"\x90" * 1000) < ROOM


PIECES = st.sampled_from(
    [*DEAR.values(), b"\x91", b"\x81\xa0", b"\xdd\x00\x01\x00\x00", b"\xc0", b"\xc7\x40\x02", b"\xff"]
)


@settings(deadline=None, derandomize=True, max_examples=300, suppress_health_check=list(HealthCheck))
@given(st.lists(PIECES, max_size=12), st.integers(1, 4000), st.binary(max_size=64))
def test_messages_of_any_kind_cost_no_more_than_is_counted(pieces: list[bytes], times: int, blob: bytes) -> None:
    tree = repeated(b"".join(pieces) or b"\xc0", times)
    assert cost(tree, blob) < wire.TREE_COST * len(tree) + len(blob) + ROOM


def test_an_array_is_no_larger_than_the_message_it_came_in() -> None:
    value = wire.unpack(*wire.pack(np.ones((100, 100)), Held), Held)  # type: ignore[arg-type]
    assert value.nbytes == 80_000
    assert value.base is None or value.base.nbytes <= 80_000


FORGED = b"""
import sys
from grader.sandbox import wire

payload, blob = wire.pack(1.0, None)
answer = wire.Value(payload, tuple(f"{n:02}" for n in range(100)) * 5_000, "x" * 100_000)

def f():
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["stream"].send(answer, blob)
"""


def test_notes_of_many_calls_cost_no_more_than_is_kept() -> None:
    """A suite may call a thousand times in a test, and each answer may hold half a million names."""
    limits = Limits(call_seconds=20.0, topic_seconds=60.0)
    sandbox = open_sandbox(Isolation.PARTIAL, limits)
    client = Client(sandbox.open(limits), limits, Budget(60.0))
    client.load("work", "work.py", FORGED)
    try:
        for _ in range(10):
            client.call(0, "f", (), {})
        assert 0 < len(client.changed) <= 10 * 100
        assert sum(map(len, client.output)) <= 10 * limits.output_kb * 1024
    finally:
        client.close()
        sandbox.close()
