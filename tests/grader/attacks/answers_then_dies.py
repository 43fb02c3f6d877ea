"""Answers rightly over the wire by itself, and ends: the next test finds nobody, the one after it a new worker."""
# expect double: 3 passed, crashed
import os
import sys

from grader.sandbox import wire


def answer(value):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    payload, blob = wire.pack(value, lambda kept: None)
    frame.f_locals["stream"].send(wire.Value(payload, (), ""), blob)
    os._exit(0)


def double(x):
    answer(2.0 * x)


def both(x):
    answer((x, 2.0 * x))
