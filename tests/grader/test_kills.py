"""The grader never loses a grade: killed, crowded, out of space, it goes on where it stopped and ends the same."""

from __future__ import annotations

import ctypes
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from attack_trees import RIGHT
from witness import Row, adopted_children, descendants, history_of, rows_of

if not sys.platform.startswith("linux"):
    pytest.skip("the processes are found through /proc", allow_module_level=True)

SLOWLY = "import time\ntime.sleep(0.05)\n"
"""Each submission takes a while, so that most kills find somebody at work."""
WALK = "def walk(slope, x, steps):\n    import time\n    time.sleep(0.05)\n    return [slope(x)] * (steps + 1)\n"
MODULES: dict[str, dict[str, str]] = {
    "right": {"double": SLOWLY + RIGHT, "walk": WALK},
    "wrong": {"double": SLOWLY + RIGHT.replace("2.0", "3.0"), "walk": WALK},
    "raises": {"double": "def double(x):\n    print('here')\n    raise ValueError(x.shape)\n", "walk": WALK},
    "missing": {"walk": WALK},
    "broken": {"double": "def double(x:\n", "walk": SLOWLY},
}
KINDS = {"coordinator": 1, "runner": 2, "zygote": 2, "worker": 4, "child": 1}
"""What is killed, and how often compared to the others."""
STUDENTS = 10
LIMITS = "call_seconds = 20.0\ntopic_seconds = 60.0\nsubmission_seconds = 120.0\n\n"


class Class(NamedTuple):
    """A class, and what becomes of it when nothing happens."""

    course: Path
    submissions: Path
    gradebook: Path
    """Of a run in which nothing happened."""
    undisturbed: dict[str, dict[str, Row]]
    """What is in it."""


@pytest.fixture(scope="module")
def toy_class(
    tmp_path_factory: pytest.TempPathFactory, make_toy_course: Callable[[Path], Path], grade_anywhere: Any
) -> Class:
    root = tmp_path_factory.mktemp("kills")
    course = make_toy_course(root / "course")
    file = course / "course.toml"
    before, _, after = file.read_text().partition("[limits]")
    file.write_text(f"{before}[limits]\n{LIMITS}{after[after.index('[topics') :]}")
    for number in range(STUDENTS):
        kind = list(MODULES)[number % len(MODULES)]
        folder = root / "submissions" / f"student-{number:02}-{kind}"
        folder.mkdir(parents=True)
        for topic, source in MODULES[kind].items():
            (folder / f"{topic}.py").write_text(f"# {number}\n{source}")
    made = Class(course, root / "submissions", root / "undisturbed.db", {})
    done = grade_anywhere(*batch(made, made.gradebook), cwd=root)
    assert done.returncode == 0, done.stderr
    undisturbed = rows_of(made.gradebook)
    assert len(undisturbed) == STUDENTS
    return made._replace(undisturbed=undisturbed)


def batch(of: Class, gradebook: Path) -> list[str]:
    """The arguments of `grade` that grade a class on two runners."""
    return ["batch", str(of.submissions), "--gradebook", str(gradebook), "--course", str(of.course), "--runners", "2"]


def start(of: Class, gradebook: Path, *, prepare: Callable[[], None] | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "grader.cli", *batch(of, gradebook)]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=of.course, preexec_fn=prepare
    )


def victims(coordinator: int) -> dict[str, list[int]]:
    """The processes of a batch, by what they are: told by who started whom."""
    found = descendants(coordinator)
    zygotes = [process for process in found if "sandbox.zygote" in found[process].command]
    tops = [process for process in zygotes if found[process].parent not in zygotes]
    return {
        "coordinator": [coordinator],
        "runner": [found[process].parent for process in tops],
        "zygote": tops,
        "worker": [process for process in zygotes if process not in tops],
        "child": [process for process in found if found[process].parent == coordinator],
    }


