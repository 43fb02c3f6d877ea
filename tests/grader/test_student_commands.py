"""A student's evening with a kit: check, next, hint, pack; and everything that can be wrong with a kit or a machine."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile

import pytest
from grading import RIGHT, WALKS
from rich.cells import cell_len

TRIPLED = RIGHT.replace("2.0 * x", "x + x + x")


@pytest.fixture
def kit(toy_kit, tmp_path):
    """A kit with an awkward name, and nothing else of the course."""
    return shutil.copytree(toy_kit, tmp_path / "my kit" / "动量 1")


@pytest.fixture
def grade(grade_command, kit):
    """The command in the kit's folder."""
    return lambda *arguments, **options: grade_command(*arguments, **{"cwd": kit, **options})


def write(kit, **modules):
    for topic, text in modules.items():
        (kit / "exercises" / f"{topic}.py").write_text(text, "utf-8")


def squeezed(text):
    return " ".join(text.split())


# --- check


def test_check_of_a_fresh_kit_says_where_to_begin(grade):
    done = grade("check")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.count("not started") == 3
    assert "Scored by the public tests." in done.stdout
    assert "Next: begin with double.py, then run `grade check double`." in squeezed(done.stdout)


def test_check_in_a_kit_names_the_mistake_first_and_shows_the_numbers(grade, kit):
    write(kit, double=TRIPLED)
    text = grade("check", "double").stdout
    named, sentence, call, table = (
        text.index(part)
        for part in (
            "These are the numbers of three times x.\n  Hint: How often is x taken?",
            "double(2.0) is 4.0.",
            ">>> double(x=2.0)",
            "expected    got\n    4         ≠ 6",
        )
    )
    assert named < sentence < call < table
    assert "Allowed difference: 1e-06 + 0.0001 × |expected|." in text
    assert "`grade hint double`" in text


def test_check_works_in_the_folder_with_the_modules_too(grade, kit):
    write(kit, double=RIGHT, walk=WALKS)
    done = grade("check", cwd=kit / "exercises")
    assert done.returncode == 0, done.stderr
    assert "Everything here is done. `grade pack` makes the zip to hand in." in done.stdout


def test_check_names_the_file_that_was_renamed(grade, kit):
    write(kit, double=RIGHT)
    (kit / "exercises/double.py").rename(kit / "exercises/mein_double.py")
    text = grade("check").stdout
    assert "mein_double.py looks like double.py: give it that name." in text
    (kit / "exercises/double.ipynb").unlink()
    text = grade("check").stdout
    assert "Not found: double.py" in text
    assert "mein_double.py looks like double.py: give it that name." in text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (RIGHT.replace("def double", "def dubble"), "double is not in double.py. Keep the names as the stub has them."),
        (
            "def double(x):\n    if x:\n        x = 2.0 * x\n\treturn x\n",
            "Let the editor turn all tabs into four spaces.",
        ),
        ("def double(x):\nreturn x\n", "Lines that belong together begin in the same column."),
        ("def double(x):\n    return x.no\n", "double.py, line 2, in double: return x.no"),
    ],
)
def test_check_says_in_words_what_is_wrong_with_a_module(grade, kit, source, said):
    write(kit, double=source)
    done = grade("check", "double")
    assert (done.returncode, done.stderr) == (1, "")
    assert said in squeezed(done.stdout)
    assert "Traceback" not in done.stdout


def test_kit_without_its_suites_is_not_complete(grade, kit):
    shutil.rmtree(kit / "tests")
    done = grade("check")
    assert done.returncode == 2
    assert "has no public suites" in done.stderr


def test_kit_with_a_damaged_file_says_which(grade, kit):
    (kit / "tests/public/known/double.json").write_text("{")
    write(kit, double=TRIPLED)
    done = grade("check", "double")
    assert done.returncode == 2
    assert "double.json cannot be read" in done.stderr
    assert "fresh copy of the kit" in done.stderr


