"""Ends the process in the middle of a call."""
# expect double: 0 crashed
import os


def double(x):
    os._exit(0)


def both(x):
    os.abort()
