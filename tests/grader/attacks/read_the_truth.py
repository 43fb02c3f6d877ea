"""Reads what Keras answered, the catalogue of mistakes and the course file, by several ways into the file system."""
# expect double: 0 forbidden
import io
import os

import numpy as np


def double(x):
    for name in ("tests/hidden/truth/double.json", "solutions/mistakes/double.py", "course.toml"):
        path = f"@COURSE@/{name}"
        for read in (
            lambda: io.open_code(path).read(),
            lambda: os.read(os.open(path, os.O_RDONLY), 1000),
            lambda: np.fromfile(path, dtype=np.uint8).tobytes(),
            lambda: np.memmap(path).tobytes(),
            lambda: np.load(path, allow_pickle=True),
            lambda: np.loadtxt(path, dtype=str),
            lambda: os.listdir(os.path.dirname(path)),
        ):
            try:
                print(read())
            except (OSError, ValueError):
                continue
    return np.fromfile("@COURSE@/tests/hidden/truth/double.json")


def both(x):
    return os.listdir("@COURSE@/tests/hidden")
