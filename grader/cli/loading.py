"""Load NumPy and pytest fast, for a command that somebody waits for."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Around imports: no threads for the few small arrays here, and no search for garbage where there is none yet."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
