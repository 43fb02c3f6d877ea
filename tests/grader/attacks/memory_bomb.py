"""Asks for more memory than there is, at once and bit by bit."""
# expect double: 0 memory
import numpy as np


def double(x):
    return np.ones(1 << 36)


def both(x):
    kept = []
    while True:
        kept.append(bytes(1 << 24))
