"""Sends values that are nested a hundred thousand levels deep, of every kind that can be nested."""
# expect double: 0 wrong_type, crashed
import sys

import msgspec

from grader.sandbox import wire


def send(payload):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    frame.f_locals["stream"].send(wire.Value(msgspec.Raw(payload), (), ""), b"")


def tuples(levels):
    inner = b"\x90"
    for _ in range(levels):
        inner = msgspec.msgpack.encode([msgspec.msgpack.Ext(1, inner)])
    return inner


def double(x):
    send(b"\x91" * 500_000 + b"\xc0" if x.size == 5 else b"\x81\xa1a" * 300_000 + b"\xc0")


def both(x):
    send(tuples(2000))