def kill_at_random(process: subprocess.Popen[str], dice: random.Random, kills: int) -> int:
    """Kill parts of a running batch at random moments.

    Returns:
        How many were killed before it ended.
    """
    done = 0
    while done < kills:
        time.sleep(dice.uniform(0.02, 0.5))
        [kind] = dice.choices(list(KINDS), weights=list(KINDS.values()))
        if process.poll() is not None:
            break
        if candidates := victims(process.pid)[kind]:
            with suppress(ProcessLookupError):
                os.kill(dice.choice(candidates), signal.SIGKILL)
                done += 1
    return done


def finish(of: Class, gradebook: Path, grade_command: Any) -> None:
    """Resume until everything is graded."""
    for _ in range(3):
        done = grade_command(*batch(of, gradebook))
        if done.returncode == 0:
            return
    raise AssertionError(done.stdout + done.stderr)


def check_same(of: Class, gradebook: Path) -> None:
    """Everybody has the grade of an undisturbed run; the history holds no other grade, and nothing is damaged."""
    for student, topics in history_of(gradebook).items():
        for topic, rows in topics.items():
            graded = [row for row in rows if row.status != "not_graded"]
            assert graded == [of.undisturbed[student][topic]], student
            assert rows[-1] == graded[0], student
    assert set(history_of(gradebook)) == set(of.undisturbed)
    check_sound(gradebook)


def check_sound(gradebook: Path) -> None:
    with closing(sqlite3.connect(gradebook)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        without = "SELECT id FROM grades WHERE status != 'missing' AND id NOT IN (SELECT grade_id FROM outcomes)"
        assert connection.execute(without).fetchall() == []


# A seed tells which processes are killed in which order; the moments depend on the machine.
SEEDS = [(1, 6), *(pytest.param(seed, 10, marks=pytest.mark.slow) for seed in range(2, 12))]


@pytest.mark.parametrize(("seed", "kills"), SEEDS)
def test_a_batch_that_is_killed_again_and_again_ends_the_same(
    toy_class: Class, tmp_path: Path, grade_command: Any, seed: int, kills: int
) -> None:
    dice = random.Random(seed)
    done = round_number = 0
    with adopted_children() as left:
        while done < kills:
            round_number += 1
            gradebook = tmp_path / f"round-{round_number}.db"
            for _ in range(4):  # with a kill or several in each run, and a resume after each
                process = start(toy_class, gradebook)
                done += kill_at_random(process, dice, kills - done)
                process.communicate()
                if done >= kills:
                    break
            finish(toy_class, gradebook, grade_command)
            check_same(toy_class, gradebook)
        assert left() == []


def begun(gradebook: Path) -> bool:
    """Whether anybody is graded."""
    with suppress(sqlite3.OperationalError):
        return gradebook.exists() and bool(rows_of(gradebook))
    return False


@pytest.mark.parametrize("victim", ["runner", "zygote", "worker"])
def test_a_batch_survives_the_loss_of_a_part_by_itself(toy_class: Class, tmp_path: Path, victim: str) -> None:
    process = start(toy_class, tmp_path / "g.db")
    while not begun(tmp_path / "g.db"):
        time.sleep(0.05)
    for _ in range(2 if victim == "worker" else 1):
        while not (found := victims(process.pid)[victim]) and process.poll() is None:
            time.sleep(0.01)
        with suppress(ProcessLookupError):
            os.kill(found[0], signal.SIGKILL)
    _, said = process.communicate()
    assert process.returncode == 0, said
    check_same(toy_class, tmp_path / "g.db")


def test_two_batches_on_one_gradebook_lose_nothing(toy_class: Class, tmp_path: Path) -> None:
    gradebook = tmp_path / "g.db"
    both = [start(toy_class, gradebook) for _ in range(2)]
    for process in both:
        _, said = process.communicate()
        assert process.returncode == 0 or "in use by another program" in said
    assert 0 in [process.returncode for process in both]
    check_sound(gradebook)
    for student, topics in history_of(gradebook).items():
        for topic, rows in topics.items():
            assert set(rows) == {toy_class.undisturbed[student][topic]}
    assert set(history_of(gradebook)) == set(toy_class.undisturbed)


def test_a_full_disk_is_said_and_nothing_is_lost(toy_class: Class, tmp_path: Path, grade_command: Any) -> None:
    gradebook = tmp_path / "g.db"

    def small_disk() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (70_000, 70_000))

    process = start(toy_class, gradebook, prepare=small_disk)
    _, said = process.communicate()
    assert process.returncode == 1
    assert "disk" in said
    assert "Traceback" not in said
    before = rows_of(gradebook)
    assert 0 < len(before) < STUDENTS
    assert before.items() <= toy_class.undisturbed.items()
    finish(toy_class, gradebook, grade_command)
    check_same(toy_class, gradebook)


