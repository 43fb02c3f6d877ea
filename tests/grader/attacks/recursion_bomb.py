"""Recurses for ever, with and without Python's own limit."""
# expect double: 0 exception, crashed, timeout, memory
import sys


def deeper(x):
    return deeper(x) + deeper(x)


def double(x):
    return deeper(x)


def both(x):
    sys.setrecursionlimit(2**31 - 1)
    return deeper(x)
