"""The command on every kind of terminal, and for programs: JSON, colours, narrow windows, encodings, odd paths."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from terminals import on_a_terminal

import grader

COMMANDS = [(), *((name,) for name in ["check", "batch", "export", "audit", "truth", "release", "doctor", "demo"])]
COMMANDS += [("export", "csv"), ("truth", "record")]

COLOUR = re.compile(r"\x1b\[[0-9;]*(?:3[0-8]|9[0-7])(?:;[0-9;]*)?m")
WRONG = "print('×')\ndef double(x):\n    raise ValueError('错误 ×')\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "double.py").write_text(WRONG, "utf-8")
    return folder


# --- help


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_ends_with_an_example_that_can_be_typed(grade_command, command):
    done = grade_command(*command, "--help")
    assert done.returncode == 0
    assert done.stderr == ""
    _, title, examples = re.split(r"\n  (Examples?):\n", done.stdout)
    lines = examples.splitlines()
    assert (title == "Examples") == (len(lines) > 1)
    for line in lines:
        assert line.startswith("    grade " + " ".join(command))


def test_help_loads_nothing_heavy():
    code = """
import sys
from grader.cli.main import main
try:
    main(["--help"])
except SystemExit as done:
    assert done.code == 0
heavy = {"numpy", "pytest", "rich", "msgspec", "sqlalchemy", "tensorflow", "keras"}
print("loaded:", sorted(heavy & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "grade check" in done.stdout
    assert done.stdout.endswith("loaded: []\n")


def test_help_of_a_command_loads_neither_numpy_nor_pytest():
    code = """
import sys
from importlib import import_module
from grader.cli.main import COMMANDS
for module, _ in COMMANDS.values():
    import_module(f"grader.cli.{module}")
print("loaded:", sorted({"numpy", "pytest", "rich", "sqlalchemy"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "loaded: []\n"


def test_version_is_that_of_the_package(grade_command):
    assert grade_command("--version").stdout == f"deepgrade, version {grader.__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("check", "--nonsense"),
        ("batch",),
        ("batch", "x"),
        ("batch", "x", "--gradebook", "g.db", "--isolation", "some"),
        ("batch", "x", "--gradebook", "g.db", "--runners", "0"),
        ("batch", "x", "--gradebook", "g.db", "--seed", "one"),
        ("export", "xml", "--gradebook", "g.db"),
        ("export", "csv"),
        ("demo", "x", "--students", "3"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_told_and_exits_with_2(grade_command, tmp_path, arguments):
    done = grade_command(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Usage: grade" in done.stderr
    assert "Error: " in done.stderr
    assert list(tmp_path.iterdir()) == []


# --- JSON


def test_json_of_check_carries_version_and_suite_and_nothing_else_is_printed(grade_command, toy_course, mine):
    done = grade_command("check", "--json", "--course", toy_course, cwd=mine)
    assert done.returncode == 1
    assert done.stderr == ""
    answer = json.loads(done.stdout)
    assert answer["version"] == 1
    assert answer["suite"] == "hidden"
    double, walk = answer["grade"]["topics"]
    assert (double["topic"], double["status"], double["score"], double["max_score"]) == ("double", "graded", 0.0, 4.0)
    assert (walk["topic"], walk["status"], walk["score"]) == ("walk", "missing", None)
    assert [outcome["result"] for outcome in double["outcomes"]] == ["exception", "not_implemented", "exception"]
    assert "ValueError: 错误 ×" in double["outcomes"][0]["message"]


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252", "latin-1"])
def test_json_is_utf8_whatever_the_terminal_is(toy_course, mine, encoding):
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", "check", "double", "--json", "--course", str(toy_course)],
        cwd=mine,
        env={**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    message = json.loads(done.stdout.decode("utf-8"))["grade"]["topics"][0]["outcomes"][0]["message"]
    assert "错误 ×" in message


def test_json_of_doctor_names_the_level(grade_command):
    done = grade_command("doctor", "--json")
    answer = json.loads(done.stdout)
    assert answer["version"] == 1
    assert (done.returncode == 0) == (answer["isolation"] == "full")
    if sys.platform == "linux":
        assert {finding["layer"] for finding in answer["findings"]} >= {"rlimits", "landlock", "seccomp"}


# --- colours and width


def test_check_has_no_colours_when_piped(grade_command, toy_course, mine):
    done = grade_command("check", "double", "--course", toy_course, cwd=mine, NO_COLOR="")
    assert "\x1b" not in done.stdout


def test_check_has_colours_on_a_terminal(toy_course, mine):
    code, written = on_a_terminal("check", "double", "--course", toy_course, cwd=mine)
    assert code == 1
    assert COLOUR.search(written)


def test_check_has_no_colours_on_a_terminal_with_no_color(toy_course, mine):
    code, written = on_a_terminal("check", "double", "--course", toy_course, cwd=mine, NO_COLOR="1")
    assert code == 1
    assert "0 / 4" in written
    assert not COLOUR.search(written)


def test_check_has_no_escapes_on_a_dumb_terminal(toy_course, mine):
    _, written = on_a_terminal("check", "double", "--course", toy_course, cwd=mine, TERM="dumb")
    assert "0 / 4" in written
    assert "\x1b" not in written


def test_batch_shows_its_progress_on_a_terminal_only(grade_command, toy_course, tmp_path, hand_in):
    hand_in("ada", double="def double(x):\n    return 2.0 * x\n")
    batch = ("batch", "submissions", "--course", toy_course, "--gradebook")
    code, written = on_a_terminal(*batch, "one.db", cwd=tmp_path)
    assert code == 0
    assert "Grading" in written
    assert "1/1" in written
    piped = grade_command(*batch, "other.db")
    assert piped.returncode == 0
    assert "Grading" not in piped.stdout + piped.stderr


@pytest.mark.parametrize("width", ["40", "20", "1"])
def test_nothing_is_wider_than_a_narrow_terminal(grade_command, toy_course, mine, tmp_path, hand_in, width):
    checked = grade_command("check", "--course", toy_course, cwd=mine, COLUMNS=width)
    assert checked.returncode == 1
    hand_in("a student with a very long name indeed", double=WRONG)
    batch = ("batch", "submissions", "--gradebook", "g.db", "--course", toy_course)
    graded = grade_command(*batch, COLUMNS=width)
    assert graded.returncode == 0
    for line in (checked.stdout + graded.stdout).splitlines():
        assert len(line) <= int(width)


# --- encodings and paths


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_check_spells_out_what_the_terminal_cannot_show(grade_command, toy_course, mine, encoding):
    done = grade_command("check", "double", "--course", toy_course, cwd=mine, PYTHONIOENCODING=encoding)
    assert done.returncode == 1, done.stderr
    assert "ValueError: ?? x" in done.stdout
    assert " * double  ----" in done.stdout


Tour = Callable[[Path, str], None]


@pytest.fixture
def tour(grade_command, make_toy_course: Callable[[Path], Path]) -> Tour:
    """Use every command in a folder with odd names; whatever the encoding is, none may fail."""

    def take(root: Path, encoding: str) -> None:
        def grade(*arguments: str | Path, code: int = 0) -> str:
            done = grade_command(*arguments, cwd=root, PYTHONIOENCODING=encoding)
            assert done.returncode == code, done.stdout + done.stderr
            assert "bug" not in done.stderr
            return done.stdout

        course = make_toy_course(root / "课程 one")
        student = root / "作业 two/张 伟"
        shutil.copytree(course / "solutions", student)
        assert "7 of 7 points" in grade("check", "--dir", student, "--course", course)
        grade("check", "--dir", root / "不在", "--course", course, code=2)
        assert "1 graded" in grade("batch", "作业 two", "--gradebook", "成绩 é.db", "--course", course)
        assert "1 unchanged" in grade("batch", "作业 two", "--gradebook", "成绩 é.db", "--course", course)
        grade("export", "csv", "--gradebook", "成绩 é.db", "--output", "成绩 é.csv", "--course", course)
        assert (root / "成绩 é.csv").read_text("utf-8").splitlines()[1].startswith("张 伟,4,3,7,7,graded,")
        assert "张 伟,4,3,7" in grade("export", "csv", "--gradebook", "成绩 é.db", "-o", "-", "--course", course)
        assert "Wrote exercises/double.py" in grade("release", "--stubs", "--course", course)
        grade("audit", "--course", course, code=1)
        assert "10 graded" in grade("demo", "示范 x", "--students", "10", "--course", course)

    return take


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_paths_with_spaces_and_chinese_characters_work_everywhere(tour, tmp_path, encoding):
    tour(tmp_path / "有 空格", encoding)


def test_a_reader_that_stops_reading_is_no_error(toy_course, mine):
    process = subprocess.Popen(
        [sys.executable, "-m", "grader.cli", "check", "double", "--json", "--course", str(toy_course)],
        cwd=mine,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    _, said = process.communicate(timeout=60)
    assert said == ""


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_bug_is_told_without_a_traceback_unless_asked_for(debug):
    code = """
import sys, types, click
from grader.cli import main
broken = types.ModuleType("grader.cli.broken")
broken.command = click.Command("broken", callback=lambda: 1 / 0)
sys.modules[broken.__name__] = broken
main.COMMANDS["broken"] = ("broken", "Break.")
main.main(["broken"])
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "GRADE_DEBUG": debug},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert ("Traceback" in done.stderr) == bool(debug)
    assert ("Error: a bug in deepgrade: ZeroDivisionError" in done.stderr) == (not debug)
