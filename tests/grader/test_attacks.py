"""Hostile submissions, all graded in one batch with honest ones between them. Nothing they do is worth a point.

Each file in attacks/ says in a line what must happen: `# expect TOPIC: SCORE RESULT, …`. The other topic of such a
submission is an honest one, which must earn all its points. Trees of files are in attack_trees.py.
"""

from __future__ import annotations

import csv
import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from attack_archives import notebook, packed
from attack_trees import ODD_IDS, RIGHT, TREES, Expected, Places, parsed
from witness import Row, adopted_children, dump, rows_of

from grader.model import Isolation, Limits
from grader.sandbox import doctor

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or doctor.level(doctor.examine(Limits())) is not Isolation.FULL,
    reason="this machine cannot isolate fully",
)

ATTACKS = Path(__file__).parent / "attacks"
FILES = sorted(path.stem for path in ATTACKS.glob("*.py"))
LIMITS = """call_seconds = 0.5
topic_seconds = 1.5
submission_seconds = 2.2
memory_mb = 600
message_mb = 4
callbacks = 300
"""
POINTS = {"double": 4.0, "walk": 3.0}
CONTROLS = {
    "right": POINTS,
    "zip": POINTS,
    "notebook": POINTS,
    "half": {"double": 3.0, "walk": None},
    "stub": {"double": 0.0, "walk": 0.0},
}
GOT_OUT = re.compile(r"allowed: .*|signalled .*|reached .*|left .*|raised \d.*|bound .*|done what must not be")
"""What an attack prints that has found a way."""
HALF = "def double(x):\n    return 2.0 * x\n\n\ndef both(x):\n    return x, x\n"


class Graded(NamedTuple):
    """What a batch has left."""

    places: Places
    secret: str
    rows: dict[str, dict[str, Row]]
    alone: dict[str, dict[str, Row]]
    """Of the honest submissions, graded without the hostile ones."""
    shown: dict[str, str]
    """Everything that was written or printed, by where."""
    table: list[dict[str, str]]
    """The CSV."""
    left: list[str]
    """Processes that were still there when the command had ended."""
    summary: dict[str, Any]
    before: tuple[Any, ...]


