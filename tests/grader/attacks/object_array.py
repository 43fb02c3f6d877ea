"""An array of objects that are equal to everything."""
# expect double: 0 wrong_type
import numpy as np


class Anything:
    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return 0.0

    __rsub__ = __abs__ = __mul__ = __rmul__ = __sub__
    __le__ = __lt__ = __eq__
    __hash__ = None


def double(x):
    return np.array([Anything() for _ in x], dtype=object)


def both(x):
    return double(x), double(x)
