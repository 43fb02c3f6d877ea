"""Submissions per second on one small assignment: `grade batch` with isolation full, next to what else there is.

    python benchmarks/peers.py --repeat 5 --environments .venv/peers     or `make bench-peers`

Each grader runs the same thirty tests on the same kinds of submissions (assignment.py), and each grade is checked. One
process of each peer; two runners of ours. Peers that are not installed are left out; nbgrader is looked for in this
environment. A round runs every grader once; ratios are taken within a round. CPU is what all processes use together: on
a machine with other work to do it says more than the wall.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from assignment import FUNCTIONS, LISTED, MODULE, Case, Submission, assertion, cases, solution, submissions

Class = Mapping[str, Submission]
Grades = dict[str, float]
Grader = Callable[[Path, Class], Grades]

COURSE = f'version = 1\ntitle = "Six"\nseed = 1\n\n[topics.{MODULE}]\ntitle = "Six"\nmax_score = 30\n'


def run(*command: str | Path, cwd: Path, fails: bool = False) -> str:
    """Run a command, and give what it prints."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    kept["PATH"] = f"{Path(command[0]).parent}{os.pathsep}{kept.get('PATH', '')}"  # nbgrader starts what lies beside it
    done = subprocess.run([*map(str, command)], cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    if done.returncode and not fails:
        raise SystemExit(f"{command[0]} failed:\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
    return done.stdout


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def expected(made: Class) -> Grades:
    """Points of everybody: one for each test. A function is right in all its tests or in none."""
    return {name: 5.0 * len(one.right) for name, one in made.items()}


# --- ours


def lay_out_ours(home: Path, made: Class) -> None:
    write(home / "course/course.toml", COURSE)
    write(home / f"course/solutions/{MODULE}.py", solution())
    tests = ["import numpy as np\nfrom grader.suite import assert_matches\n"]
    for case in cases():
        tests.append(
            f'\n\ndef test_{case.function}_{case.number}(student):\n    """{case.function}, case {case.number}."""\n'
            f"    assert_matches(student.{case.function}({case.arguments}), {case.expected})\n"
        )
    write(home / f"course/tests/hidden/test_{MODULE}.py", "".join(tests))
    for name, one in made.items():
        write(home / f"submissions/{name}/{MODULE}.py", one.source)


def ours(home: Path, _: Class) -> Grades:
    """`grade batch` into a new gradebook, and `grade export csv`."""
    book = home / "grades.db"
    book.unlink(missing_ok=True)
    grade = (sys.executable, "-m", "grader.cli")
    common = ("--gradebook", book, "--course", "course")
    run(*grade, "batch", "submissions", *common, "--runners", "2", "--rows", "0", cwd=home)
    run(*grade, "export", "csv", *common, "--output", "grades.csv", cwd=home)
    lines = (home / "grades.csv").read_text("utf-8").splitlines()
    column = lines[0].split(",").index("score")
    return {line.split(",")[0]: float(line.split(",")[column]) for line in lines[1:]}


# --- pytest, a process each or one for all


def lay_out_pytest(home: Path, made: Class) -> None:
    tests = f"import numpy as np\nimport {MODULE}\n\n\n{LISTED}"
    for case in cases():
        tests += f"\n\ndef test_{case.function}_{case.number}():\n    {assertion(case, MODULE + '.')}\n"
    for name, one in made.items():
        write(home / name / f"{MODULE}.py", one.source)
        write(home / name / f"test_{MODULE}.py", tests)


def pytest_each(home: Path, made: Class) -> Grades:
    options = ("-q", "-p", "no:cacheprovider", "-p", "no:deepgrade", "--tb=no")
    told = {name: run(sys.executable, "-m", "pytest", *options, cwd=home / name, fails=True) for name in made}
    return {name: float((re.search(r"(\d+) passed", said) or (0, 0))[1]) for name, said in told.items()}


LOOP = f"""
import json, os, sys
import pytest

class Count:
    passed = 0
    def pytest_runtest_logreport(self, report):
        self.passed += report.when == "call" and report.passed

found = {{}}
for name in sys.argv[1:]:
    os.chdir(name)
    for module in ("{MODULE}", "test_{MODULE}"):
        sys.modules.pop(module, None)
    sys.path.insert(0, os.getcwd())
    count = Count()
    with open(os.devnull, "w") as null:
        kept, sys.stdout = sys.stdout, null
        pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:deepgrade", "--tb=no"], plugins=[count])
        sys.stdout = kept
    del sys.path[0]
    os.chdir("..")
    found[name] = count.passed
print(json.dumps(found))
"""


def pytest_loop(home: Path, made: Class) -> Grades:
    return {name: float(got) for name, got in json.loads(run(sys.executable, "-c", LOOP, *made, cwd=home)).items()}


# --- gradescope-utils


def lay_out_gradescope(home: Path, made: Class) -> None:
    tests = f"import unittest\nimport numpy as np\nimport {MODULE}\nfrom gradescope_utils.autograder_utils.decorators "
    tests += f"import weight\n\n\n{LISTED}\n\nclass TestSix(unittest.TestCase):\n"
    for case in cases():
        tests += f"    @weight(1)\n    def test_{case.function}_{case.number}(self):\n        "
        tests += f"{assertion(case, MODULE + '.')}\n\n"
    program = "import unittest\nfrom gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner\n"
    program += "suite = unittest.defaultTestLoader.discover('.', pattern='check_*.py')\n"
    program += "with open('results.json', 'w') as f:\n    JSONTestRunner(visibility='visible', stream=f).run(suite)\n"
    for name, one in made.items():
        write(home / name / f"{MODULE}.py", one.source)
        write(home / name / "check_six.py", tests)
        write(home / name / "run_tests.py", program)


def gradescope(python: Path) -> Grader:
    def grade(home: Path, made: Class) -> Grades:
        for name in made:
            run(python, "run_tests.py", cwd=home / name, fails=True)
        return {name: float(json.loads((home / name / "results.json").read_text())["score"]) for name in made}

    return grade


# --- otter


def lay_out_otter(otter: Path) -> Callable[[Path, Class], None]:
    def lay_out(home: Path, made: Class) -> None:
        for function in FUNCTIONS:
            blocks = [
                {"code": _prompted(LISTED, assertion(case)), "hidden": False, "locked": False, "points": 1}
                for case in cases()
                if case.function == function
            ]
            suite = {"cases": blocks, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
            test = {"name": function, "suites": [suite]}
            write(home / f"tests/{function}.py", f"OK_FORMAT = True\n\ntest = {test!r}\n")
        options = ("--no-requirements", "--no-environment", "--no-config", "-o", "autograder.zip")
        run(otter, "generate", "-t", "tests", *options, cwd=home)
        for name, one in made.items():
            write(home / name / f"{MODULE}.ipynb", notebook([code(one.source)]))

    return lay_out


def _prompted(*sources: str) -> str:
    """As in a session of Python's."""
    lines = []
    for source in ("import numpy as np", *sources):
        for number, line in enumerate(source.rstrip().splitlines()):
            lines.append((">>> " if number == 0 else "... ") + line)
        if source.rstrip().count("\n") or source.startswith("for "):
            lines.append("... ")
    return "\n".join(lines)


def otter_run(otter: Path) -> Grader:
    def grade(home: Path, made: Class) -> Grades:
        found = {}
        for name in made:
            file = f"{name}/{MODULE}.ipynb"
            run(otter, "run", "--no-logo", "-a", "autograder.zip", "-o", name, file, cwd=home)
            tests = json.loads((home / name / "results.json").read_text())["tests"]
            found[name] = sum(float(test.get("score") or 0) for test in tests)
        return found

    return grade


# --- nbgrader


def code(source: str, **metadata: object) -> dict[str, object]:
    """A cell."""
    nbgrader = {"nbgrader": {"schema_version": 3, "locked": False, "task": False, **metadata}} if metadata else {}
    identity = str(metadata.get("grade_id", "code"))
    cell = {"cell_type": "code", "id": identity, "metadata": nbgrader, "source": source}
    return {**cell, "outputs": [], "execution_count": None}


def notebook(cells: list[dict[str, object]]) -> str:
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def lay_out_nbgrader(groups: Callable[[Case], str]) -> Callable[[Path, Class], None]:
    def lay_out(home: Path, made: Class) -> None:
        tests: dict[str, list[str]] = {}
        for case in cases():
            tests.setdefault(groups(case), []).append(assertion(case))

        def made_of(source: str) -> str:
            own = code(source, grade=False, solution=True, grade_id="own")
            checks = [
                code(LISTED + "\n\n" + "\n".join(lines), grade=True, solution=False, grade_id=name, points=len(lines))
                | {"id": name.replace("_", "-")}
                for name, lines in tests.items()
            ]
            for check in checks:
                check["metadata"]["nbgrader"]["locked"] = True  # type: ignore[index]
            return notebook([own, *checks])

        write(home / "nbgrader_config.py", "c = get_config()\nc.CourseDirectory.course_id = 'six'\n")
        stub = solution().replace("import numpy as np", "import numpy as np  # stub")
        write(home / "source/ps1/six.ipynb", made_of(stub))
        run(_beside("nbgrader"), "generate_assignment", "ps1", cwd=home)
        for name, one in made.items():
            write(home / f"submitted/{name}/ps1/six.ipynb", made_of(one.source))

    return lay_out


SCORES = """
import json
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({one.student.id: one.score for one in book.assignment_submissions("ps1")}))
"""


def nbgrader(home: Path, _: Class) -> Grades:
    shutil.rmtree(home / "autograded", ignore_errors=True)
    run(_beside("nbgrader"), "autograde", "ps1", "--force", cwd=home)
    return json.loads(run(sys.executable, "-c", SCORES, cwd=home))


def _beside(name: str) -> Path:
    return Path(sys.executable).with_name(name)


# --- all of them


class Contender:
    """A grader with its class."""

    def __init__(
        self, name: str, lay_out: Callable[[Path, Class], None], grade: Grader, count: int, root: Path, goal: float = 0
    ) -> None:
        self.name, self.goal = name, goal
        self._grade = grade
        self._made = submissions(count)
        self._home = root / name.replace(" ", "_").replace(",", "")
        self._home.mkdir()
        lay_out(self._home, self._made)
        self.costs: list[tuple[float, float]] = []
        """Seconds per submission: of the wall, and of the processors."""

    def go(self) -> None:
        """Grade the class once; the grades must be right."""
        before, started = _processor(), time.perf_counter()
        grades = self._grade(self._home, self._made)
        wall, cpu = time.perf_counter() - started, _processor() - before
        if grades != expected(self._made):
            raise SystemExit(f"{self.name} gives other grades: {grades} instead of {expected(self._made)}")
        self.costs.append((wall / len(self._made), cpu / len(self._made)))


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def contenders(root: Path, options: argparse.Namespace) -> list[Contender]:
    few = options.few
    found = [
        Contender("ours, two runners", lay_out_ours, ours, options.many, root),
        Contender("pytest, a process each", lay_out_pytest, pytest_each, few, root),
        Contender("pytest.main in a loop", lay_out_pytest, pytest_loop, few, root),
    ]
    if _beside("nbgrader").is_file():
        six = lay_out_nbgrader(lambda case: case.function)
        thirty = lay_out_nbgrader(lambda case: f"{case.function}_{case.number}")
        found.append(Contender("nbgrader, six cells", six, nbgrader, few, root, 100))
        found.append(Contender("nbgrader, thirty cells", thirty, nbgrader, few, root, 170))
    program = options.environments.absolute() / "otter-grader/bin/otter"
    if program.is_file():
        found.append(Contender("otter run", lay_out_otter(program), otter_run(program), few, root, 250))
    python = options.environments.absolute() / "gradescope-utils/bin/python"
    if python.is_file():
        found.append(Contender("gradescope-utils", lay_out_gradescope, gradescope(python), few, root))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--many", type=int, default=1200, help="submissions for grade batch")
    parser.add_argument("--few", type=int, default=6, help="submissions for the others")
    parser.add_argument("--environments", type=Path, default=Path("."), help="folder with a venv of each other grader")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        graders = contenders(Path(name), options)
        for number in range(1, options.repeat + 1):
            for one in graders:
                one.go()
            stream = sys.stdout if number == options.repeat else sys.stderr
            print(table(graders, number, options), file=stream, flush=True)


def table(graders: list[Contender], rounds: int, options: argparse.Namespace) -> str:
    """Medians of the rounds so far."""
    lines = [
        f"{rounds} rounds; {options.many} submissions for grade batch, {options.few} for each other grader",
        f"{'':<26}{'ms wall':>9}{'a second':>10}{'× ours':>8}{'ms CPU':>10}{'× ours':>8}{'goal':>6}",
    ]
    for one in graders:
        wall, cpu = (statistics.median(cost[which] for cost in one.costs) for which in (0, 1))
        more, work = (
            statistics.median(cost[which] / own[which] for cost, own in zip(one.costs, graders[0].costs, strict=True))
            for which in (0, 1)
        )
        goal = f"{one.goal:.0f}" if one.goal else ""
        lines.append(
            f"{one.name:<26}{1000 * wall:>9.1f}{1 / wall:>10.1f}{more:>8.1f}{1000 * cpu:>10.1f}{work:>8.1f}{goal:>6}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
