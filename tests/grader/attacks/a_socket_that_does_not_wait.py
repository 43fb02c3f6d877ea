"""Changes how its connection behaves, and reads from it what was meant for the worker's loop."""
# expect double: 0 exception, crashed, timeout
import fcntl
import os
import sys


def double(x):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    stream = frame.f_locals["stream"]
    if x.size == 5:
        fcntl.fcntl(stream._reader, fcntl.F_SETFL, os.O_NONBLOCK)
    print(os.read(stream._reader, 1 << 20))


def both(x):
    return double(x)
