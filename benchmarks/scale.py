"""What grows with a class, on one machine: time, memory, the gradebook; and what a second run costs.

    python benchmarks/scale.py --sizes 500 2000 10000

A cheap assignment (topics of one function and five tests each), so that ten thousand submissions take minutes.
Each size is graded, graded again with nothing to do, and once more after one suite has changed. Beside the second run
stands the least that it must do: read and hash the files. Then the grades are exported and the report is written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from assignment import cases, functions, submissions

from grader.batch.coordinator import grade_class
from grader.course import load_course
from grader.gradebook import Gradebook, open_gradebook
from grader.intake.folders import find_submissions
from grader.model import Isolation


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def write_course(root: Path, topics: list[str]) -> None:
    """Topics with the suite of one function each."""
    lines = 'version = 1\ntitle = "Small topics"\nseed = 1\n'
    for name in topics:
        lines += f'\n[topics.{name}]\ntitle = "{name}"\nmax_score = 5\n'
        tests = "import numpy as np\nfrom grader.suite import assert_matches\n"
        for case in cases():
            if case.function == name:
                tests += f'\n\ndef test_{case.number}(student):\n    """Case {case.number}."""\n'
                tests += f"    assert_matches(student.{name}({case.arguments}), {case.expected})\n"
        write(root / f"tests/hidden/test_{name}.py", tests)
        write(root / f"solutions/{name}.py", functions()[name])
    write(root / "course.toml", lines)


def write_class(folder: Path, count: int, topics: list[str]) -> None:
    """A module for each topic: the whole of a submission in each, of which the suite asks one function."""
    for student, one in submissions(count).items():
        for name in topics:
            write(folder / student / f"{name}.py", one.source)


class Timed:
    """A gradebook that knows how long it took to write."""

    def __init__(self, book: Gradebook) -> None:
        self.seconds = self.cpu = 0.0
        self._book = book

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._book, name)

        def call(*args: Any, **kwargs: Any) -> Any:
            with self._clock():
                return method(*args, **kwargs)

        return method if name == "known" else call

    @contextmanager
    def _clock(self) -> Iterator[None]:
        started, before = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self.seconds += time.perf_counter() - started
            self.cpu += time.process_time() - before


def grade_once(home: Path, runners: int) -> dict[str, float]:
    """Grade the class in a process of its own, which is the coordinator."""
    done = subprocess.run(
        [sys.executable, __file__, "--coordinate", str(home), "--runners", str(runners)],
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def coordinate(home: Path, runners: int) -> None:
    """The body of that process."""
    started = time.perf_counter()
    course = load_course(home / "course")
    with open_gradebook(home / "grades.db", create=True) as book:
        timed = Timed(book)
        tally = grade_class(
            course,
            find_submissions(home / "class"),
            timed,  # type: ignore[arg-type]
            isolation=Isolation.FULL,
            runners=runners,
            seed=course.seed,
            progress=lambda _: None,
        )
    own, theirs = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    cpu = own.ru_utime + own.ru_stime
    told = {
        "wall": time.perf_counter() - started,
        "coordinator": cpu,
        "cpu": cpu + theirs.ru_utime + theirs.ru_stime,
        "gradebook": timed.seconds,
        "gradebook_cpu": timed.cpu,
        "megabytes": own.ru_maxrss / 1024,
        "graded": tally.graded,
        "unchanged": tally.unchanged,
    }
    print(json.dumps(told))


def hashing(folder: Path) -> float:
    """Seconds to read and hash all files."""
    started = time.perf_counter()
    for path in folder.rglob("*.py"):
        hashlib.sha256(path.read_bytes()).digest()
    return time.perf_counter() - started


def commands(home: Path) -> Iterator[tuple[str, float]]:
    """Seconds of what is made of the grades."""
    common = ("--gradebook", "grades.db", "--course", "course")
    for title, command in {
        "export csv": ("export", "csv", *common, "--output", "grades.csv"),
        "report": ("report", "pages", *common),
    }.items():
        started = time.perf_counter()
        subprocess.run([sys.executable, "-m", "grader.cli", *command], cwd=home, check=True, stdout=subprocess.DEVNULL)
        yield title, time.perf_counter() - started


def measure(size: int, runners: int, topics: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        write_course(home / "course", topics)
        write_class(home / "class", size, topics)
        show(size, "grade", grade_once(home, runners))
        least = hashing(home / "class")
        again = grade_once(home, runners)
        show(size, "again", again)
        with (home / f"course/tests/hidden/test_{topics[0]}.py").open("a") as suite:
            suite.write("# changed\n")
        show(size, "one suite changed", grade_once(home, runners))
        times = again["wall"] / least
        print(f"{size:>6}  to read and hash the files: {least:.2f} s; again takes {times:.1f} times that")
        for title, seconds in commands(home):
            print(f"{size:>6}  {title}: {seconds:.1f} s")


def show(size: int, what: str, told: dict[str, float]) -> None:
    each = 1000 * told["wall"] / size
    wall, cpu = 100 * told["gradebook"] / told["wall"], 100 * told["gradebook_cpu"] / told["cpu"]
    print(
        f"{size:>6}  {what:<18}{told['wall']:>8.1f} s{each:>8.2f} ms each{told['cpu']:>9.1f} s CPU; "
        f"coordinator {told['coordinator']:.1f} s, {told['megabytes']:.0f} MB; "
        f"writing {wall:.1f} %, of CPU {cpu:.1f} %",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 2000, 10000])
    parser.add_argument("--topics", type=int, default=6, help="of the six")
    parser.add_argument("--runners", type=int, default=2)
    parser.add_argument("--coordinate", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.coordinate:
        coordinate(options.coordinate, options.runners)
        return
    for size in options.sizes:
        measure(size, options.runners, list(functions())[: options.topics])


if __name__ == "__main__":
    main()
