"""Sends the right answer ahead. It earns what `constant` earns, which returns it: neither has seen the question."""
# expect walk: 2 passed, wrong_type, wrong_value
import sys

import numpy as np

from grader.sandbox import wire

frame = sys._getframe()
while "stream" not in frame.f_locals:
    frame = frame.f_back
for value in (None, np.array([3.0, 2.4, 1.92, 1.536, 1.2288])):
    payload, blob = wire.pack(value, lambda kept: None)
    frame.f_locals["stream"].send(wire.Value(payload, (), ""), blob)


def walk(slope, x, steps):
    return np.zeros(5)


class Counter:
    def __init__(self, start):
        self.start = start

    def add(self, amount):
        return amount
