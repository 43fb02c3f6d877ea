"""Prints its environment, its arguments and those of its parents, from every place that keeps them."""
# expect double: 0 wrong_value
import ctypes
import os
import sys

environ = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")


def look():
    print(dict(os.environ), sys.argv, sys.orig_argv, os.environb)
    position = 0
    while environ and environ[position]:
        print(environ[position])
        position += 1
    for process in ("self", os.getppid(), 1):
        for name in ("environ", "cmdline", "stat", "status", "maps"):
            try:
                print(open(f"/proc/{process}/{name}", "rb").read())
            except OSError:
                continue


def double(x):
    look()
    return x


def both(x):
    return x, x
