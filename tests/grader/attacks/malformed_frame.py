"""Sends bytes that are no message: broken, of unknown kinds, or messages that only the runner may send."""
# expect double: 0 crashed
import os
import sys

import msgspec

from grader.sandbox import wire


def send(tree):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    os.write(frame.f_locals["stream"]._writer, wire.HEADER.pack(len(tree), 0) + tree)


def double(x):
    if x.size == 5:
        send(bytes(range(256)) * 4)
    else:
        send(msgspec.msgpack.encode(["ready", ["no_new_privs"]]))


def both(x):
    send(msgspec.msgpack.encode(["load", "double", "double.py", b"", 10]))
