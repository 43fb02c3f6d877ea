"""Imports the grader's suites, gradebook and solutions by their names, where only the worker's own half is loaded."""
# expect double: 0 forbidden
import sys


def double(x):
    import grader.sandbox.worker

    print(sorted(name for name in sys.modules if name.startswith("grader") and "sandbox" not in name))
    from grader.suite.compare import assert_matches

    return assert_matches


def both(x):
    import grader.gradebook.store as store

    return x, store
