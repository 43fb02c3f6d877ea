"""Subclasses of plain types that say one thing when they are looked at first and another one later."""
# expect double: 0 wrong_type, wrong_value
import numpy as np


class Number(float):
    def __float__(self):
        return float("nan")

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__

    def __sub__(self, other):
        return 0.0

    __rsub__ = __abs__ = __sub__


class Pair(tuple):
    def __iter__(self):
        return iter(self[::-1])

    def __len__(self):
        return 2


def double(x):
    return [Number(value) for value in x]


def both(x):
    return Pair((x, np.array([Number(value) for value in x])))
