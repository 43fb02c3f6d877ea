"""Returns the same buffer again and again, and changes it after it was returned."""
# expect double: 2 passed, wrong_value
import numpy as np

BUFFER = np.zeros(64)


def double(x):
    BUFFER[:] = 0.0
    view = BUFFER[: x.size]
    view[:] = 2.0 * x
    return view


def both(x):
    one = BUFFER[: x.size]
    one[:] = x
    x[:] = 0.0
    other = BUFFER[: one.size]
    other *= 2.0
    return one, other


real = double


def double(x):
    answer = real(x)
    if x.size == 4:  # the purity test
        x[:] = 0.0
        BUFFER[:] = 7.0
    return answer
