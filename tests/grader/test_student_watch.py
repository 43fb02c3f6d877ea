"""`grade check --watch` in a real terminal: saves, keys, and the terminal as it was whatever ends it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import types

import pexpect
import pytest
from conftest import grade_environment
from grading import RIGHT, WALKS

from grader.student.changes import Changes
from grader.student.keyboard import first_key, open_keyboard

TRIPLED = RIGHT.replace("2.0 * x", "x + x + x")
COMMAND = ["-m", "grader.cli", "check", "--watch"]
LEFT = "\x1b[?25h\x1b[?1049l"
"""What shows the cursor and the screen that was there before."""


@pytest.fixture
def kit(toy_kit, tmp_path):
    return shutil.copytree(toy_kit, tmp_path / "我的 kit")


def environment():
    left_out = ("COLUMNS", "NO_COLOR")
    return {name: value for name, value in grade_environment().items() if name not in left_out} | {"TERM": "xterm"}


@pytest.fixture
def terminal(kit):
    """The command in a terminal of 24 lines, once it has checked everything."""
    child = pexpect.spawn(
        sys.executable, COMMAND, cwd=str(kit), env=environment(), dimensions=(24, 80), encoding="utf-8", timeout=30
    )
    child.before_it = termios.tcgetattr(child.child_fd)
    child.expect("Checked 2 topics")
    yield child
    child.close(force=True)


def save(kit, topic, text):
    """As many editors do: another file is written, and given the name."""
    beside = kit / "exercises" / f".{topic}.swp"
    beside.write_text(text, "utf-8")
    os.replace(beside, kit / "exercises" / f"{topic}.py")


def left_as_it_was(child):
    child.expect(pexpect.EOF)
    said = child.before
    modes = termios.tcgetattr(child.child_fd)
    child.close()
    assert LEFT in said
    assert modes == child.before_it
    return said.partition(LEFT)[2]


def test_saved_topic_is_checked_again_and_only_the_student_moves_on(terminal, kit):
    (kit / "handouts/walk.md").write_text("# A\n\n## Idea\n\nDownhill.\n", "utf-8")
    save(kit, "double", TRIPLED)
    terminal.expect("These are the numbers of three times x")
    terminal.expect(r"Checked double\.py at")
    save(kit, "double", RIGHT)
    terminal.expect(r"Solved: double\.py passes its test\.")
    terminal.expect("Press n for the next topic: walk, not started")
    terminal.expect(r"Checked double\.py at \S+ \+1 points")
    terminal.send("n")
    terminal.expect(r"walk\.py")
    terminal.expect("A counter adds")
    terminal.send("h")
    terminal.expect("hint 1 of 1")
    terminal.expect("This was the last hint")
    save(kit, "walk", WALKS)
    terminal.expect(r"Solved: walk\.py")
    terminal.expect("Everything here is done")
    terminal.send("q")
    assert "2 of 2 topics done" in left_as_it_was(terminal)
    assert terminal.exitstatus == 0


def test_file_that_is_broken_gone_or_back_is_no_reason_to_stop(terminal, kit):
    (kit / "exercises/double.ipynb").unlink()
    (kit / "exercises/double.py").write_text(RIGHT + "def half(:\n", "utf-8")
    terminal.expect("SyntaxError")
    (kit / "exercises/double.py").write_bytes(b"\xff\xfe\x00")
    terminal.expect(r"Checked double\.py")
    (kit / "exercises/double.py").unlink()
    terminal.expect("Not found:")
    shutil.move(kit / "exercises", kit / "away")
    (kit / "away/double.py").write_text(TRIPLED, "utf-8")
    shutil.move(kit / "away", kit / "exercises")
    terminal.expect("three times x")
    terminal.send("q")
    assert "in progress" not in left_as_it_was(terminal)


def test_keys_list_choose_scroll_and_check_again(terminal, kit):
    terminal.send("l")
    terminal.expect("Enter go there")
    terminal.send("\x1b[B\r")
    terminal.expect(r"walk\.py: save it")
    terminal.send("p")
    terminal.expect(r"double\.py: save it")
    terminal.send("r")
    terminal.expect(r"Checked double\.py at")
    terminal.send("c")
    terminal.expect("Checked 2 topics")
    terminal.setwinsize(12, 40)
    terminal.send("l")
    terminal.expect("l list")
    terminal.send("q")
    left_as_it_was(terminal)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda sent: sent.name)
def test_terminal_is_as_it_was_after_a_signal(terminal, sent):
    os.kill(terminal.pid, sent)
    left_as_it_was(terminal)
    assert terminal.exitstatus == (0 if sent == signal.SIGINT else 128 + sent)


def test_terminal_is_as_it_was_after_a_bug(terminal, kit):
    (kit / "tests/public/known/double.json").write_text("{")
    save(kit, "double", TRIPLED)
    assert "double.json cannot be read" in left_as_it_was(terminal)
    assert terminal.exitstatus == 2


def test_program_that_was_stopped_goes_on_with_a_screen_of_its_own(kit):
    shell = pexpect.spawn(
        *("bash", ["--norc", "-i"]), cwd=str(kit), env=environment(), dimensions=(24, 80), encoding="utf-8", timeout=30
    )
    shell.sendline(" ".join([sys.executable, *COMMAND]))
    shell.expect("Checked 2 topics")
    shell.send("\x1a")
    shell.expect("Stopped")
    shell.sendline("stty -a")
    shell.expect(r"\sicanon[^$]*\secho\s")
    shell.sendline("fg")
    shell.expect("Checked 2 topics")
    save(kit, "double", RIGHT)
    shell.expect("Solved")
    shell.send("q")
    shell.expect(re.escape(LEFT))
    shell.expect("1 of 2 topics done")
    shell.close(force=True)


def test_watch_without_a_terminal_says_so_and_writes_pages(kit):
    child = subprocess.Popen(
        [sys.executable, "-u", *COMMAND, "double"],
        cwd=kit,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert "No keys here, as the input is no terminal. Ctrl-C ends it." in until(child, "Ctrl-C")
        save(kit, "double", RIGHT)
        assert "Solved: double.py passes its test." in until(child, "Ctrl-C")
        child.send_signal(signal.SIGINT)
        rest = child.communicate(timeout=30)[0]
    finally:
        child.kill()
    assert "\x1b" not in rest
    assert child.returncode == 0


def until(child, word):
    lines = []
    for line in child.stdout:
        lines.append(line)
        if word in line:
            break
    return "".join(lines)


def test_watch_does_not_go_with_json(grade_command, kit):
    done = grade_command("check", "--watch", "--json", cwd=kit)
    assert done.returncode == 2
    assert "--watch is for people" in done.stderr


# --- files and keys


def test_change_counts_once_it_has_come_to_rest(tmp_path):
    file = tmp_path / "adam.py"
    file.write_text("a")
    changes = Changes({"adam": [file, tmp_path / "adam.ipynb"]})
    assert changes.look() == ()
    file.write_text("half")
    assert changes.look() == ()
    file.write_text("half and half")
    assert changes.look() == ()
    assert changes.look() == ("adam",)
    assert changes.look() == ()
    (tmp_path / "adam.ipynb").write_text("{}")
    assert (changes.look(), changes.look()) == ((), ("adam",))


def test_file_that_is_away_for_a_moment_has_not_gone(tmp_path):
    file = tmp_path / "adam.py"
    file.write_text("a")
    changes = Changes({"adam": [file]})
    file.rename(tmp_path / "adam.py~")
    assert [changes.look() for _ in range(2)] == [(), ()]
    (tmp_path / "adam.py~").rename(file)
    assert [changes.look() for _ in range(4)] == [()] * 4
    file.unlink()
    assert [changes.look() for _ in range(4)] == [(), (), (), ("adam",)]


@pytest.mark.parametrize(
    ("sent", "keys"),
    [
        ("hN", ["h", "n"]),
        ("\x1b[A\x1bOB\x1b[6~q", ["up", "down", "page down", "q"]),
        ("\x1b", ["escape"]),
        ("\x1b[38;5m", [""]),
        (" \r\x04", ["page down", "enter", "q"]),
        ("动", ["动"]),
    ],
)
def test_what_a_terminal_sends_is_taken_key_by_key(sent, keys):
    found = []
    while sent:
        key, sent = first_key(sent)
        found.append(key)
    assert found == keys


def test_keys_of_a_windows_console(monkeypatch):
    """There is no such console here: its module is played."""
    waiting = list("\xe0PHX\x00I")
    console = types.SimpleNamespace(kbhit=lambda: bool(waiting), getwch=lambda: waiting.pop(0))
    monkeypatch.setitem(sys.modules, "msvcrt", console)
    monkeypatch.setitem(sys.modules, "termios", None)
    monkeypatch.setattr(sys, "stdin", types.SimpleNamespace(isatty=lambda: True))
    keyboard = open_keyboard()
    with keyboard.modes():
        assert [keyboard.read(0.0) for _ in range(5)] == ["down", "h", "x", "page up", ""]
    waiting.append("\x03")
    with pytest.raises(KeyboardInterrupt):
        keyboard.read(0.0)
