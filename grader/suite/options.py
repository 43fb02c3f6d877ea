"""How pytest is started for a grading session."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

from grader.course import suite_path
from grader.suite.bench import Bench

# What a grading session has no use for; less to load, and nothing of the surroundings has a say.
_WITHOUT = (
    *("cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging"),
    *("pastebin", "recwarn", "setuponly", "setupplan", "stepwise", "subtests", "terminal"),
    *("terminalprogress", "threadexception", "tmpdir", "unittest", "unraisableexception", "warnings"),
)


def arguments(bench: Bench) -> list[str]:
    """What pytest is called with, before the paths."""
    without = [argument for name in _WITHOUT for argument in ("-p", f"no:{name}")]
    root = str(bench.course.root)
    suites = suite_path(bench.course, bench.kind, "any").parent
    return [
        *without,
        *("-c", os.devnull, "--rootdir", root, "--noconftest"),
        *("--confcutdir", str(suites)),  # or pytest goes through every file of every folder above
        *("--import-mode=importlib", "--assert=plain"),
    ]


@contextlib.contextmanager
def plain_environment() -> Iterator[None]:
    """Leave out what would tell pytest to run other tests, or to load other plugins."""
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PYTEST_")}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("PYTEST_")]:
            del os.environ[name]
        os.environ.update(before)
