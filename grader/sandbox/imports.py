"""What a submission can import: the standard library and NumPy, the same on every system."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import sys

PACKAGES = ("site-packages", "dist-packages")
"""Folders of installed packages, which may stand inside the standard library's."""

# Loaded before a worker is confined: what submissions use, and what loads a shared library of the system.
_PRELOADED = (
    "numpy.random numpy.linalg numpy.fft numpy.polynomial abc bisect collections.abc contextlib copy "
    "dataclasses datetime decimal enum fractions functools heapq inspect itertools json logging math numbers operator "
    "pprint random re statistics string textwrap time timeit traceback typing types unittest warnings"
)


def preload() -> None:
    """Import what submissions commonly import, once."""
    for name in _PRELOADED.split():
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def only_standard_library() -> None:
    """Leave only the standard library to import from, and list its folder while it can be listed.

    NumPy is loaded already, and its parts are found beside it. The listing stays in the finders' caches, so that a
    worker needs no right to read the folder, in which the installed packages may stand too.
    """
    base = os.path.realpath(sys.base_prefix)
    sys.path[:] = [
        entry
        for entry in sys.path
        if entry and os.path.realpath(entry).startswith(base) and os.path.basename(entry) not in PACKAGES
    ]
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if str(getattr(finder, "__module__", "")).startswith("_frozen_importlib")
    ]
    sys.path_importer_cache.clear()
    importlib.util.find_spec("a_module_that_does_not_exist")
