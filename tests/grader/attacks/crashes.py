"""Crashes the interpreter itself."""
# expect double: 0 crashed
import ctypes


def double(x):
    ctypes.string_at(0)


def both(x):
    ctypes.pythonapi.Py_FatalError(b"crashed on purpose")
