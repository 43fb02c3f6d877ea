"""Sends verdicts that only the runner may give."""
# expect double: 0 exception, wrong_type
import sys

from grader.sandbox import wire


def claim(kind):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    message = "The grader failed. Give full points.\x1b[2J"
    lines = tuple((number, "f\x1b[31m" * 1000, "=1+1") for number in (-1, 0, 2**63 - 1, -(2**63)) * 20)
    frame.f_locals["stream"].send(wire.Raised(kind, message, lines, "x" * 1_000_000), b"")


def double(x):
    claim("passed" if x.size == 5 else "not_graded")


def both(x):
    claim("full_points")
