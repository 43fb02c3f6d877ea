"""Hands in another student's work, read while it is being graded."""
# expect double: 0 forbidden
import os


def double(x):
    print(os.listdir("@SUBMISSIONS@"))


def both(x):
    namespace = {}
    exec(open("@SUBMISSIONS@/control-m-right/double.py").read(), namespace)
    return namespace["both"](x)
