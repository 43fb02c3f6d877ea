"""What the public tests need in a notebook, where deepgrade may not be installed and there is no worker."""

from __future__ import annotations

HELPERS = '''\
# What the tests below use. Run this cell, then theirs.
import copy

import numpy as np


class _Student:
    """The functions and classes of this notebook, as the tests call them."""

    def __init__(self, thing=None):
        self._thing = thing

    def __getattr__(self, name):
        if self._thing is not None:
            return _Student(getattr(self._thing, name))
        assert name in globals(), f"There is no {name} yet: run the cells above."
        return _Student(globals()[name])

    def __call__(self, *arguments, **options):
        before = copy.deepcopy((arguments, options))
        answer = self._thing(*arguments, **options)
        if not _same(before, (arguments, options)):
            _changed.append(getattr(self._thing, "__name__", "a method"))
        return _Student(answer) if type(answer).__module__ == __name__ else answer

    def get(self, name):
        return getattr(self._thing, name)


def _same(one, other):
    if isinstance(one, (tuple, list)):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    return not isinstance(one, np.ndarray) or np.array_equal(one, other, equal_nan=one.dtype.kind == "f")


def points(amount):
    return lambda test: test


def unpack(value, *names):
    assert isinstance(value, (tuple, list)), f"Expected {', '.join(names)}, got {value!r}. Is a return missing?"
    assert len(value) == len(names), f"Expected {len(names)} values ({', '.join(names)}), got {len(value)}."
    return tuple(value)


def assert_unchanged(student):
    assert not _changed, f"{_changed[0]} has changed its argument in place. Make a new array."


def assert_matches(actual, expected, *, rtol=1e-4, atol=1e-6, name="the answer", along=""):
    if isinstance(expected, dict):
        assert isinstance(actual, dict), f"Expected a dict for {name}, got {actual!r}."
        for key in expected:
            assert key in actual, f"There is no entry {key!r} in {name}."
            assert_matches(actual[key], expected[key], rtol=rtol, atol=atol, name=f"{name}[{key!r}]")
    elif isinstance(expected, (tuple, list)):
        assert isinstance(actual, (tuple, list, np.ndarray)), f"Expected a list for {name}, got {actual!r}."
        assert len(actual) == len(expected), f"Expected {len(expected)} entries for {name}, got {len(actual)}."
        for place, pair in enumerate(zip(actual, expected)):
            assert_matches(*pair, rtol=rtol, atol=atol, name=f"{along or 'entry'} {place} of {name}")
    elif expected is None or isinstance(expected, (bool, str)):
        assert actual == expected, f"Expected {expected!r} for {name}, got {actual!r}."
    else:
        assert actual is not None, f"Expected a value for {name}, got None. Is a return missing?"
        assert np.shape(actual) == np.shape(expected), (
            f"Expected shape {np.shape(expected)} for {name}, got {np.shape(actual)}."
        )
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol, err_msg=f"Wrong: {name}")


_changed = []
student = _Student()
'''
"""Source of a cell. It tells a beginner what differs; the score comes from the real suites, which compare strictly."""
