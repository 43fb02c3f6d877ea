"""Asks with arguments of every wrong form: none, too many, no pair, nested, objects of its own."""
# expect walk: 0 wrong_value, not_implemented
import sys

import msgspec
import numpy as np

from grader.sandbox import wire

PAYLOADS = [None, 5, "text", [], [1], [1, 2], [1, 2, 3], {}, [[], []], [[1], {"x": 1}], [5, 6], [[1, 2], {}]]
PAYLOADS += [[["text"], {}], [[[[[]]]], {}], [[{"a": 1}], {}], [[2**64 - 1], {}], [[b"bytes"], {}]]
PAYLOADS += [[[msgspec.msgpack.Ext(5, wire.encode(wire.Handle(number, True, "sin")))], {}] for number in (0, 1, 7)]


def walk(slope, x, steps):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    stream = frame.f_locals["stream"]
    told = []
    for payload in PAYLOADS:
        answer, _ = stream.exchange(wire.Ask(1, msgspec.Raw(msgspec.msgpack.encode(payload))), b"")
        told.append(type(answer).__name__)
    print(told)
    return np.zeros(steps + 1)
