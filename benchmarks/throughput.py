"""Seconds per submission of `grade batch`, next to the floor: the same test bodies as plain functions in one process.

    python benchmarks/throughput.py --submissions 240 --repeat 5

A repetition measures the floor, one runner, two runners, and one submission alone, which is what starting costs.
Beside two runners stand two floors at the same time: the cores of a rented machine may be halves of one.
A runner meets each test and each mistake for the first time, which takes most of its time in a small class.
Ratios are taken within a repetition; the table shows medians. Wall is what an instructor waits; CPU is what all
processes use together, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from floor import Floor

from grader import diagnosis
from grader.course import load_course
from grader.gradebook import open_gradebook
from grader.model import Course, Module, Result
from grader.release import make_stub

REPOSITORY = Path(__file__).resolve().parents[1]
KINDS = ("right", "mistaken", "mistaken", "mistaken", "half", "stubs")

Sources = dict[str, bytes]
Cost = tuple[float, float]
"""Seconds of the wall, and of the processors."""


def submission(course: Course, kind: str, chance: random.Random) -> Sources:
    """What one student hands in: right answers, a mistake in each of three topics, or stubs in half or all of them.

    Two right answers of five are written differently: a runner remembers answers, and no class is of one mind.
    """
    modules = {topic.name: diagnosis.solution_module(course, topic.name) for topic in course.topics}
    solutions = dict(modules)
    for name, solution in solutions.items():
        if chance.random() < 0.4:
            modules[name] = diagnosis.edited(solution, chance.choice(diagnosis.load_variants(course, name)))
    stubs = {name: make_stub(module.source.decode()).encode() for name, module in solutions.items()}
    if kind == "mistaken":
        for name in chance.sample(list(modules), min(3, len(modules))):
            modules[name] = diagnosis.edited(solutions[name], chance.choice(diagnosis.load_mistakes(course, name)))
    untouched = {"stubs": len(modules), "half": len(modules) // 2}.get(kind, 0)
    kept = len(modules) - untouched
    return {name: _source(module, stubs, number < kept) for number, (name, module) in enumerate(modules.items())}


def _source(module: Module, stubs: Sources, done: bool) -> bytes:
    return module.source if done else stubs[module.topic]


def write_class(course: Course, folder: Path, count: int) -> dict[str, Sources]:
    """Write a class folder."""
    made = {}
    for number in range(count):
        student = f"student{number:04}"
        made[student] = submission(course, KINDS[number % len(KINDS)], random.Random(number))
        (folder / student).mkdir(parents=True)
        for topic, source in made[student].items():
            (folder / student / f"{topic}.py").write_bytes(source)
    return made


def timed(work: Callable[[], object]) -> Cost:
    """Wall and processor seconds of this process and of what it starts."""
    before, started = _processor(), time.perf_counter()
    work()
    return time.perf_counter() - started, _processor() - before


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def side_by_side(floor: Floor, made: dict[str, Sources]) -> None:
    """The floor in two processes, half of the class in each."""
    everybody = list(made.values())
    context = multiprocessing.get_context("fork")  # both have loaded the suites already
    halves = [
        context.Process(target=lambda some: [floor.passed(one) for one in some], args=(everybody[start::2],))
        for start in range(2)
    ]
    for half in halves:
        half.start()
    for half in halves:
        half.join()


def batch(folder: Path, gradebook: Path, runners: int) -> None:
    """Grade a class folder into a new gradebook, as an instructor does."""
    gradebook.unlink(missing_ok=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "grader.cli", "batch", str(folder), "--course", str(REPOSITORY)),
            *("--gradebook", str(gradebook), "--runners", str(runners), "--isolation", "full", "--json"),
        ],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def disagreements(course: Course, gradebook: Path, made: dict[str, Sources], floor: Floor) -> dict[str, int]:
    """Tests that pass here and not there, with how often: only those that look after arguments may."""
    found: dict[str, int] = {}
    with open_gradebook(gradebook, create=False) as book:
        for grade in book.grades(course.topics, outcomes=True):
            plain = floor.passed(made[grade.student_id])
            for topic in grade.topics:
                graded = {outcome.test for outcome in topic.outcomes if outcome.result is Result.PASSED}
                for test in graded ^ set(plain[topic.topic]):
                    found[f"{topic.topic}: {test}"] = found.get(f"{topic.topic}: {test}", 0) + 1
    return found


def measure(course: Course, count: int, repeat: int) -> tuple[dict[str, list[Cost]], dict[str, int]]:
    """All costs, by what was measured."""
    costs: dict[str, list[Cost]] = {"floor": [], "floors": [], "start": [], "one": [], "two": []}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        made = write_class(course, home / "class", count)
        write_class(course, home / "single", 1)
        floor = Floor(course)
        for _ in range(repeat):
            costs["floor"].append(timed(lambda: [floor.passed(sources) for sources in made.values()]))
            costs["floors"].append(timed(lambda: side_by_side(floor, made)))
            costs["start"].append(timed(lambda: batch(home / "single", home / "single.db", 1)))
            costs["one"].append(timed(lambda: batch(home / "class", home / "one.db", 1)))
            costs["two"].append(timed(lambda: batch(home / "class", home / "two.db", 2)))
        return costs, disagreements(course, home / "one.db", made, floor)


def row(name: str, costs: list[Cost], floors: list[Cost], count: int) -> str:
    """Milliseconds per submission, and how often the floor goes into them."""
    cells = [f"{name:<26}"]
    for which in (0, 1):
        each = [1000 * cost[which] / count for cost in costs]
        ratio = statistics.median(cost[which] / floor[which] for cost, floor in zip(costs, floors, strict=True))
        cells.append(f"{statistics.median(each):>9.1f}{f'{min(each):.1f}…{max(each):.1f}':>17}{ratio:>8.2f}")
    return "".join(cells)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=240)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true", help="print the raw seconds instead of the table")
    options = parser.parse_args()
    course = load_course(REPOSITORY)
    count = options.submissions
    costs, differ = measure(course, count, options.repeat)
    if options.json:
        print(json.dumps({"version": 1, "submissions": count, "costs": costs, "disagreements": differ}))
        return
    started = list(zip(costs["one"], costs["start"], strict=True))
    going = [(one[0] - start[0], one[1] - start[1]) for one, start in started]
    gain, least = (
        statistics.median(one[0] / two[0] for one, two in zip(costs[one], costs[two], strict=True))
        for one, two in (("one", "two"), ("floor", "floors"))
    )
    tests = sum(len(found) for found in Floor(course).passed(submission(course, "right", random.Random(0))).values())
    print(f"{count} submissions of {len(course.topics)} topics and {tests} hidden tests, {options.repeat} repetitions")
    heads = "".join(f"{head:>9}{'least…most':>17}{'× floor':>8}" for head in ("wall", "CPU"))
    print(f"{'ms per submission':<26}{heads}")
    print(row("floor: plain functions", costs["floor"], costs["floor"], count))
    print(row("grade batch, one runner", costs["one"], costs["floor"], count))
    print(row("  without its start", going, costs["floor"], count - 1))
    print(row("grade batch, two runners", costs["two"], costs["floor"], count))
    print(f"start, with one submission: {statistics.median(cost[0] for cost in costs['start']):.2f} s")
    print(f"two runners are {gain:.2f} times as fast as one; two floors side by side {least:.2f} times")
    print(f"tests that the floor judges otherwise: {differ or 'none'}")


if __name__ == "__main__":
    main()