@pytest.fixture(scope="module")
def graded(
    tmp_path_factory: pytest.TempPathFactory, make_toy_course: Callable[[Path], Path], grade_anywhere: Any
) -> Graded:
    root = tmp_path_factory.mktemp("attacks")
    secret = f"CANARY-{secrets.token_hex(12)}"
    places = Places(
        course=_course(make_toy_course(root / "course"), secret),
        submissions=root / "submissions",
        gradebook=root / "gradebook.db",
        canary=root / "canary.txt",
        mark=f"deepgrade-attack-{secrets.token_hex(6)}",
    )
    places.canary.write_text(f"({secret}\n")
    before = state_of(places.canary)
    _controls(root / "honest", places)
    _controls(places.submissions, places)
    _attacks(places)

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return grade_anywhere(*arguments, "--course", places.course, cwd=root, CANARY=secret)

    def batch(folder: Path, gradebook: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return run("batch", folder, "--gradebook", gradebook, "--rows", "1000", *options)

    alone = batch(root / "honest", root / "alone.db")
    assert alone.returncode == 0, alone.stderr
    with adopted_children() as left:
        done = batch(places.submissions, places.gradebook)
        remaining = left()
    assert done.returncode == 0, done.stdout + done.stderr
    rows = rows_of(places.gradebook)
    again = batch(places.submissions, places.gradebook, "--json")
    exported = run("export", "csv", "--gradebook", places.gradebook, "-o", root / "grades.csv")
    assert exported.returncode == 0, exported.stderr
    text = (root / "grades.csv").read_text("utf-8")
    return Graded(
        places=places,
        secret=secret,
        rows=rows,
        alone=rows_of(root / "alone.db"),
        shown={
            "the gradebook": dump(places.gradebook),
            "the CSV": text,
            "the screen": done.stdout + done.stderr + exported.stdout + exported.stderr,
            "JSON": again.stdout + again.stderr,
        },
        table=list(csv.DictReader(text.splitlines(keepends=True))),
        left=remaining,
        summary=json.loads(again.stdout),
        before=before,
    )


def _course(course: Path, secret: str) -> Path:
    """Shorten the limits, and put the secret wherever a course keeps its own."""
    file = course / "course.toml"
    file.write_text(re.sub(r"call_seconds[^\[]*", f"{LIMITS}# {secret}\n\n", file.read_text()))
    for path in (*course.glob("solutions/**/*.py"), *course.glob("tests/hidden/*.py")):
        path.write_text(f'SECRET = "{secret}"  # {secret}\n' + path.read_text())
    truth = course / "tests" / "hidden" / "truth" / "double.json"
    truth.parent.mkdir()
    truth.write_text(json.dumps({"secret": secret}))
    return course


def _controls(folder: Path, places: Places) -> None:
    """Honest submissions, at the beginning, in the middle and at the end of the class."""
    walk = (places.course / "solutions" / "walk.py").read_text().partition("\n")[2]
    stub = {name: f"def {name}(*args):\n    raise NotImplementedError()\n" for name in POINTS}
    modules = {"right": {"double": RIGHT, "walk": walk}, "half": {"double": HALF}, "stub": stub}
    for place in ("a", "m", "z"):
        for kind, sources in modules.items():
            _hand_in(folder / f"control-{place}-{kind}", sources)
        (folder / f"control-{place}-zip").mkdir()
        archive = packed(("homework/double.py", RIGHT), ("homework/walk.py", walk))
        (folder / f"control-{place}-zip" / "homework.zip").write_bytes(archive)
        (folder / f"control-{place}-notebook").mkdir()
        for topic, source in modules["right"].items():
            (folder / f"control-{place}-notebook" / f"{topic}.ipynb").write_text(notebook("%matplotlib inline", source))


def _attacks(places: Places) -> None:
    honest = {name: (places.submissions / "control-a-right" / f"{name}.py").read_text() for name in POINTS}
    for name in FILES:
        topic = next(iter(expected_of(name)))
        source = (ATTACKS / f"{name}.py").read_text("utf-8")
        for placeholder, value in zip(("COURSE", "SUBMISSIONS", "GRADEBOOK", "CANARY", "MARK"), places, strict=True):
            source = source.replace(f"@{placeholder}@", str(value))
        _hand_in(places.submissions / f"file-{name}", honest | {topic: source})
    for name, (fill, _) in TREES.items():
        folder = places.submissions / f"tree-{name}"
        folder.mkdir()
        fill(folder, places)
    for raw in ODD_IDS:
        _hand_in(Path(os.fsdecode(os.fsencode(places.submissions) + b"/" + raw)), honest)


def _hand_in(folder: Path, sources: dict[str, str]) -> None:
    folder.mkdir(parents=True)
    for name, source in sources.items():
        (folder / f"{name}.py").write_text(source, "utf-8")


def expected_of(name: str) -> dict[str, Expected]:
    """By topic, what the file of an attack says must happen."""
    text = (ATTACKS / f"{name}.py").read_text("utf-8")
    return {topic: parsed(says) for topic, says in re.findall(r"^# expect (\w+): (.*)$", text, re.MULTILINE)}


def state_of(path: Path) -> tuple[Any, ...]:
    status = path.lstat()
    return path.read_bytes(), status.st_mode, status.st_uid, status.st_nlink, status.st_mtime_ns, status.st_ino


def check(row: Row | None, expected: Expected) -> None:
    if expected.score is None:
        assert row is not None
        assert row.status == "missing"
        return
    assert row is not None
    assert row.status == "graded"
    assert {result for _, result, *_ in row.outcomes} <= expected.results, row.outcomes
    assert row.score == expected.score, row.outcomes


@pytest.mark.parametrize("name", FILES)
def test_attack_earns_nothing(graded: Graded, name: str) -> None:
    expected = expected_of(name)
    assert len(expected) == 1
    for topic in POINTS:
        honest = Expected(POINTS[topic], frozenset({"passed"}))
        check(graded.rows[f"file-{name}"].get(topic), expected.get(topic, honest))


@pytest.mark.parametrize("name", TREES)
def test_tree_earns_what_is_honest_in_it(graded: Graded, name: str) -> None:
    for topic, expected in TREES[name][1].items():
        check(graded.rows[f"tree-{name}"].get(topic), expected)


@pytest.mark.parametrize("raw", ODD_IDS)
def test_every_odd_name_gets_its_row(graded: Graded, raw: bytes) -> None:
    rows = graded.rows[ODD_IDS[raw]]
    assert {topic: row.score for topic, row in rows.items()} == POINTS


@pytest.mark.parametrize("place", ["a", "m", "z"])
@pytest.mark.parametrize("kind", CONTROLS)
def test_honest_submissions_get_just_their_own_grade(graded: Graded, kind: str, place: str) -> None:
    student = f"control-{place}-{kind}"
    assert {topic: row.score for topic, row in graded.rows[student].items()} == CONTROLS[kind]
    assert graded.rows[student] == graded.alone[student]


def test_the_secret_is_shown_nowhere(graded: Graded) -> None:
    for where, text in graded.shown.items():
        assert graded.secret not in text, where
        assert graded.secret[7:] not in text, where


def test_no_attack_says_that_it_got_out(graded: Graded) -> None:
    for student, topics in graded.rows.items():
        for row in topics.values():
            for _, _, _, message, output, _ in row.outcomes:
                assert not GOT_OUT.findall(output), student
                assert len(message) < 2000
                assert len(output) <= 2000


def test_the_canary_is_untouched(graded: Graded) -> None:
    assert state_of(graded.places.canary) == graded.before


def test_nothing_is_left_behind(graded: Graded) -> None:
    assert graded.left == []
    mark, course = graded.places.mark, graded.places.course
    folders = [Path(name) for name in ("/tmp", "/var/tmp", "/dev/shm", "/run", "/", Path.home(), Path.cwd())]
    folders += [Path(np.__file__).parent, Path(os.__file__).parent, Path(sys.prefix), course, course.parent]
    names = [path for folder in folders for path in folder.iterdir() if mark in path.name]
    assert names == []
    kept = [Path("/proc/net/unix"), Path("/proc/keys"), Path("/proc/mounts")]
    assert not [path for path in kept if path.exists() and mark in path.read_text(errors="replace")]
    for kind in ("shm", "sem", "msg"):
        keys = [line.split()[0] for line in Path(f"/proc/sysvipc/{kind}").read_text().splitlines()[1:]]
        assert str(0x5EC0DE) not in keys


def test_the_screen_shows_no_escapes(graded: Graded) -> None:
    for where in ("the screen", "the CSV", "JSON"):
        bad = [sign for sign in graded.shown[where] if not sign.isprintable() and sign not in "\n\r"]
        assert bad == [], where
    assert "[bold red]x[" in graded.shown["the screen"]


def test_the_csv_has_a_row_for_everybody_and_no_formula(graded: Graded) -> None:
    students = len(list(os.scandir(graded.places.submissions)))
    assert len(graded.table) == len(graded.rows) == students
    assert not [cell for row in graded.table for cell in row.values() if re.match(r"\s*[=+\-@]", cell)]


def test_nobody_is_graded_again(graded: Graded) -> None:
    students = len(list(os.scandir(graded.places.submissions)))
    expected = {"submissions": students, "graded": 0, "unchanged": students, "not_graded": 0}
    assert expected.items() <= graded.summary.items()


AS_THE_SCRIPT_DOES = "import sys; del sys.path[0]; from grader.cli.main import main; main()"


def test_modules_in_the_current_folder_are_not_executed(toy_course: Path, hand_in: Any, tmp_path: Path) -> None:
    hand_in("ada", double=RIGHT)
    here = tmp_path / "submissions"
    for name in (
        "multiprocessing",
        "numpy",
        "pickle",
        "struct",
        "signal",
        "socket",
        "json",
        "pytest",
        "grader",
        "site",
    ):
        (here / f"{name}.py").write_text(f"open({str(tmp_path / 'executed')!r}, 'a').write(__name__)\n")
    command = [sys.executable, "-c", AS_THE_SCRIPT_DOES, "batch", ".", "--course", toy_course, "--gradebook", "../g.db"]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert rows_of(tmp_path / "g.db")["ada"]["double"].score == 4.0
    assert not (tmp_path / "executed").exists()