# --- next


def test_next_names_the_first_topic_that_is_not_done(grade, kit):
    done = grade("next")
    assert done.returncode == 0, done.stderr
    assert "0 of 2 topics done" in done.stdout
    assert "double  Doubling  ·  not started" in done.stdout
    assert f"Read      {'handouts/double.md'}" in done.stdout
    write(kit, double=RIGHT)
    text = grade("next", cwd=kit / "exercises").stdout
    assert "1 of 2 topics done" in text
    assert "Then run  grade check walk" in text
    assert "Write     walk.py" in text
    answer = json.loads(grade("next", "--json").stdout)
    assert answer == {"version": 1, "next": "walk", "stage": "not started", "done": 1, "topics": 2}


def test_next_says_when_everything_is_done(grade, kit):
    write(kit, double=RIGHT, walk=WALKS)
    done = grade("next")
    assert done.returncode == 0
    assert "2 of 2 topics done" in done.stdout
    assert "`grade pack`" in done.stdout
    assert json.loads(grade("next", "--json").stdout)["next"] is None


# --- hint


def test_hints_are_given_one_by_one(grade, kit):
    write(kit, double=TRIPLED)
    (kit / "handouts/double.md").write_text("# A\n\n## Idea\n\nTwice.\n\n## Rule\n\n2 x\n", "utf-8")
    stages = [grade("hint", "double", "--stage", str(stage)).stdout for stage in (1, 2, 3, 9)]
    assert "hint 1 of 3" in grade("hint", "double.py").stdout
    assert [text in stages[0] for text in ("Twice.", "How often", "2 x")] == [True, False, False]
    assert [text in stages[1] for text in ("Twice.", "How often", "2 x")] == [False, True, False]
    assert [text in stages[2] for text in ("Twice.", "How often", "2 x")] == [False, False, True]
    assert "To do: double(2.0) is 4.0." in stages[0]
    assert "`grade hint double --stage 2`" in stages[0]
    assert "This was the last hint." in stages[2]
    assert stages[3] == stages[2]
    answer = json.loads(grade("hint", "double", "--stage", "2", "--json").stdout)
    assert (answer["stage"], answer["stages"], answer["hint"]["text"]) == (2, 3, "How often is x taken?")


def test_there_is_no_hint_on_what_is_done(grade, kit):
    write(kit, double=RIGHT)
    done = grade("hint", "double")
    assert done.returncode == 0
    assert "double is done" in done.stdout
    assert json.loads(grade("hint", "double", "--json").stdout)["hint"] is None


def test_hint_without_a_handout_says_what_to_do(grade, kit):
    shutil.rmtree(kit / "handouts")
    (kit / "exercises/walk.py").unlink()
    write(kit, double=TRIPLED)
    done = grade("hint", "double", cwd=kit)
    assert done.returncode == 2
    assert "There is no docstring" in done.stderr
    assert grade("hint", "doubel").returncode == 2


# --- pack


def test_pack_makes_the_zip_and_says_what_is_missing(grade, kit):
    write(kit, double=RIGHT + "\nimport torch\n")
    (kit / "exercises/walk.py").rename(kit / "exercises/gehen.py")
    assert "gehen.py looks like walk.py: give it that name." in squeezed(grade("pack").stdout)
    (kit / "exercises/walk.ipynb").unlink()
    done = grade("pack")
    assert (done.returncode, done.stderr) == (1, "")
    text = squeezed(done.stdout)
    assert "line 7: torch cannot be imported" in text
    assert "walk.py is not there. gehen.py looks like walk.py: give it that name." in text
    assert "Wrote hand-in.zip: 1 of 2 modules." in text
    assert "Missing, and worth no points: walk." in text
    with zipfile.ZipFile(kit / "hand-in.zip") as archive:
        assert archive.namelist() == ["double.py"]


