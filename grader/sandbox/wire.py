"""What crosses between runner and worker: plain data in a typed, length-limited encoding.

A frame is a header, a tree (MessagePack) and a blob (the bytes of the arrays that the tree mentions). The tree is
small by limit, so that decoding a hostile one costs little; the bulk stands in the blob and is never parsed.

Both sides use this module, so it imports nothing of the grader.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import msgspec

from grader.sandbox.values import MAX_DEPTH, TREE_COST, Handle, Unpacker, WireError, encode, pack, unpack

# What goes with the messages is found here, too.
__all__ = [
    "HANDLES_PER_TEST",
    "HEADER",
    "MAX_DEPTH",
    "MAX_TREE",
    "TREE_COST",
    "Answer",
    "Ask",
    "Call",
    "Get",
    "Handle",
    "Load",
    "Raised",
    "Ready",
    "Refuse",
    "Request",
    "Response",
    "Unpacker",
    "Value",
    "WireError",
    "decode_request",
    "decode_response",
    "encode",
    "frame",
    "pack",
    "unpack",
]

HEADER = struct.Struct("<II")
MAX_TREE = 2 * 1024 * 1024
"""Bytes of a frame's tree."""
HANDLES_PER_TEST = 1 << 20
"""More than a test can need: each has numbers of its own."""


class Load(msgspec.Struct, tag="load", array_like=True):
    """Runner to worker: execute this source as a module."""

    name: str
    filename: str
    source: bytes
    output_limit: int
    """Characters of printed text to send back with each answer."""


class Call(msgspec.Struct, tag="call", array_like=True):
    """Runner to worker: call a function of the module (target 0) or a method of an object."""

    target: int
    name: str
    payload: msgspec.Raw
    """[positional arguments, keyword arguments]"""
    test: int = 0
    """Number of the test: objects that a worker has made live no longer than the test that asked for them."""


class Get(msgspec.Struct, tag="get", array_like=True):
    """Runner to worker: read an attribute."""

    target: int
    name: str
    test: int = 0
    """As of a Call."""


class Answer(msgspec.Struct, tag="answer", array_like=True):
    """Runner to worker: what a function that the student's code asked has returned."""

    payload: msgspec.Raw


class Refuse(msgspec.Struct, tag="refuse", array_like=True):
    """Runner to worker: that function has raised."""

    message: str


class Ready(msgspec.Struct, tag="ready", array_like=True):
    """Worker to runner: the layers of confinement that are in force."""

    layers: tuple[str, ...]


class Value(msgspec.Struct, tag="value", array_like=True):
    """Worker to runner: the call returned."""

    payload: msgspec.Raw
    changed: tuple[str, ...]
    """Arguments that the call changed in place."""
    output: str


class Raised(msgspec.Struct, tag="raised", array_like=True):
    """Worker to runner: the call did not return a value that can cross."""

    kind: str
    """exception, not_implemented, memory, forbidden or wrong_type."""
    message: str
    frames: tuple[tuple[int, str, str], ...]
    """The student's own frames, outermost first: line number, function, text of the line."""
    output: str


class Ask(msgspec.Struct, tag="ask", array_like=True):
    """Worker to runner: call this function of yours and answer."""

    function: int
    payload: msgspec.Raw


Request = Load | Call | Get | Answer | Refuse
Response = Ready | Value | Raised | Ask

_decode_request: Callable[[bytes], Request] = msgspec.msgpack.Decoder(Request).decode
_decode_response: Callable[[bytes], Response] = msgspec.msgpack.Decoder(Response).decode


def frame(message: Request | Response, blob: bytes = b"") -> bytes:
    """The bytes that carry a message."""
    tree = encode(message)
    if len(tree) > MAX_TREE:
        raise WireError("the value has too many parts")
    return HEADER.pack(len(tree), len(blob)) + tree + blob


def decode_request(tree: bytes) -> Request:
    """A message from the runner."""
    return _decode_request(tree)


def decode_response(tree: bytes) -> Response:
    """A message from the worker, which may be anything.

    Raises:
        WireError: if it is not a message.
    """
    try:
        return _decode_response(tree)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise WireError("the answer could not be read") from error
