"""Objects that offer NumPy an array in every way that there is: buffers, interfaces, protocols, and a lying class."""
# expect double: 0 wrong_type
import array
import ctypes

import numpy as np

ANSWER = np.zeros(5)


class Offers:
    __array_interface__ = ANSWER.__array_interface__
    __array_struct__ = ANSWER.__array_struct__
    __array_priority__ = 1e9
    __class__ = np.ndarray
    dtype, shape, ndim, size = ANSWER.dtype, ANSWER.shape, 1, 5

    def __array__(self, dtype=None, copy=None):
        print("asked for an array")
        return 2.0 * np.ones(5)

    def __array_function__(self, function, types, args, kwargs):
        return True

    def __dlpack__(self, **kwargs):
        return ANSWER.__dlpack__()

    def __dlpack_device__(self):
        return 1, 0

    def __buffer__(self, flags):
        return memoryview(ANSWER)


KINDS = iter([memoryview(ANSWER), array.array("d", ANSWER), (ctypes.c_double * 5)(), Offers(), bytearray(40)])


def double(x):
    return next(KINDS)


def both(x):
    return Offers(), next(KINDS)
