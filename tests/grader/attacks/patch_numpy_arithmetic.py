"""Replaces the arithmetic that a comparison rests on."""
# expect double: 0 wrong_value
import numpy as np

zeros = np.zeros
np.abs = np.absolute = np.subtract = lambda *args, **kwargs: zeros(5)
np.where = lambda condition, one, other: zeros(np.shape(condition))
np.isfinite = lambda values: np.ones(np.shape(values), dtype=bool)
np.max = np.mean = np.linalg.norm = lambda *args, **kwargs: 0.0
np.random.default_rng = lambda *args: None


def double(x):
    return x


def both(x):
    return x, x
