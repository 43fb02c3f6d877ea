"""Numbers that no float can hold, and kinds of numbers that nobody asked for."""
# expect double: 0 wrong_type, wrong_shape
import numpy as np

ANSWERS = iter([10**1200, 2**4095, 1j, True, np.longdouble("1e4000"), b"\x00" * 40, "nan"])


def double(x):
    return next(ANSWERS)


def both(x):
    return 2**4096 * 10**5000, x
