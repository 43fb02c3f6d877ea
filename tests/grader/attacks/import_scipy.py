"""Lets SciPy do the work, in a call, by each of the ways to import."""
# expect double: 0 forbidden
import importlib


def double(x):
    import scipy.linalg

    return scipy.linalg.blas.dscal(2.0, x)


def both(x):
    return x, importlib.import_module("scipy").dot(2.0, x)
