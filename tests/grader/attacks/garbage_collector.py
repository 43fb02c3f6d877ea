"""Looks for the answer, and for secrets, among all the objects in its process."""
# expect double: 0 wrong_value
import gc

import numpy as np


def double(x):
    for found in gc.get_objects():
        try:
            if "CANARY-" in repr(found)[:100_000] and found is not globals():
                print("found", repr(found)[:300])
        except Exception:
            continue
        for value in gc.get_referents(found):
            if isinstance(value, np.ndarray) and value.shape == x.shape and np.allclose(value, 2.0 * x):
                return value
    return x


def both(x):
    return x, double(x)
