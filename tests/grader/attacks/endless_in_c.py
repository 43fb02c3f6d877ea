"""Never comes back from a single call of the interpreter, which no signal or trace in the worker would interrupt."""
# expect double: 0 timeout
import itertools
import re


def double(x):
    return re.fullmatch("(a*)*b", "a" * 64)


def both(x):
    return x, sum(itertools.repeat(0))
