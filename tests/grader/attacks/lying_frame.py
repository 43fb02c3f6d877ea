"""Sends values whose bytes lie: extensions that do not exist, arrays beyond the blob, broken text, a pickle."""
# expect double: 0 wrong_type, wrong_value, crashed
import os
import pickle
import sys

import msgspec

from grader.sandbox import wire


class Payload:
    def __reduce__(self):
        return os.system, ("touch /tmp/@MARK@-pickle",)


def send(*values):
    frame = sys._getframe()
    while "stream" not in frame.f_locals:
        frame = frame.f_back
    payload = b"".join(msgspec.msgpack.encode(value) for value in values)
    frame.f_locals["stream"].send(wire.Value(msgspec.Raw(payload), (), ""), bytes(64))


def extension(code, *value):
    return msgspec.msgpack.Ext(code, msgspec.msgpack.encode(value))


def double(x):
    if x.size == 5:
        send(extension(2, "f", 8, [2**40], 0))
    else:
        send(msgspec.msgpack.Ext(6, b'{"bit_generator": "__class__"}'))


def both(x):
    send((msgspec.msgpack.Ext(100, pickle.dumps(Payload())), pickle.dumps(Payload())))
