"""Hooks every event that the interpreter audits, refuses the grader's, and answers in their place."""
# expect double: 0 exception, wrong_value, wrong_type, crashed
import sys


def hook(event, args):
    if event in ("object.__getattr__", "code.__new__", "sys._getframe", "compile", "exec", "import"):
        raise KeyboardInterrupt(event)


def double(x):
    sys.addaudithook(hook)
    return x


def both(x):
    import numpy.linalg  # noqa

    return x, x
