"""Answers with handles that it has made up, and with names of a megabyte."""
# expect walk: 0 wrong_type
import sys

import msgspec

from grader.sandbox import wire


def send(number, function, label):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    handle = msgspec.msgpack.Ext(5, wire.encode(wire.Handle(number, function, label)))
    frame.f_locals["stream"].send(wire.Value(msgspec.Raw(wire.encode(handle)), (), ""), b"")


def walk(slope, x, steps):
    send(2**63, True, "\x1b[2J<script>" * 80_000)


def Counter(start):
    send(-1, False, "Counter")
