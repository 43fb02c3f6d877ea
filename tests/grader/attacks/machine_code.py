"""Writes over code that has been loaded, and executes what it has written."""
# expect double: 0 crashed
import ctypes

import numpy as np


def double(x):
    address = ctypes.cast(ctypes.CDLL(None).write, ctypes.c_void_p).value & ~4095
    libc = ctypes.CDLL(None)
    libc.mprotect(ctypes.c_void_p(address), 8192, 7)
    ctypes.memset(address, 0xCC, 8192)  # from now on, nothing can be sent
    return 2.0 * x


def both(x):
    ctypes.memset(id(np.ndarray), 0, 400)
    return x, 2.0 * x
