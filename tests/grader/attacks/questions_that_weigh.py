"""Asks with as much as fits into a message, and never reads an answer."""
# expect walk: 0 timeout, wrong_shape, wrong_type, not_implemented
import sys

import msgspec

from grader.sandbox import wire


def walk(slope, x, steps):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    many = msgspec.Raw(msgspec.msgpack.encode([[[{}] * 1_900_000], {}]))
    message = wire.frame(wire.Ask(1, many), b"")
    import os

    while True:
        view = memoryview(message)
        while view:
            view = view[os.write(frame.f_locals["stream"]._writer, view) :]
