"""Asks functions that it was never given, by their numbers, and outside of any call that has functions."""
# expect walk: 0 wrong_value
import sys

from grader.sandbox import wire

ANSWERS = []


def ask(number, value):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    payload, blob = wire.pack(((value,), {}), lambda kept: None)
    ANSWERS.append(frame.f_locals["stream"].exchange(wire.Ask(number, payload), blob)[0])


for number in (0, 1, 2):
    ask(number, 1.0)


def walk(slope, x, steps):
    import numpy as np

    for number in (-1, 0, 2, 99, 2**63 - 1):
        ask(number, x)
    print([getattr(answer, "message", "answered") for answer in ANSWERS])
    return np.zeros(steps + 1)


class Counter:
    def __init__(self, start):
        ask(1, 3.0)

    def add(self, amount):
        ask(1, 3.0)
        return 0.0
