"""A student's commands where there is nothing of POSIX: its modules cannot be imported, its functions are not there.

No Windows and no macOS can be had here. So a Linux Python plays one: what neither of them shares with Linux is taken
away before the grader is loaded, and workers are processes of their own, as there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile

import pytest
from conftest import grade_environment
from grading import RIGHT, WALKS

# The standard library is loaded before, for Linux; what is loaded afterwards believes that this is another system.
ELSEWHERE = """
import asyncio, ctypes.util, importlib.metadata, os, pathlib, platform, select, selectors, shutil, signal, socket
import subprocess, sys, sysconfig, tempfile, types, zipfile, zoneinfo

subprocess.signal = types.SimpleNamespace(**vars(signal))  # it ends processes in another way there

for name in ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp", "syslog", "readline", "curses"):
    sys.modules[name] = None
GONE = {
    os: "fork forkpty setsid getuid geteuid getgid killpg waitpid_ O_NOFOLLOW O_DIRECTORY O_NONBLOCK O_NOCTTY uname "
    "pidfd_open sched_getaffinity fchmod fchown mkfifo",
    signal: "SIGKILL SIGHUP SIGTSTP SIGCONT SIGALRM SIGUSR1 SIGPIPE alarm setitimer pidfd_send_signal pthread_sigmask",
    socket: "AF_UNIX send_fds recv_fds SOCK_SEQPACKET",
    select: "poll epoll",
}
for module, names in GONE.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)
os.supports_dir_fd = os.supports_fd = os.supports_follow_symlinks = set()
sys.platform = "elsewhere"

from grader.cli.main import main
main(sys.argv[1:])
"""


@pytest.fixture
def kit(toy_kit, tmp_path):
    return shutil.copytree(toy_kit, tmp_path / "我的 kit")


@pytest.fixture
def elsewhere(kit):
    def run(*arguments, **environment):
        return subprocess.run(
            [sys.executable, "-c", ELSEWHERE, *arguments],
            cwd=kit,
            env={**grade_environment(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=120,
        )

    return run


def write(kit, **modules):
    for topic, text in modules.items():
        (kit / "exercises" / f"{topic}.py").write_text(text, "utf-8")


def test_commands_of_a_student_work_without_posix(elsewhere, kit):
    write(kit, double=RIGHT.replace("2.0 * x", "x + x + x"))
    done = elsewhere("check")
    assert (done.returncode, done.stderr) == (1, "")
    assert "These are the numbers of three times x." in done.stdout
    assert "hint 1 of" in elsewhere("hint", "double").stdout
    write(kit, double=RIGHT, walk=WALKS)
    assert json.loads(elsewhere("next", "--json").stdout)["done"] == 2
    assert elsewhere("pack").returncode == 0
    assert zipfile.ZipFile(kit / "hand-in.zip").namelist() == ["double.py", "walk.py"]
    for command in ("check", "hint", "next", "pack", "plot"):
        assert elsewhere(command, "--help").returncode == 0


def test_worker_that_ends_itself_or_never_ends_is_no_bug_without_posix(elsewhere, kit):
    write(kit, double="import os\n\n\ndef double(x):\n    os._exit(3)\n", walk="while True:\n    pass\n")
    done = elsewhere("check")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Python ended itself in the middle of this call (exit code 3)." in done.stdout
    assert "No answer after 0.5 seconds." in done.stdout


def test_watch_works_without_posix(elsewhere, kit):
    child = subprocess.Popen(
        [sys.executable, "-u", "-c", ELSEWHERE, "check", "--watch", "double"],
        cwd=kit,
        env=grade_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        assert any("No keys here" in line for line in child.stdout)
        write(kit, double=RIGHT)
        assert any("Solved: double.py" in line for line in child.stdout)
    finally:
        child.kill()
        child.communicate()
