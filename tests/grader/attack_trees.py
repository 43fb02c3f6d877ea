"""Hostile submissions that one file cannot express: links, devices, encodings, and what stands beside the modules.

Each function fills a student's folder. What must happen stands in its decorator: by topic the score and the outcomes,
or nothing where the topic is missing.
"""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

RIGHT = "def double(x):\n    return 2.0 * x\n\n\ndef both(x):\n    return x, 2.0 * x\n"
WRONG = "def double(x):\n    return x\n\n\ndef both(x):\n    return x, x\n"


class Places(NamedTuple):
    """Where the things are that an attack is after. The secret itself is in none of these names."""

    course: Path
    submissions: Path
    gradebook: Path
    canary: Path
    """A file that nobody may read or change."""
    mark: str
    """Part of every name that an attack tries to leave behind."""


class Expected(NamedTuple):
    """What must happen to one topic."""

    score: float | None
    """None if it is missing."""
    results: frozenset[str]
    """Every outcome is one of these."""


Fill = Callable[[Path, Places], None]
TREES: dict[str, tuple[Fill, dict[str, Expected]]] = {}


def expect(*, double: str = "", walk: str = "") -> Callable[[Fill], Fill]:
    """Say what must happen, as in `double="4 passed"`; a topic that is not named is missing."""

    def note(fill: Fill) -> Fill:
        TREES[fill.__name__] = fill, {"double": parsed(double), "walk": parsed(walk)}
        return fill

    return note


def parsed(text: str) -> Expected:
    """From `2 passed, timeout` to what must happen; empty if the topic is missing."""
    if not text:
        return Expected(None, frozenset())
    score, _, results = text.partition(" ")
    return Expected(float(score), frozenset(results.replace(" ", "").split(",")))


def write(folder: Path, name: str, content: str | bytes) -> None:
    """Make a file, and the folders on the way to it."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


@expect(double="0 wrong_value")
def conftest_and_plugins(folder: Path, places: Places) -> None:
    """Configuration and plugins of pytest that make everything pass and leave a file behind."""
    plugin = f"""
open("/tmp/{places.mark}-conftest", "w").write("executed")
import pytest
@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item, call):
    call.excinfo = None
@pytest.fixture
def reference(student):
    return student
"""
    write(folder, "double.py", WRONG)
    for name in ("conftest.py", "tests/conftest.py", "tests/hidden/conftest.py", "plugin.py", "keras_oracle.py"):
        write(folder, name, plugin)
    write(folder, "pytest.ini", "[pytest]\naddopts = -p plugin\npython_files = *.py\n")
    write(folder, "pyproject.toml", '[tool.pytest.ini_options]\naddopts = "-p plugin"\n')
    write(folder, "setup.cfg", "[tool:pytest]\naddopts = -p plugin\n")
    write(folder, "plugin.egg-info/entry_points.txt", "[pytest11]\nplugin = plugin\n")


@expect(double="0 wrong_value")
def shadowing_modules(folder: Path, places: Places) -> None:
    """Modules with the names of those that the grader imports, and files that Python executes at its start."""
    executed = f'open("/tmp/{places.mark}-shadow", "a").write(__name__)\n'
    write(folder, "double.py", "import numpy, json, walk_helper\n".replace(", walk_helper", "") + WRONG)
    for name in ("numpy", "json", "msgspec", "pytest", "sitecustomize", "usercustomize", "grader", "multiprocessing"):
        write(folder, f"{name}.py", executed)
        write(folder, f"{name}/__init__.py", executed)
    write(folder, "evil.pth", f"import os; os.system('touch /tmp/{places.mark}-pth')\n")
    write(folder, "pyvenv.cfg", "home = /tmp\n")
    write(folder, "python311._pth", ".\n")


@expect(double="0 wrong_value")
def a_course_of_its_own(folder: Path, places: Places) -> None:
    """A course file, suites, solutions and a grader in the submission, all of which say that this is right."""
    write(folder, "work/double.py", WRONG)
    write(folder, "course.toml", 'version = 1\ntitle = "Mine"\nseed = 1\n[topics.double]\ntitle="x"\nmax_score = 400\n')
    write(folder, "tests/hidden/test_double.py", "def test_nothing():\n    pass\n")
    write(folder, "solutions/other.py", RIGHT)
    write(folder, "grader/suite/compare.py", "def assert_matches(*args, **kwargs):\n    pass\n")
    write(folder, "gradebook.db", b"SQLite format 3\0")


@expect(double="0 exception")
def linked_solution(folder: Path, places: Places) -> None:
    """A link to the solution."""
    (folder / "double.py").symlink_to(places.course / "solutions" / "double.py")


@expect(double="0 exception")
def linked_canary(folder: Path, places: Places) -> None:
    """A link whose target would be shown as the line of a syntax error."""
    (folder / "double.py").symlink_to(places.canary)


def linked_folders(folder: Path, places: Places) -> None:
    """Folders that are links: to the solutions, to the folder itself, and to nowhere."""
    (folder / "work").symlink_to(places.course / "solutions")
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere").symlink_to("/nonexistent")
    (folder / "proc").symlink_to("/proc/self/root")


TREES["linked_folders"] = linked_folders, {"double": Expected(None, frozenset()), "walk": Expected(None, frozenset())}


@expect(double="4 passed")
def hard_link(folder: Path, places: Places) -> None:
    """A second name of a classmate's file: what is in it counts, as if it had been copied."""
    os.link(places.submissions / "control-m-right" / "double.py", folder / "double.py")


