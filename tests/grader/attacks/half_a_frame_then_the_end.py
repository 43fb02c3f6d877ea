"""Sends half a frame and ends, or closes the connection and stays."""
# expect double: 0 crashed
import os
import sys
import time

from grader.sandbox import wire


def writer():
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["stream"]._writer


def double(x):
    os.write(writer(), wire.HEADER.pack(1000, 1000)[:5])
    os._exit(0)


def both(x):
    os.close(writer())
    time.sleep(30)
