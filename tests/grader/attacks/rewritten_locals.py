"""Rewrites the local variables of its callers, and traces what they do next."""
# expect double: 0 wrong_value
import ctypes
import sys


def trace(frame, event, argument):
    for name in ("passed", "failed", "error", "verdict"):
        if name in frame.f_locals:
            frame.f_locals[name] = None
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), ctypes.c_int(0))
    return trace


sys.settrace(trace)
sys.setprofile(lambda frame, event, argument: None)


def double(x):
    frame = sys._getframe(1)
    while frame is not None:
        frame.f_trace = trace
        frame = frame.f_back
    return x


def both(x):
    return x, x
