"""Announces four gigabytes, and sends as many as it can."""
# expect double: 0 wrong_shape
import os
import sys

from grader.sandbox import wire


def flood(tree, blob):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    writer = frame.f_locals["stream"]._writer
    os.write(writer, wire.HEADER.pack(tree, blob))
    while True:
        os.write(writer, bytes(1 << 20))


def double(x):
    flood(2**32 - 1, 2**32 - 1)


def both(x):
    flood(10, 2**31)
