"""Removes NumPy and the grader from the loaded modules, and puts empty ones there."""
# expect double: 0 exception, wrong_value, wrong_type, crashed
import sys
import types

for name in [name for name in sys.modules if name.partition(".")[0] in ("numpy", "msgspec", "grader")]:
    sys.modules[name] = types.ModuleType(name)


def double(x):
    import numpy

    return numpy.asarray(x) * 2.0


def both(x):
    return x, x
