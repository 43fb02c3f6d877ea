"""Values for which comparisons tend to come out well."""
# expect double: 0 wrong_value
import numpy as np


def double(x):
    return np.full(x.shape, np.nan)


def both(x):
    return np.full(x.shape, np.nan), np.full(x.shape, np.inf)
