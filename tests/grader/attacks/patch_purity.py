"""Changes its argument and denies it. The report comes from the worker, and a copy would have earned the same point."""
# expect double: 3 passed, wrong_value
from grader.sandbox import host

host._snapshot = lambda value, depth=0: None


def double(x):
    x *= 2.0
    return x


def both(x):
    return x, double(x)
