"""`grade batch` is stopped, killed, or loses a process: nothing is lost, nothing is left behind, nothing is a zero."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from gradebooks import gradebook_rows, graded_students
from processes import LONGEST, children_of, command_of, until

from grader.course import load_course
from grader.gradebook import open_gradebook
from grader.model import Status

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

LOOP = "while True:\n    pass\n"
STUDENTS = 10

# Runs the command as in a terminal of its own, and ends when no process of it is left, orphans included.
WRAPPER = """
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: orphans become children of this process
batch = subprocess.Popen([sys.executable, "-m", "grader.cli", *sys.argv[1:]], start_new_session=True)
print(batch.pid, flush=True)
code = batch.wait()
while True:
    try:
        os.wait()
    except ChildProcessError:
        break
sys.exit(code if code >= 0 else 128 - code)
"""


class Batch:
    """A batch that runs."""

    def __init__(self, wrapper: "subprocess.Popen[str]", pid: int) -> None:
        self.pid = pid
        self._wrapper = wrapper

    def runners(self) -> list[int]:
        return [pid for pid in children_of(self.pid) if b"multiprocessing.spawn" in command_of(pid)]

    def zygotes(self) -> list[int]:
        """Those that have a worker now."""
        found = [pid for runner in self.runners() for pid in children_of(runner)]
        return [pid for pid in found if b"grader.sandbox.zygote" in command_of(pid) and children_of(pid)]

    def workers(self) -> list[int]:
        """Of zygotes, or on their own."""
        below = [pid for runner in self.runners() for pid in children_of(runner)]
        alone = [pid for pid in below if b"grader.sandbox.worker" in command_of(pid)]
        return alone or [pid for zygote in below for pid in children_of(zygote)]

    def end(self) -> tuple[int, str]:
        """Wait until nothing of it is left; exit code and what it said on standard error."""
        _, said = self._wrapper.communicate(timeout=LONGEST)
        return self._wrapper.returncode, said


@pytest.fixture(scope="module")
def home(tmp_path_factory, make_toy_course: Callable[[Path], Path]) -> Path:
    """A course and a class: three are right, four loop for ever at import, three are wrong."""
    home = tmp_path_factory.mktemp("stops")
    course = make_toy_course(home / "course")
    right, walk = ((course / f"solutions/{topic}.py").read_text("utf-8") for topic in ("double", "walk"))
    kinds = {"a": (right, walk), "b": (right, LOOP), "c": (right.replace("2.0", "3.0"), walk)}
    for number in range(STUDENTS):
        name = "aaabbbbccc"[number] + str(number)
        folder = home / "submissions" / name
        folder.mkdir(parents=True)
        for topic, text in zip(("double", "walk"), kinds[name[0]], strict=True):
            (folder / f"{topic}.py").write_text(text, "utf-8")
    return home


@pytest.fixture(scope="module")
def undisturbed(home: Path, grade_anywhere) -> dict[str, dict[str, object]]:
    """What the gradebook holds when nothing has happened."""
    done = grade_anywhere(*command("undisturbed.db"), cwd=home)
    assert done.returncode == 0, done.stderr
    return gradebook_rows(home / "course", home / "undisturbed.db")


@pytest.fixture
def finish(home: Path, grade_anywhere) -> Callable[..., dict[str, int]]:
    """Run the batch to its end; what its JSON says."""

    def run(gradebook: str, *options: str) -> dict[str, int]:
        done = grade_anywhere(*command(gradebook, *options), "--json", cwd=home)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


def command(gradebook: str, *options: str) -> list[str]:
    return ["batch", "submissions", "--course", "course", "--gradebook", gradebook, "--runners", "2", *options]


@contextmanager
def running(home: Path, gradebook: str, *options: str) -> Iterator[Batch]:
    """A batch in a process of its own; whatever becomes of the test, nothing of it is left."""
    wrapper = subprocess.Popen(
        [sys.executable, "-c", WRAPPER, *command(gradebook, *options)],
        cwd=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert wrapper.stdout is not None
        yield Batch(wrapper, int(wrapper.stdout.readline()))
    finally:
        while left := [pid for pid in children_of(wrapper.pid) if command_of(pid)]:
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.05)
        wrapper.kill()
        wrapper.communicate()


# --- stopped and run again


@pytest.mark.parametrize(
    ("isolation", "stop"),
    [("full", os.killpg), ("none", os.kill)],
    ids=["every process of the terminal is told", "only the first process is told"],
)
def test_an_interrupted_batch_leaves_no_process_and_goes_on(home, undisturbed, finish, isolation, stop):
    name = f"interrupted-{isolation}.db"
    with running(home, name, "--isolation", isolation) as batch:
        until(lambda: graded_students(home / name) >= 3)
        until(batch.workers)
        stop(batch.pid, signal.SIGINT)
        code, said = batch.end()
    assert code == 130
    assert said.strip() == "Stopped. What was done so far is kept; the same command goes on from there."
    kept = graded_students(home / name)
    assert 3 <= kept < STUDENTS
    told = finish(name, "--isolation", isolation)
    assert (told["unchanged"], told["graded"]) == (kept, STUDENTS - kept)
    rows = gradebook_rows(home / "course", home / name)
    assert {student: {**row, "isolation": "full"} for student, row in rows.items()} == undisturbed


@pytest.mark.parametrize("isolation", ["full", "none"])
def test_a_killed_batch_leaves_no_process_and_goes_on(home, undisturbed, finish, isolation):
    name = f"killed-{isolation}.db"
    with running(home, name, "--isolation", isolation) as batch:
        until(lambda: graded_students(home / name) >= 3)
        until(batch.workers)
        os.kill(batch.pid, signal.SIGKILL)
        code, _ = batch.end()
    assert code == 128 + signal.SIGKILL
    kept = graded_students(home / name)
    assert 3 <= kept < STUDENTS
    assert finish(name, "--isolation", isolation)["unchanged"] == kept
    rows = gradebook_rows(home / "course", home / name)
    assert {student: {**row, "isolation": "full"} for student, row in rows.items()} == undisturbed


def test_a_batch_that_is_interrupted_at_once_says_so_and_nothing_else(home):
    with running(home, "at-once.db") as batch:
        until(batch.runners)
        os.killpg(batch.pid, signal.SIGINT)
        code, said = batch.end()
    assert code == 130
    assert said.strip() == "Stopped. What was done so far is kept; the same command goes on from there."


def test_everybody_has_a_row_from_the_start_and_what_is_not_reached_is_not_graded(home):
    with running(home, "rows.db") as batch:
        until(lambda: graded_students(home / "rows.db") >= 3)
        os.kill(batch.pid, signal.SIGINT)
        batch.end()
    with open_gradebook(home / "rows.db", create=False) as book:
        grades = list(book.grades(load_course(home / "course").topics))
    assert len(grades) == STUDENTS
    reached = [grade for grade in grades if grade.status is Status.GRADED]
    assert len(reached) == graded_students(home / "rows.db")
    assert all(grade.score is None and grade.needs_manual_grade for grade in grades if grade not in reached)


# --- a process is lost in the middle


@pytest.mark.parametrize("victims", [Batch.runners, Batch.zygotes], ids=["runner", "zygote"])
def test_a_batch_that_loses_a_process_gives_the_same_grades(home, undisturbed, victims):
    name = f"lost-{victims.__name__}.db"
    with running(home, name) as batch:
        until(lambda: graded_students(home / name) >= 3)
        until(lambda: victims(batch) and batch.workers())
        os.kill(victims(batch)[0], signal.SIGKILL)
        code, said = batch.end()
    assert (code, said) == (0, "")
    assert gradebook_rows(home / "course", home / name) == undisturbed
