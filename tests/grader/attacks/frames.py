"""Climbs the stack to the very first frame and prints what it finds on the way."""
# expect double: 0 wrong_value
import sys


def look():
    frame = sys._getframe()
    while frame is not None:
        for name, value in [*frame.f_locals.items(), *frame.f_globals.items()]:
            text = repr(value)
            if "CANARY-" in text or "expected" in name or "reference" in name:
                print(name, text[:200])
            if name in ("expected", "score", "points", "result"):
                frame.f_locals[name] = 4
        frame = frame.f_back


def double(x):
    look()
    return x


def both(x):
    look()
    return x, x
