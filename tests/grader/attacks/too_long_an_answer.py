"""Answers of a length that nobody asked for: more than a picture of them may hold, and fewer than one."""
# expect double: 0 wrong_shape
import numpy as np


def double(x):
    return np.resize(2.0 * x, 2000)


def both(x):
    return x, np.zeros(0)
