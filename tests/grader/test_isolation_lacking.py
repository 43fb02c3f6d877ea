"""A machine that lacks a layer, as the real command meets it: named, refused, and recorded."""

from __future__ import annotations

import json
import platform
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from attack_trees import RIGHT
from conftest import grade_environment
from witness import rows_of

from grader.sandbox.layers import LAYERS, NEEDS

if not sys.platform.startswith("linux") or platform.machine() not in ("x86_64", "aarch64"):
    pytest.skip("the filter that takes layers away is Linux's", allow_module_level=True)

# Without no_new_privs the kernel takes neither a ruleset nor a filter of a process that has given up what root may do.
GOES_WITH = {"no_new_privs": {"no_new_privs", "landlock", "seccomp"}}
Without = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def without(tmp_path: Path) -> Without:
    """The real command on a machine that lacks layers: without("landlock", "doctor")."""

    def run(layers: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, Path(__file__).parent / "without.py", layers, "-m", "grader.cli", *map(str, arguments)],
            cwd=tmp_path,
            env=grade_environment(),
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    return run


def recorded(gradebook: Path) -> set[str]:
    with closing(sqlite3.connect(gradebook)) as connection:
        return {level for (level,) in connection.execute("SELECT isolation FROM grades")}


@pytest.mark.parametrize("lacking", LAYERS)
def test_doctor_names_the_layer_that_is_missing_and_what_it_needs(without: Without, lacking: str) -> None:
    told = json.loads((done := without(lacking, "doctor", "--json")).stdout)
    assert done.returncode == 1
    assert told["isolation"] == "partial"
    held: dict[str, bool] = {}
    for finding in told["findings"]:
        held[finding["layer"]] = held.get(finding["layer"], True) and finding["held"]
    missing = {layer for layer, holds in held.items() if not holds}
    assert lacking in missing
    assert missing <= GOES_WITH.get(lacking, {lacking})


def test_doctor_in_words_says_what_a_layer_needs(without: Without) -> None:
    done = without("landlock,seccomp", "doctor")
    told = " ".join(done.stdout.split())
    assert done.returncode == 1
    for layer in ("landlock", "seccomp"):
        assert f"{layer} needs {NEEDS[layer]}." in told
    assert "capabilities needs" not in told
    assert "Isolation on this machine: partial." in told
    assert "`grade batch` needs --isolation partial or none here" in told


def test_doctor_of_a_machine_without_any_layer_finds_none(without: Without) -> None:
    assert "Isolation on this machine: none." in without(",".join(LAYERS), "doctor").stdout


@pytest.mark.parametrize(
    "lacking", [layer if layer == "landlock" else pytest.param(layer, marks=pytest.mark.slow) for layer in LAYERS]
)
def test_batch_refuses_by_default_and_grades_when_told_to(
    without: Without, toy_course: Path, hand_in: Callable[..., Path], tmp_path: Path, lacking: str
) -> None:
    hand_in("ada", double=RIGHT)
    arguments = ("batch", tmp_path / "submissions", "--course", toy_course, "--gradebook")
    refused = without(lacking, *arguments, "full.db")
    told = " ".join(refused.stderr.split())
    assert refused.returncode == 1
    assert "This machine cannot isolate student code fully" in told
    assert f"{lacking} needs {NEEDS[lacking]}." in told
    assert "See `grade doctor`. Grade on another machine, or accept the risk with --isolation partial." in told
    assert "Traceback" not in told
    assert rows_of(tmp_path / "full.db") == {}
    for level in ("partial", "none"):
        done = without(lacking, *arguments, f"{level}.db", "--isolation", level)
        assert done.returncode == 0, done.stderr
        assert rows_of(tmp_path / f"{level}.db")["ada"]["double"].score == 4.0
        assert recorded(tmp_path / f"{level}.db") == {level}


def test_every_level_is_recorded_with_the_grade_on_a_whole_machine(
    grade_command: Callable[..., subprocess.CompletedProcess[str]],
    toy_course: Path,
    hand_in: Callable[..., Path],
    tmp_path: Path,
) -> None:
    if grade_command("doctor").returncode != 0:
        pytest.skip("this machine cannot isolate fully")
    hand_in("ada", double=RIGHT)
    arguments = ("batch", tmp_path / "submissions", "--course", toy_course)
    for level, option in (("full", ()), ("partial", ("--isolation", "partial")), ("none", ("--isolation", "none"))):
        done = grade_command(*arguments, "--gradebook", f"{level}.db", *option)
        assert done.returncode == 0, done.stderr
        assert recorded(tmp_path / f"{level}.db") == {level}


def test_a_limit_that_is_lower_already_is_kept(toy_course: Path, hand_in: Callable[..., Path], tmp_path: Path) -> None:
    """A course may allow more memory than the administrator does."""
    hand_in("ada", double=RIGHT)
    course = toy_course / "course.toml"
    course.write_text(course.read_text().replace("[limits]", "[limits]\nmemory_mb = 8000"))
    command = [sys.executable, "-m", "grader.cli", "batch", tmp_path / "submissions", "--course", toy_course]
    limited = ["prlimit", f"--as={4 << 30}:{4 << 30}", *map(str, command), "--gradebook", "g.db", "--runners", "1"]
    done = subprocess.run(limited, cwd=tmp_path, env=grade_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert rows_of(tmp_path / "g.db")["ada"]["double"].score == 4.0
