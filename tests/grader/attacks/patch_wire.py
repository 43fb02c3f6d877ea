"""Replaces the encoding of its own side: what is sent then is no better than what could have been returned."""
# expect double: 0 wrong_type
from grader.sandbox import host, wire

nothing = wire.pack(True, lambda value: None)
wire.pack = host.wire.pack = lambda *args, **kwargs: nothing
host.Host._raised = lambda self, error: wire.Value(nothing[0], (), "")


def double(x):
    return 2.0 * x


def both(x):
    return x, 2.0 * x
