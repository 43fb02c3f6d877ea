"""Shapes that would be stretched by a careless comparison."""
# expect double: 0 wrong_shape
import numpy as np


def double(x):
    return np.zeros((0,) + x.shape)


def both(x):
    return np.broadcast_to(x, (2, *x.shape)), (2.0 * x)[:, None]
