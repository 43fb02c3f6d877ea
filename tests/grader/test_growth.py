"""The memory of a batch does not grow with its length. Figures are printed: `pytest -s`."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from attack_trees import RIGHT
from witness import descendants

from grader.suite.conversations import MOST_BYTES

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc"),
]
WALK = "def walk(slope, x, steps):\n    print(slope(x))\n"
GROWTH = 8
"""Megabytes, of which the list of the students' folders takes the most."""


def highest(process: int) -> int:
    """The most memory that a process has had so far, in megabytes."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) // 1024 if lines else 0


def peaks(course: Path, submissions: Path, gradebook: Path) -> tuple[int, int]:
    """The most memory that the coordinator and any of its runners has had, in megabytes."""
    arguments = ["batch", submissions, "--gradebook", gradebook, "--course", course, "--json"]
    process = subprocess.Popen([sys.executable, "-m", "grader.cli", *arguments], stdout=subprocess.DEVNULL, cwd=course)
    coordinator = runner = 0
    while process.poll() is None:
        found = descendants(process.pid)
        parents = {found[child].parent for child in found if "sandbox.zygote" in found[child].command}
        runners = [parent for parent in parents if parent in found and "sandbox.zygote" not in found[parent].command]
        coordinator = max(coordinator, highest(process.pid))
        runner = max([runner, *map(highest, runners)])
        time.sleep(0.2)
    assert process.returncode == 0
    return coordinator, runner


def test_memory_stays_when_a_class_is_ten_times_as_large(toy_course: Path, hand_in: Callable[..., Path]) -> None:
    found = {}
    for size in (200, 2000):
        for number in range(size):
            other = RIGHT.replace("2.0", f"{number}.5")  # an answer that nobody else gives
            folder = hand_in(f"{number:05}", double=f"# {number}\n{(RIGHT, other)[number % 2]}", walk=WALK)
        found[size] = peaks(toy_course, folder.parent, toy_course / f"{size}.db")
        print(f"{size} submissions: coordinator {found[size][0]} MB, runner {found[size][1]} MB")
    assert found[2000][0] - found[200][0] < GROWTH
    assert found[2000][1] - found[200][1] < GROWTH + MOST_BYTES // 2**20  # what a runner remembers has a bound
