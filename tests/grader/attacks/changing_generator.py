"""A generator that looks at who consumes it and yields something else the second time."""
# expect double: 0 wrong_type, wrong_value
import sys


def values(x):
    callers = []
    frame = sys._getframe()
    while frame is not None:
        callers.append(frame.f_code.co_name)
        frame = frame.f_back
    print(callers)
    yield from x


class Twice:
    def __init__(self, x):
        self.x, self.asked = x, 0

    def __iter__(self):
        self.asked += 1
        return iter(self.x * self.asked)


def double(x):
    return values(x)


def both(x):
    return zip(Twice(x), Twice(x))
