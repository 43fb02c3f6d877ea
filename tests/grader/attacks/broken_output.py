"""Replaces and destroys its output, and prints through what is left."""
# expect double: 0 wrong_value, exception, crashed
import sys


class Broken:
    def write(self, text):
        raise RuntimeError("no")


def double(x):
    captured = sys.stdout
    captured._parts.extend([b"bytes", None, 5])
    captured._limit = 10**12
    captured.write = None
    sys.stdout = sys.stderr = Broken()
    return x


def both(x):
    sys.stdout._parts = ["\udcff" * 1000]
    return x, x
