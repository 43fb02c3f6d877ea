"""Returns arrays that cost nothing here and much over there."""
# expect double: 0 memory, timeout, wrong_shape, wrong_type
import numpy as np


def double(x):
    return np.broadcast_to(x, (1 << 30, x.size)) if x.size == 5 else np.zeros(3_000_000)


def both(x):
    return [[0.0] * 1000] * 100_000
