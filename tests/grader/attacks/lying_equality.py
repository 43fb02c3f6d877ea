"""An answer that is equal to everything, and has an array to offer to whoever asks."""
# expect double: 0 wrong_type
import numpy as np


class Liar:
    dtype, ndim, size, shape, nbytes = np.dtype(float), 1, 5, (5,), 40

    def __init__(self, like):
        self.like = like

    def __eq__(self, other):
        return True

    def __ne__(self, other):
        return False

    def __bool__(self):
        return True

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.like)

    def __len__(self):
        return len(self.like)

    def __iter__(self):
        return iter(self.like)

    def __sub__(self, other):
        return 0.0

    __rsub__ = __abs__ = __add__ = __radd__ = __sub__
    __le__ = __lt__ = __ge__ = __gt__ = __eq__
    __hash__ = None


def double(x):
    return Liar(x)


def both(x):
    return Liar(x), Liar(x)
