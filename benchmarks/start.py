"""How long a command takes to start, next to the least that it must import.

    python benchmarks/start.py --repeat 7

Each round runs all commands once, one after the other; a ratio is taken within a round, and the table shows medians.
The submission is the course's own solutions. Wall is what a student waits; CPU is what all processes use together.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.course import load_course, solution_path

REPOSITORY = Path(__file__).resolve().parents[1]
TOPIC = "adam"
GRADE = [str(Path(sys.executable).with_name("grade"))]
COMMANDS = {
    "import click": [sys.executable, "-c", "import click"],
    "grade --help": [*GRADE, "--help"],
    "import numpy, pytest, click": [sys.executable, "-c", "import numpy, pytest, click"],
    f"grade check {TOPIC}": [*GRADE, "check", TOPIC, "--course", str(REPOSITORY)],
    "grade check": [*GRADE, "check", "--course", str(REPOSITORY), "--json"],
}
GOALS = {"grade --help": ("import click", 2.5), f"grade check {TOPIC}": ("import numpy, pytest, click", 1.4)}

Cost = tuple[float, float]
"""Seconds of the wall, and of the processors."""


def run(command: list[str], folder: Path) -> tuple[Cost, str]:
    """What a command costs and prints; a student's environment lets Python keep what it has compiled."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before, started = _processor(), time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return (time.perf_counter() - started, _processor() - before), done.stdout


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def tests_own(printed: str) -> float:
    """Seconds inside the bodies of the tests, as `grade check --json` says."""
    topics = json.loads(printed)["grade"]["topics"]
    return sum(outcome["seconds"] for topic in topics for outcome in topic["outcomes"])


def measure(repeat: int) -> tuple[dict[str, list[Cost]], list[float]]:
    """The costs of each command, and per round how near the whole course comes to its goal."""
    costs: dict[str, list[Cost]] = {name: [] for name in COMMANDS}
    shares = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        course = load_course(REPOSITORY)
        for topic in course.topics:
            shutil.copy(solution_path(course, topic.name), folder)
        for command in COMMANDS.values():
            run(command, folder)  # compiles, and brings the files into memory
        for _ in range(repeat):
            printed = ""
            for title, command in COMMANDS.items():
                cost, printed = run(command, folder)
                costs[title].append(cost)
            shares.append(costs["grade check"][-1][0] / (2 * costs[f"grade check {TOPIC}"][-1][0] + tests_own(printed)))
    return costs, shares


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=7)
    repeat = parser.parse_args().repeat
    costs, shares = measure(repeat)
    print(f"{repeat} rounds; medians, milliseconds")
    print(f"{'':<30}{'wall':>8}{'least…most':>14}{'CPU':>8}")
    for title, rounds in costs.items():
        wall, cpu = ([1000 * cost[which] for cost in rounds] for which in (0, 1))
        least = f"{min(wall):.0f}…{max(wall):.0f}"
        print(f"{title:<30}{statistics.median(wall):>8.0f}{least:>14}{statistics.median(cpu):>8.0f}")
    for title, (base, goal) in GOALS.items():
        ratio = statistics.median(ours[0] / theirs[0] for ours, theirs in zip(costs[title], costs[base], strict=True))
        print(f"{title} is {ratio:.2f} × {base} (goal: at most {goal})")
    print(f"grade check is {statistics.median(shares):.2f} of 2 × one topic plus the tests' own time (goal: under 1)")


if __name__ == "__main__":
    main()