@expect(double="0 exception")
def named_pipe(folder: Path, places: Places) -> None:
    """A pipe that would be read for ever."""
    os.mkfifo(folder / "double.py")
    os.mkfifo(folder / "other")


@expect(double="0 exception", walk="0 exception")
def devices(folder: Path, places: Places) -> None:
    """Devices, where this user may make them, or else links to them, and a socket."""
    try:
        os.mknod(folder / "double.py", stat.S_IFCHR | 0o666, os.makedev(1, 5))  # /dev/zero
    except PermissionError:
        (folder / "double.py").symlink_to("/dev/zero")
    here = os.getcwd()
    os.chdir(folder)  # a socket's path is short
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("walk.py")
    finally:
        os.chdir(here)


@expect(double="0 exception")
def folder_as_module(folder: Path, places: Places) -> None:
    """A folder with the name of the module, and a package in it."""
    write(folder, "double.py/__init__.py", RIGHT)


@expect(double="0 exception", walk="0 exception")
def large_files(folder: Path, places: Places) -> None:
    """A file of ten gigabytes that takes no space, and one of two megabytes that does."""
    write(folder, "double.py", b"")
    os.truncate(folder / "double.py", 10 << 30)
    write(folder, "walk.py", RIGHT + "#" * 2_000_000)


@expect(double="4 passed")
def deep_folders(folder: Path, places: Places) -> None:
    """A right answer beside folders that go on for ever, and names of 255 bytes."""
    write(folder, "double.py", RIGHT)
    here = os.getcwd()
    try:
        os.chdir(folder)
        for _ in range(60):  # a longer path than any system call takes
            os.mkdir("x" * 250)
            os.chdir("x" * 250)
        Path("walk.py").write_text(RIGHT)
    finally:
        os.chdir(here)


@expect(double="4 passed")
def odd_file_names(folder: Path, places: Places) -> None:
    """A right answer among files whose names are no text, or would be obeyed by a terminal or a spreadsheet."""
    write(folder, "double.py", RIGHT)
    for name in (b"\xff\xfe.py", b"\x1b[2J.py", b"=1+1.py", b"-rf", b"a\nb.py", "\u202eyp.klaw".encode(), b"y" * 255):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + name)).write_bytes(b"")
    write(folder, "...", "")
    write(folder, "walk.py.bak", "")


@expect(double="0 exception")
def two_of_a_name(folder: Path, places: Places) -> None:
    """A wrong and a right module of the same name."""
    write(folder, "a/double.py", RIGHT)
    write(folder, "b/double.py", WRONG)


