"""Writes an answer of its own before the real one, so that every later answer comes one question too late."""
# expect double: 0 wrong_value, wrong_type
import sys

from grader.sandbox import wire


def stream():
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["stream"]


def forge(value):
    payload, blob = wire.pack(value, lambda kept: wire.Handle(1, False, "x"))
    stream().send(wire.Value(payload, (), ""), blob)


def double(x):
    forge(x)
    return 2.0 * x


def both(x):
    forge((x, x))
    return x, 2.0 * x
