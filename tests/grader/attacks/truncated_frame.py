"""Announces a thousand bytes and sends three."""
# expect double: 0 timeout
import os
import sys
import time

from grader.sandbox import wire


def double(x):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    os.write(frame.f_locals["stream"]._writer, wire.HEADER.pack(1000, 0) + b"\x95\xa5v")
    time.sleep(30)


def both(x):
    return double(x)
