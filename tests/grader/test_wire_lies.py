"""Bytes that lie: a worker may send anything, and the runner knows nothing worse than a WireError."""

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.sandbox import wire


def no_handle(value):
    raise AssertionError(f"{type(value).__name__} does not stay here")


def array_message(kind, itemsize, shape, offset, blob=b"12345678" * 4):
    """An array as a worker may claim it to be."""
    header = msgspec.msgpack.encode((kind, itemsize, shape, offset))
    return msgspec.msgpack.encode(msgspec.msgpack.Ext(2, header)), blob


def nested_tuples(depth):
    tree = b"\x01"
    for _ in range(depth):
        tree = msgspec.msgpack.encode(msgspec.msgpack.Ext(1, b"\x91" + tree))
    return tree


@pytest.mark.parametrize(
    ("kind", "itemsize", "shape", "offset"),
    [
        ("f", 8, (5,), 0),
        ("f", 8, (4,), 1),
        ("f", 8, (1,), -1),
        ("f", 8, (1,), -(2**63)),
        ("f", 8, (0,), 33),
        ("f", 8, (-1,), 0),
        ("f", 8, (-1, -1), 0),
        ("f", 8, (2**62, 2**62), 0),
        ("f", 8, (0, 2**62), 0),
        ("f", 8, (0, 2**63), 0),
        ("f", 8, (1,) * 33, 0),
        ("f", 8, (1,), 2**63),
        ("f", 0, (1,), 0),
        ("f", 3, (1,), 0),
        ("f", -8, (1,), 0),
        ("f", 2**63, (0,), 0),
        ("b", 5, (1,), 0),
        ("O", 8, (1,), 0),
        ("U", 1, (1,), 0),
        ("V", 8, (1,), 0),
        ("fi", 8, (1,), 0),
        ("", 8, (1,), 0),
        ("f", 8, ("1",), 0),
        ("f", 8, (1.0,), 0),
        ("f", 8, None, 0),
        (5, 8, (1,), 0),
    ],
)
def test_an_array_that_lies_about_itself_is_refused(kind, itemsize, shape, offset):
    with pytest.raises(wire.WireError):
        wire.unpack(*array_message(kind, itemsize, shape, offset), no_handle)


def test_arrays_that_claim_the_same_bytes_are_refused():
    header = msgspec.msgpack.encode(("f", 8, (1000,), 0))
    tree = msgspec.msgpack.encode([msgspec.msgpack.Ext(2, header)] * 100)
    with pytest.raises(wire.WireError):
        wire.unpack(tree, bytes(8000), no_handle)


def test_truth_values_of_any_byte_are_true_or_false():
    there = wire.unpack(*array_message("b", 1, (4,), 0, b"\x00\x01\x02\xff"), no_handle)
    assert there.tobytes() == b"\x00\x01\x01\x01"


EXTENSIONS = [
    (code, data) for code in range(-1, 9) for data in (b"", b"\x00", b"\xc1", b"\xff" * 8, b"\x93\x01\x02\x03")
]


@pytest.mark.parametrize(
    "tree",
    [
        b"",
        b"\xc1",
        b"\x01\x01",
        b"\xdd\xff\xff\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\x91" * 100_000,
        b"\x81\xa1a" * 100_000,
        b"\x81\x80\x01",
        b"\xa1\xff",
        b"\x92\x01",
        msgspec.msgpack.encode(msgspec.msgpack.Ext(1, b"\xdd\xff\xff\xff\xff")),
        msgspec.msgpack.encode(msgspec.msgpack.Ext(1, b"\x05")),
        msgspec.msgpack.encode(msgspec.msgpack.Ext(3, b"\x01" * 514)),
        msgspec.msgpack.encode(msgspec.msgpack.Ext(4, b"short")),
        msgspec.msgpack.encode(msgspec.msgpack.Ext(5, b"\x91\x01")),
        msgspec.msgpack.encode(msgspec.msgpack.Ext(99, b"")),
        nested_tuples(200),
    ],
    ids=lambda tree: f"{bytes(tree[:6]).hex(' ')} ({len(tree)})",
)
def test_bytes_that_are_no_value_are_refused(tree):
    with pytest.raises(wire.WireError):
        wire.unpack(tree, b"", no_handle)


def survived(tree, blob):
    """Read bytes as the runner does: as a message, and as a value."""
    for read in (wire.decode_response, lambda data: wire.unpack(data, blob, lambda handle: handle)):
        try:
            read(tree)
        except wire.WireError as error:
            assert str(error)


@settings(deadline=None, derandomize=True, max_examples=300)
@given(st.binary(max_size=200), st.binary(max_size=64))
def test_arbitrary_bytes_raise_nothing_but_wire_errors(tree, blob):
    survived(tree, blob)


SAMPLE, SAMPLE_BLOB = wire.pack(
    {"a": [1, (2.5, 2**70), np.arange(6.0).reshape(2, 3)], 7: (1 + 2j, "text", b"bytes", None, True)}, no_handle
)
MESSAGES = [
    bytes(SAMPLE),
    wire.encode(wire.Value(SAMPLE, ("w",), "printed")),
    wire.encode(wire.Raised("exception", "ValueError: x", ((3, "f", "raise"),), "")),
    wire.encode(wire.Ask(0, SAMPLE)),
    wire.encode(wire.Ready(("seccomp",))),
    *(msgspec.msgpack.encode(msgspec.msgpack.Ext(code, data)) for code, data in EXTENSIONS),
]


@settings(deadline=None, derandomize=True, max_examples=1500, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(MESSAGES), st.data())
def test_damaged_messages_raise_nothing_but_wire_errors(message, data):
    damaged = bytearray(message)
    for _ in range(data.draw(st.integers(0, 3))):
        position = data.draw(st.integers(0, len(damaged)))
        match data.draw(st.sampled_from(["change", "insert", "cut"])):
            case "change":
                damaged[position : position + 1] = data.draw(st.binary(min_size=1, max_size=1))
            case "insert":
                damaged[position:position] = data.draw(st.binary(min_size=1, max_size=9))
            case "cut":
                del damaged[position : position + data.draw(st.integers(1, 20))]
    survived(bytes(damaged), SAMPLE_BLOB)


def test_every_prefix_of_a_message_is_refused():
    for message in MESSAGES[1:5]:
        for size in range(len(message)):
            with pytest.raises(wire.WireError):
                wire.decode_response(message[:size])


@pytest.mark.parametrize(
    "message",
    [
        ["load", "work", "work.py", b"", 10],
        ["nonsense"],
        ["value"],
        ["ready", "seccomp"],
        ["ask", "0", [1]],
        5,
        None,
    ],
)
def test_what_only_the_runner_says_is_no_response(message):
    with pytest.raises(wire.WireError):
        wire.decode_response(msgspec.msgpack.encode(message))
