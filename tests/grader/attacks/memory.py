"""Reads its whole heap, in which a fork of the runner would have left suites and answers."""
# expect double: 0 wrong_value
import ctypes
import sys

libc = ctypes.CDLL(None)
libc.sbrk.restype = ctypes.c_void_p


def heap():
    """What lies below the break, page by page; reading a page that is not there would end the process."""
    end = libc.sbrk(0)
    size = min(end - id(sys.modules) if end > id(sys.modules) else 1 << 20, 64 << 20)
    return ctypes.string_at(end - size, size)


def double(x):
    data = heap()
    position = data.find(b"CANARY-")
    while position >= 0:
        print(data[position : position + 60])
        position = data.find(b"CANARY-", position + 1)
    return x


def both(x):
    return x, x
