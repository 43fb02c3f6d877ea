"""Reports a hundred thousand changed arguments, with names that a terminal would obey."""
# expect double: 0 wrong_value, wrong_type, wrong_shape
import sys

from grader.sandbox import wire


def double(x):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    payload, blob = wire.pack(x, lambda kept: None)
    names = ("\x1b]0;title\x07",) * 100_000
    frame.f_locals["stream"].send(wire.Value(payload, names, "\x1b[2J" * 1000), blob)


def both(x):
    return double(x)