@expect(double="4 passed", walk="0 exception")
def byte_order_marks(folder: Path, places: Places) -> None:
    """A right answer after a UTF-8 mark and with Windows' line ends, and one in UTF-16, which Python does not read."""
    write(folder, "double.py", b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    write(folder, "walk.py", RIGHT.encode("utf-16"))


@expect(double="0 exception", walk="0 exception")
def zero_bytes(folder: Path, places: Places) -> None:
    """Bytes that end a text for some programs and not for others."""
    write(folder, "double.py", RIGHT.encode() + b"\0" + WRONG.encode())
    write(folder, "walk.py", b"\0" * 100_000)


@expect(double="4 passed", walk="0 exception")
def encodings(folder: Path, places: Places) -> None:
    """A right answer in Latin-1 that says so, and one in an encoding that turns its text into something else."""
    write(folder, "double.py", b"# -*- coding: latin-1 -*-\nname = '\xe9'\n" + RIGHT.encode())
    write(folder, "walk.py", b"# -*- coding: rot13 -*-\n" + RIGHT.encode())


@expect(double="4 passed", walk="0 exception, crashed, memory, timeout, forbidden")
def hard_to_compile(folder: Path, places: Places) -> None:
    """A source that is short, and asks too much of the compiler; the right answer ends with an old Mac's lines."""
    write(folder, "double.py", RIGHT.replace("\n", "\r").encode())
    write(folder, "walk.py", "x = " + "(" * 90 + "-" * 400_000 + "1" + ")" * 90)


@expect(walk="0 not_implemented, exception")
def empty_files(folder: Path, places: Places) -> None:
    """Nothing at all."""
    write(folder, "walk.py", "")


def linked_student(folder: Path, places: Places) -> None:
    """The student's whole folder is a link to a classmate's."""
    folder.rmdir()
    folder.symlink_to(places.submissions / "control-m-right")


SLOW_WALK = """
import time
import numpy as np

waits = [True]

def wait():
    time.sleep(0.4 if waits and waits.pop() else 0.0)

def walk(slope, x, steps):
    time.sleep(0.4)
    points = [x]
    for _ in range(steps):
        points.append(points[-1] - 0.1 * slope(points[-1]))
    return np.array(points)

class Counter:
    def __init__(self, start):
        wait()
        self.total = start

    def add(self, amount):
        if self.total == 10.0:
            time.sleep(0.4)
        self.total = self.total + amount
        return self.total
"""


@expect(walk="3 passed")
def just_under_two_limits(folder: Path, places: Places) -> None:
    """Takes four fifths of what a call and a topic may take: that is allowed."""
    write(folder, "walk.py", SLOW_WALK)


@expect(double="4 passed", walk="2 passed, timeout")
def just_under_every_limit(folder: Path, places: Places) -> None:
    """The same in two topics, which together take more than a submission may."""
    write(folder, "double.py", RIGHT.replace("return", "__import__('time').sleep(0.4); return"))
    write(folder, "walk.py", SLOW_WALK)


NOTHING = Expected(0.0, frozenset({"exception"}))
TREES["linked_student"] = linked_student, {"double": NOTHING, "walk": NOTHING}

ODD_IDS = {
    b"=1+1": "=1+1",
    b"@SUM(1)": "@SUM(1)",
    b"-rf": "-rf",
    b"+cmd|' ": "+cmd|' ",
    b"<script>alert(1)<": "<script>alert(1)<",
    b"[bold red]x[": "[bold red]x[",
    b"\x1b[2J\x07bell": r"\x1b[2J\x07bell",
    b"two\nlines\r,\"'": r"""two\nlines\r,"'""".replace(r"\n", r"\x0a").replace(r"\r", r"\x0d"),
    "\u202egnp.exe".encode(): r"\u202egnp.exe",
    b"\xff\xfebytes": r"\udcff\udcfebytes",
    b"l" * 255: "l" * 255,
    "ü".encode(): "ü",
    "u\u0308".encode(): "u\u0308",
    b"back\\slash": r"back\\slash",
}
"""Names of folders, and the student ids that they become; in each lies a right answer."""
