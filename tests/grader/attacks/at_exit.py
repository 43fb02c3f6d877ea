"""Leaves a function to be called at the end, and ends Python in good order."""
# expect double: 0 exception
import atexit
import sys


def last_words():
    open("/tmp/@MARK@-atexit", "w").write("still here")
    print("CANARY-?")


atexit.register(last_words)
sys.exitfunc = last_words


def double(x):
    sys.exit(0)


def both(x):
    raise SystemExit(0)
