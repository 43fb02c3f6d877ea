"""One batch of all that is hostile, with honest submissions between: made once, and looked at by several tests."""

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

import pytest
from attack_archives import notebook, packed
from attack_trees import ODD_IDS, RIGHT, TREES, Expected, Places, parsed
from witness import Row, adopted_children, dump, rows_of

from grader.model import Isolation, Limits
from grader.sandbox import doctor

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
    run: Callable[..., subprocess.CompletedProcess[str]]
    """The command on this course, with the secret in its environment."""


@pytest.fixture(scope="session")
def isolated() -> None:
    """Skips where student code cannot be isolated fully."""
    if not sys.platform.startswith("linux") or doctor.level(doctor.examine(Limits())) is not Isolation.FULL:
        pytest.skip("this machine cannot isolate fully")


@pytest.fixture(scope="session")
def graded(
    isolated: None,
    tmp_path_factory: pytest.TempPathFactory,
    make_toy_course: Callable[[Path], Path],
    grade_anywhere: Any,
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
        run=run,
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