# A file system of its own for the gradebook, which ends with the command: what is in it is copied out before.
ON_A_SMALL_DISK = """
mount -t tmpfs -o size=$1k none "$2" || exit 99
cd / && shift 2 && "$@"
code=$?
cp "$GRADEBOOK"* "$KEPT" && exit $code
"""


@pytest.mark.parametrize("kilobytes", [4, 156, 1000])
def test_a_full_file_system_is_said_and_what_was_graded_is_there(
    toy_class: Class, tmp_path: Path, grade_command: Any, kilobytes: int
) -> None:
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    kept.mkdir()
    private = ["unshare", "--user", "--map-root-user", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*private, "true"], check=False).returncode != 0:
        pytest.skip("a file system of one's own cannot be mounted here")
    command = [sys.executable, "-m", "grader.cli", *batch(toy_class, disk / "g.db")]
    done = subprocess.run(
        [*private, "sh", "-c", ON_A_SMALL_DISK, "sh", str(kilobytes), disk, *command],
        env={**os.environ, "GRADEBOOK": str(disk / "g.db"), "KEPT": str(kept)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == (0 if kilobytes == 1000 else 1), done.stderr
    assert "Traceback" not in done.stderr
    assert "disk" in done.stderr or done.returncode == 0
    before = rows_of(kept / "g.db") if begun(kept / "g.db") else {}
    assert before.items() <= toy_class.undisturbed.items()
    assert {4: 0, 156: 1, 1000: STUDENTS}[kilobytes] <= len(before) <= STUDENTS
    finish(toy_class, kept / "g.db", grade_command)  # with room again, it goes on
    check_same(toy_class, kept / "g.db")


def without_override() -> None:
    """Give up root's right to write what is write-protected; nothing for others."""
    libc = ctypes.CDLL(None)
    for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
        libc.prctl(24, capability, 0, 0, 0)


def test_a_write_protected_gradebook_is_refused_and_kept(toy_class: Class, tmp_path: Path) -> None:
    gradebook = tmp_path / "kept" / "g.db"
    gradebook.parent.mkdir()
    before = shutil.copy(toy_class.gradebook, gradebook).read_bytes()
    gradebook.chmod(0o444)
    gradebook.parent.chmod(0o555)
    try:
        process = start(toy_class, gradebook, prepare=without_override)
        _, said = process.communicate()
    finally:
        gradebook.parent.chmod(0o755)
    assert process.returncode == 1
    assert "cannot be written" in said or "cannot be opened" in said
    assert gradebook.read_bytes() == before


def newer(gradebook: Path) -> None:
    with closing(sqlite3.connect(gradebook)) as connection:
        connection.execute("UPDATE meta SET value = '999' WHERE key = 'version'")
        connection.commit()


def truncated(gradebook: Path) -> None:
    os.truncate(gradebook, gradebook.stat().st_size // 2)


def overwritten(gradebook: Path) -> None:
    with gradebook.open("r+b") as file:
        file.write(b"\0" * 4096)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [(newer, "has format 999"), (truncated, "is damaged"), (overwritten, "is no gradebook")],
)
def test_a_gradebook_that_cannot_be_used_is_refused_and_kept(
    toy_class: Class, tmp_path: Path, grade_command: Any, spoil: Callable[[Path], None], says: str
) -> None:
    gradebook = tmp_path / "g.db"
    shutil.copy(toy_class.gradebook, gradebook)
    spoil(gradebook)
    before = gradebook.read_bytes()
    done = grade_command(*batch(toy_class, gradebook))
    assert done.returncode == 1
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert gradebook.read_bytes() == before
