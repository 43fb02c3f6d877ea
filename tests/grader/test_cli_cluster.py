"""`grade batch --cluster`: the same grades on a Dask cluster, with real schedulers and workers, and what is lost."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gradebooks import gradebook_rows, graded_students
from processes import children_of, until

from grader.batch.coordinator import grade_class
from grader.course import load_course
from grader.gradebook import open_gradebook
from grader.intake.folders import find_submissions
from grader.model import Isolation

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="isolation is full")

LONGEST = 120.0
"""Seconds for a batch."""
SLEEPS = "import time\ntime.sleep(0.3)\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory, make_toy_course: Callable[[Path], Path]) -> Path:
    """A course and a class of ten: right, wrong, broken and missing answers."""
    home = tmp_path_factory.mktemp("cluster")
    course = make_toy_course(home / "course")
    double, walk = ((course / f"solutions/{topic}.py").read_text("utf-8") for topic in ("double", "walk"))
    kinds = (
        {"double": double, "walk": walk},
        {"double": double.replace("2.0", "3.0"), "walk": walk},
        {"double": "def double(x:", "walk": "import os\nos._exit(3)\n"},
        {"walk": walk.replace("0.1", "0.2")},
        {"double": "def double(x):\n    raise ValueError(x)\n", "walk": walk},
    )
    write(home / "submissions", [kinds[number % len(kinds)] for number in range(10)])
    write(home / "slow", [{"double": SLEEPS + double, "walk": walk} for _ in range(24)])
    return home


def write(folder: Path, submissions: list[dict[str, str]]) -> None:
    for number, modules in enumerate(submissions):
        (folder / f"student{number:02}").mkdir(parents=True)
        for topic, text in modules.items():
            (folder / f"student{number:02}" / f"{topic}.py").write_text(text, "utf-8")


@pytest.fixture(scope="module")
def rows(home: Path, grade_anywhere) -> Callable[..., dict[str, dict[str, object]]]:
    """What a gradebook holds after a batch that must end well."""

    def grade(gradebook: str, *options: str, submissions: str = "submissions") -> dict[str, dict[str, object]]:
        done = grade_anywhere(*command(gradebook, submissions), *options, cwd=home)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        return gradebook_rows(home / "course", home / gradebook)

    return grade


@pytest.fixture(scope="module")
def with_one_runner(rows) -> dict[str, dict[str, object]]:
    return rows("one.db", "--runners", "1")


def command(gradebook: str, submissions: str = "submissions") -> list[str]:
    return ["batch", submissions, "--course", "course", "--gradebook", gradebook, "--rows", "0"]


# --- the same grades


@pytest.mark.parametrize(
    "options", [["--runners", "2"], ["--runners", "8"], ["--cluster", "local:2"]], ids=lambda options: " ".join(options)
)
def test_grades_are_the_same_with_any_runners(rows, with_one_runner, options):
    assert rows("_".join(options).replace(":", "") + ".db", *options) == with_one_runner


def test_grades_are_the_same_in_any_order(home, with_one_runner, tmp_path):
    course = load_course(home / "course")
    entries = find_submissions(home / "submissions")
    for seed in (1, 2):
        random.Random(seed).shuffle(entries)
        with open_gradebook(tmp_path / f"{seed}.db", create=True) as book:
            grade_class(
                course,
                entries,
                book,
                isolation=Isolation.FULL,
                runners=2,
                seed=course.seed,
                progress=lambda _: None,
            )
        assert gradebook_rows(course.root, tmp_path / f"{seed}.db") == with_one_runner


# --- what cannot be


@pytest.mark.parametrize("address", ["local:0", "local:many", "local:"])
def test_a_number_of_workers_that_is_none_is_refused(home, grade_anywhere, address):
    done = grade_anywhere(*command("refused.db"), "--cluster", address, cwd=home)
    assert done.returncode == 2
    assert f"Error: {address} is no number of workers." in done.stderr


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "lab", "bad://lab:8786", "tls://127.0.0.1:1"])
def test_an_address_with_nobody_there_is_an_error_that_says_so(home, grade_anywhere, address):
    done = grade_anywhere(*command("nobody.db"), "--cluster", address, cwd=home)
    assert done.returncode == 1
    assert done.stderr.startswith(f"Error: No Dask scheduler answers at {address}:")
    assert "dask scheduler" in done.stderr.splitlines()[1]
    assert len(done.stderr.splitlines()) == 2


# --- real schedulers and workers


class Cluster:
    """A scheduler and its workers, as somebody starts them in a terminal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._processes: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))
        until(lambda: file.is_file() and file.read_text().endswith("}"))
        self.address: str = json.loads(file.read_text())["address"]

    def worker(self, *prefix: str, **environment: str) -> subprocess.Popen[bytes]:
        options = ["--nthreads", "1", "--no-nanny", "--local-directory", str(self._folder)]
        return self._start("worker", self.address, *options, prefix=prefix, **environment)

    def _start(self, role: str, *options: str, prefix: tuple[str, ...] = (), **more: str) -> subprocess.Popen[bytes]:
        with (self._folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *prefix, "-m", f"distributed.cli.dask_{role}", *options, "--no-dashboard"],
                stdout=log,
                stderr=log,
                env={**os.environ, **more},
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def end(self) -> None:
        for process in reversed(self._processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Only a scheduler."""
    started = Cluster(tmp_path)
    yield started
    started.end()


@pytest.fixture
def batch(home: Path) -> Callable[..., subprocess.Popen[str]]:
    """A batch of the slow class that runs, and has graded somebody."""

    def start(gradebook: str, address: str) -> subprocess.Popen[str]:
        running = subprocess.Popen(
            [sys.executable, "-m", "grader.cli", *command(gradebook, "slow"), "--cluster", address],
            cwd=home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        until(lambda: graded_students(home / gradebook))
        return running

    return start


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_loses_nothing(home, cluster, batch, rows):
    victim = cluster.worker()
    cluster.worker()
    running = batch("victim.db", cluster.address)
    victim.send_signal(signal.SIGKILL)
    _, said = running.communicate(timeout=LONGEST)
    assert (running.returncode, said) == (0, "")
    assert gradebook_rows(home / "course", home / "victim.db") == rows("slow.db", submissions="slow")


@pytest.mark.slow
def test_a_lost_scheduler_is_an_error_and_the_batch_goes_on_later(home, cluster, batch, rows):
    cluster.worker()
    running = batch("lost.db", cluster.address)
    cluster.scheduler.send_signal(signal.SIGKILL)
    _, said = running.communicate(timeout=LONGEST)
    assert running.returncode == 1
    assert said.splitlines() == [
        f"Error: The Dask scheduler at {cluster.address} has gone.",
        "  What is graded is kept. Start it again, with its workers; the same command goes on from there.",
    ]
    before = gradebook_rows(home / "course", home / "lost.db")
    after = rows("lost.db", submissions="slow")
    assert any(row["status"] == "graded" for row in before.values())
    assert any(row["status"] != "graded" for row in before.values())
    assert {row["status"] for row in after.values()} == {"graded"}


@pytest.mark.slow
def test_a_worker_with_another_course_refuses(home, cluster, grade_anywhere, make_toy_course, tmp_path):
    other = make_toy_course(tmp_path / "other")
    with (other / "tests/hidden/test_walk.py").open("a") as suite:
        suite.write("\n# changed\n")
    cluster.worker(GRADE_COURSE=str(other))
    done = grade_anywhere(*command("other.db"), "--cluster", cluster.address, cwd=home)
    assert done.returncode == 2
    assert f"does not grade: the course in {other} is not the one here." in done.stderr
    assert graded_students(home / "other.db") == 0


@pytest.mark.slow
def test_a_worker_without_the_course_says_what_to_do(home, cluster, grade_anywhere, tmp_path):
    cluster.worker(GRADE_COURSE=str(tmp_path / "nowhere"))
    done = grade_anywhere(*command("none.db"), "--cluster", cluster.address, cwd=home)
    assert done.returncode == 2
    assert f"does not grade: the course is not in {tmp_path / 'nowhere'}." in done.stderr
    assert "name it with GRADE_COURSE=DIR" in done.stderr


@pytest.mark.slow
def test_a_worker_on_a_machine_that_cannot_isolate_refuses(home, cluster, grade_anywhere):
    cluster.worker(str(Path(__file__).with_name("without.py")), "landlock")
    done = grade_anywhere(*command("open.db"), "--cluster", cluster.address, cwd=home)
    assert done.returncode == 1
    assert "does not grade: This machine cannot isolate student code fully: landlock missing." in done.stderr
    assert graded_students(home / "open.db") == 0


@pytest.mark.slow
def test_runners_end_with_their_worker(home, cluster, grade_anywhere):
    worker = cluster.worker()
    done = grade_anywhere(*command("end.db"), "--cluster", cluster.address, cwd=home)
    assert done.returncode == 0, done.stderr
    runners = children_of(worker.pid)
    assert runners
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in runners))
