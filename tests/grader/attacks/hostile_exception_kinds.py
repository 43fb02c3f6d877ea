"""Raises exceptions that mean something to the loop around it."""
# expect double: 0 exception, not_implemented, memory, timeout
import numpy as np

KINDS = iter([KeyboardInterrupt, GeneratorExit, StopIteration, MemoryError, NotImplementedError, EOFError, SystemExit])


class Slow(Exception):
    def __str__(self):
        while True:
            pass


def double(x):
    raise next(KINDS)("\x1b[31m")


def both(x):
    raise Slow
