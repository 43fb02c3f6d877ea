"""Prints without end, through every way out."""
# expect double: 0 wrong_value, timeout
import os
import sys


def double(x):
    for _ in range(200):
        print("x" * 1_000_000)
        sys.__stdout__ and sys.__stdout__.write("y" * 1000)
    sys.stderr.writelines(["z" * 100] * 10_000)
    return x


def both(x):
    while True:
        os.write(1, b"x" * 100_000)
        os.write(2, b"x" * 100_000)
