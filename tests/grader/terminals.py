"""A terminal of one's own, for what the command writes to it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def on_a_terminal(*arguments: str | Path, cwd: Path, **environment: str) -> tuple[int, str]:
    """Run the command on a terminal of its own; exit code and all that it wrote."""
    pty = pytest.importorskip("pty")
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "GRADE_COURSE", "COLUMNS")}
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.cli", *map(str, arguments)],
        cwd=cwd,
        env={**kept, "TERM": "xterm-256color", "COLUMNS": "100", "PYTHONUTF8": "1", **environment},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    written = bytearray()
    try:
        while chunk := os.read(ours, 65536):
            written += chunk
    except OSError:  # EIO: nobody has the other end open any more
        pass
    os.close(ours)
    return process.wait(timeout=60), written.decode("utf-8")
