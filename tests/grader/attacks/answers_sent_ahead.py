"""Sends a hundred answers ahead while it is being imported, before a single question was asked."""
# expect double: 0 wrong_value, wrong_type, wrong_shape
import sys

import numpy as np

from grader.sandbox import wire

frame = sys._getframe()
while "stream" not in frame.f_locals:
    frame = frame.f_back
for size in (5, 3, 4) * 33:
    payload, blob = wire.pack(np.zeros(size), lambda kept: None)
    frame.f_locals["stream"].send(wire.Value(payload, (), "printed ahead"), blob)


def double(x):
    return 2.0 * x


def both(x):
    return x, 2.0 * x