def test_pack_is_content_with_work_that_is_done(grade, kit):
    write(kit, double=RIGHT, walk=WALKS)
    done = grade("pack", "--output", "ada.zip", "--json")
    assert done.returncode == 0, done.stdout
    answer = json.loads(done.stdout)
    assert [(entry["topic"], entry["problems"], entry["missing"]) for entry in answer["modules"]] == [
        ("double", [], False),
        ("walk", [], False),
    ]
    assert zipfile.is_zipfile(kit / "ada.zip")


def test_pack_counts_what_is_still_to_be_written(grade):
    done = grade("pack")
    assert done.returncode == 1
    assert "2 places still to be written" in done.stdout


def test_pack_refuses_to_overwrite_what_is_no_zip(grade, kit):
    (kit / "hand-in.zip").write_text("mine")
    done = grade("pack")
    assert done.returncode == 2
    assert "it is no zip" in done.stderr


def test_packed_work_is_graded_by_an_instructor(grade, grade_command, kit, make_toy_course, tmp_path):
    write(kit, double=RIGHT, walk=WALKS)
    assert grade("pack").returncode == 0
    with zipfile.ZipFile(kit / "hand-in.zip") as archive:
        archive.extractall(tmp_path / "class" / "ada")
    course = make_toy_course(tmp_path / "course")
    options = ("--gradebook", "g.db", "--course", course)
    assert grade_command("batch", "class", "--isolation", "partial", *options).returncode == 0
    assert "ada,4,3,7,7,graded," in grade_command("export", "csv", "--output", "-", *options).stdout


# --- any terminal, any machine


@pytest.mark.parametrize("arguments", [["check"], ["next"], ["hint", "double"], ["pack"]], ids=lambda a: a[0])
def test_narrow_terminal_is_never_written_over(grade, kit, arguments):
    write(kit, double=TRIPLED)
    done = grade(*arguments, COLUMNS="24")
    assert done.stderr == ""
    assert max(map(cell_len, done.stdout.splitlines())) <= 24


@pytest.mark.parametrize(
    ("encoding", "command"), [("cp437", "check"), ("gbk", "next"), ("ascii", "hint double"), ("cp1252", "pack")]
)
def test_terminal_without_unicode_is_no_reason_to_fail(grade, kit, encoding, command):
    write(kit, double=TRIPLED)
    done = grade(*command.split(), PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode in (0, 1)
    assert done.stderr == ""
    assert "double" in done.stdout


def test_nothing_is_sent_anywhere(kit):
    """An audit hook ends Python with 77 when a connection or a look-up of a host is tried."""
    watch = (
        "import os, sys\n"
        "sys.addaudithook(lambda name, _: os._exit(77) if name in "
        "('socket.connect', 'socket.sendto', 'socket.getaddrinfo', 'socket.gethostbyname') else None)\n"
    )
    command = "from grader.cli.main import main\nmain(sys.argv[1:])\n"
    for arguments in (["check"], ["next"], ["hint", "double"], ["pack"]):
        done = subprocess.run(
            [sys.executable, "-c", watch + command, *arguments], cwd=kit, capture_output=True, check=False
        )
        assert done.returncode in (0, 1), done.stderr
    caught = "import socket\nsocket.create_connection(('localhost', 1))\n"
    assert subprocess.run([sys.executable, "-c", watch + caught], check=False).returncode == 77


def test_package_that_cannot_be_imported_is_named_with_what_to_install(kit):
    code = "import sys\nsys.modules['numpy'] = None\nfrom grader.cli.main import main\nmain(['check'])\n"
    done = subprocess.run([sys.executable, "-c", code], cwd=kit, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "Error: numpy is not installed here.",
        "  Install it: python -m pip install --upgrade deepgrade",
    ]


def test_python_that_is_too_old_is_told_in_words():
    code = "import sys\nsys.version_info = (3, 9, 18, 'final', 0)\nimport grader.cli.main\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("deepgrade needs Python 3.11 or newer, and this is Python 3.9 (")
    assert "Traceback" not in done.stderr
