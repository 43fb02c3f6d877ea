"""Hostile submissions, all graded in one batch with honest ones between them. Nothing they do is worth a point.

Each file in attacks/ says in a line what must happen: `# expect TOPIC: SCORE RESULT, …`. The other topic of such a
submission is an honest one, which must earn all its points. Trees of files are in attack_trees.py, zips and notebooks
in attack_archives.py. What staff and students see of all this is looked at in test_attacks_shown.py.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attack_run import CONTROLS, FILES, POINTS, Graded, expected_of, state_of
from attack_trees import ODD_IDS, RIGHT, TREES, Expected
from witness import Row, adopted_children, dump, rows_of

GOT_OUT = re.compile(r"allowed: .*|signalled .*|reached .*|left .*|raised \d.*|bound .*|done what must not be")
"""What an attack prints that has found a way."""


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


@pytest.mark.parametrize(
    ("name", "package"), [("scipy", "scipy"), ("tensorflow", "tensorflow"), ("the_grader", "grader")]
)
def test_importing_another_package_has_a_sentence_of_its_own(graded: Graded, name: str, package: str) -> None:
    topic = next(iter(expected_of(f"import_{name}")))
    for _, result, _, message, _, _ in graded.rows[f"file-import_{name}"][topic].outcomes:
        assert result == "forbidden"
        assert message.startswith(f"{package} cannot be imported here: only NumPy and the standard library can.")


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
    names = [path for folder in folders if folder.is_dir() for path in folder.iterdir() if mark in path.name]
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


@pytest.mark.slow
def test_a_cluster_is_no_way_out_either(graded: Graded) -> None:
    pytest.importorskip("distributed")
    book = graded.places.gradebook.with_name("cluster.db")
    with adopted_children() as left:
        done = graded.run(
            *("batch", graded.places.submissions, "--gradebook", book, "--cluster", "local:2", "--rows", "1000")
        )
        remaining = left()
    assert done.returncode == 0, done.stdout + done.stderr
    assert remaining == []
    rows = rows_of(book)
    assert rows.keys() == graded.rows.keys()
    for name in FILES:
        for topic, expected in expected_of(name).items():
            check(rows[f"file-{name}"].get(topic), expected)
    for name, (_, all_expected) in TREES.items():
        for topic, expected in all_expected.items():
            check(rows[f"tree-{name}"].get(topic), expected)
    for student in graded.alone:
        assert rows[student] == graded.alone[student]
    outputs = [output for topics in rows.values() for row in topics.values() for *_, output, _ in row.outcomes]
    assert not [output for output in outputs if GOT_OUT.findall(output)]
    assert graded.secret not in dump(book) + done.stdout + done.stderr
    assert state_of(graded.places.canary) == graded.before


AS_THE_SCRIPT_DOES = "import sys; del sys.path[0]; from grader.cli.main import main; main()"


def test_modules_in_the_current_folder_are_not_executed(
    isolated: None, toy_course: Path, hand_in: Any, tmp_path: Path
) -> None:
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
