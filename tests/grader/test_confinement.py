"""A confined worker reaches nothing but its own memory."""

from __future__ import annotations

import os
import platform
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.errors import IsolationError
from grader.model import Isolation, Limits, Module, Result
from grader.sandbox.client import Budget, Sandbox, StudentError
from grader.sandbox.levels import open_sandbox
from grader.suite.subject import Subject, control_of

if not sys.platform.startswith("linux"):
    pytest.skip("confinement is Linux's", allow_module_level=True)

from grader.sandbox.forked import ForkSandbox

LIMITS = Limits(call_seconds=20.0, topic_seconds=60.0)
HEAD = """
import ctypes, fcntl, os, resource, signal, socket, subprocess, sys, threading, time
import numpy as np

def checked(answer):
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")

def attack(folder="", file="", source="", package="", runner=0):
"""

# Name: the attack, a body that is given a folder, a file in it and the runner's process id. It raises, or gets through.
# Without confinement every one of these does get through, or it would prove nothing.
ATTACKS = {
    "read a file": "open(file).read()",
    "read the course": "open(source).read()",
    "read a package": "open(package).read()",
    "read /etc/passwd": "open('/etc/passwd').read()",
    "read its own environment": "open('/proc/self/environ', 'rb').read()",
    "read its own memory map": "open('/proc/self/maps').read()",
    "read the runner's command line": "open(f'/proc/{runner}/cmdline').read()",
    "read the runner's memory map": "open(f'/proc/{runner}/maps').read()",
    "open a device": "open('/dev/urandom', 'rb').read(1)",
    "list a folder": "os.listdir(folder)",
    "list the processes": "os.listdir('/proc')",
    "list its descriptors": "os.listdir('/proc/self/fd')",
    "change its folder": "os.chdir(folder)",
    "write a file": "open(folder + '/new', 'w').write('x')",
    "append to a file": "open(file, 'a').write('x')",
    "write shared memory": "open('/dev/shm/deepgrade-attack', 'w').close(); os.unlink('/dev/shm/deepgrade-attack')",
    "make a folder": "os.mkdir(folder + '/made')",
    "make a link": "os.symlink(file, folder + '/link')",
    "make a pipe with a name": "os.mkfifo(folder + '/pipe')",
    "rename a file": "os.rename(file, folder + '/renamed')",
    "delete a file": "os.unlink(file)",
    "change a file's mode": "os.chmod(file, 0o777)",
    "truncate a file": "os.truncate(file, 0)",
    "make a file in memory": "os.memfd_create('x')",
    "open a socket": "socket.socket(socket.AF_INET).close()",
    "open a local socket": "socket.socket(socket.AF_UNIX).close()",
    "open a pair of sockets": "socket.socketpair()",
    "open a pipe": "os.pipe()",
    "fork": "pid = os.fork(); os._exit(0) if pid == 0 else os.waitpid(pid, 0)",
    "spawn": "os.waitpid(os.posix_spawn('/bin/true', ['true'], {}), 0)",
    "run a program": "subprocess.run(['/bin/true'], check=True)",
    "run a shell": "assert os.system('true') == 0",
    "become a program": "os.execv('/bin/true', ['true'])",
    "start a thread": "thread = threading.Thread(target=int); thread.start(); thread.join()",
    "signal the runner": "os.kill(runner, 0)",
    "signal its parent": "os.kill(os.getppid(), 0)",
    "signal itself": "os.kill(os.getpid(), 0)",
    "set an alarm": "signal.setitimer(signal.ITIMER_REAL, 0.0)",
    "get a handle on the runner": "os.pidfd_open(runner)",
    "raise a limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
    "leave its cores": "os.sched_setaffinity(0, os.sched_getaffinity(0))",
    "be less nice": "os.setpriority(os.PRIO_PROCESS, 0, 5)",
    "take another group's rights": "os.setgroups(os.getgroups()) if os.getuid() == 0 else os.setuid(os.getuid())",
    "lock a file": "fcntl.flock(0, fcntl.LOCK_SH)",
    "ask for signals": "fcntl.fcntl(0, fcntl.F_SETOWN, os.getpid())",
    "be traced": "checked(ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0))",
    "rename its process": "checked(ctypes.CDLL(None, use_errno=True).prctl(15, b'x', 0, 0, 0))",
}

# All other attacks are told to be forbidden.
TOLD_OTHERWISE = {
    "run a shell": "AssertionError",
    "start a thread": "RuntimeError: can't start new thread",
    "raise a limit": "ValueError: not allowed to raise maximum limit",
}

# System calls by number on x86_64. What they do without confinement depends on the machine.
_NUMBERS = """
ptrace 101 process_vm_readv 310 process_vm_writev 311 kill 62 tgkill 234 tkill 200 socket 41 connect 42
sendmsg 46 recvmsg 47 sendto 44 accept 43 bind 49 clone 56 fork 57 vfork 58 clone3 435 execve 59 execveat 322
unshare 272 setns 308 io_uring_setup 425 bpf 321 userfaultfd 323 perf_event_open 298 keyctl 250 add_key 248
shmget 29 msgget 68 semget 64 mq_open 240 inotify_init 253 memfd_create 319 splice 275 mount 165 chroot 161
pivot_root 155 open_by_handle_at 304 name_to_handle_at 303 openat2 437 prctl 157 seccomp 317 personality 135
setrlimit 160 pidfd_getfd 438 eventfd 284 timerfd_create 283 pipe 22 dup2 33 sendfile 40 mlockall 151
modify_ldt 154 prlimit64 302
"""
SYSTEM_CALLS = dict(re.findall(r"(\w+) (\d+)", _NUMBERS))


@pytest.fixture(scope="module")
def confined() -> Iterator[Sandbox]:
    try:
        sandbox = open_sandbox(Isolation.FULL, LIMITS)
    except IsolationError as error:
        pytest.skip(str(error))
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def unconfined() -> Iterator[Sandbox]:
    sandbox = ForkSandbox(LIMITS, layers=())
    yield sandbox
    sandbox.close()


def outcome_of(sandbox: Sandbox, body: str, *args: Any) -> Any:
    """What a function with this body returns in a worker, or the StudentError that it ends in."""
    source = HEAD + textwrap.indent(textwrap.dedent(body), "    ") + "\n    return 'got through'\n"
    module = Module(topic="work", filename="work.py", source=source.encode())
    subject = Subject(module, lambda: sandbox.open(LIMITS), LIMITS, Budget(60.0))
    try:
        return subject.attack(*args)
    except StudentError as error:
        return error
    finally:
        control_of(subject).close()


@pytest.fixture
def targets(tmp_path: Path) -> tuple[str, str, str, str, int]:
    """What an attack is given."""
    file = tmp_path / "file"
    file.write_text("secret", "utf-8")
    return str(tmp_path), str(file), __file__, pytest.__file__, os.getpid()


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_when_confined_is_held(confined, targets, attack):
    folder = Path(targets[0])
    outcome = outcome_of(confined, ATTACKS[attack], *targets)
    assert isinstance(outcome, StudentError)
    told = TOLD_OTHERWISE.get(attack)
    assert (outcome.result is Result.FORBIDDEN) if told is None else outcome.message == told
    assert outcome.frames[0][1] == "attack"
    assert [path.name for path in folder.iterdir()] == ["file"]
    assert (folder / "file").read_text("utf-8") == "secret"


# The kernel gives the files of a process that cannot be dumped to root, and a worker is one, confined or not.
NOT_DUMPABLE = {"read its own environment"} if os.getuid() != 0 else set()


@pytest.mark.parametrize("attack", sorted(ATTACKS.keys() - {"become a program"} - NOT_DUMPABLE))
def test_attack_when_not_confined_gets_through(unconfined, targets, attack):
    assert outcome_of(unconfined, ATTACKS[attack], *targets) == "got through"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are x86_64's")
@pytest.mark.parametrize("name", SYSTEM_CALLS)
def test_system_call_when_confined_is_refused(confined, name):
    body = f"""
        libc = ctypes.CDLL(None, use_errno=True)
        page = ctypes.create_string_buffer(4096)
        answer = libc.syscall({SYSTEM_CALLS[name]}, 0, 0, page, 0, 0, 0)
        return answer, ctypes.get_errno()
    """
    assert outcome_of(confined, body) == (-1, 1)  # EPERM


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x86_64 has a second table")
def test_system_call_of_another_table_ends_the_worker(confined):
    outcome = outcome_of(confined, "ctypes.CDLL(None).syscall(0x40000000 + 39)")
    assert outcome.result is Result.CRASHED
    assert "SIGSYS" in outcome.message


def test_descriptors_when_confined_are_the_connection_and_nothing(confined):
    body = """
        import stat
        found = {}
        for descriptor in range(1024):
            try:
                mode = os.fstat(descriptor).st_mode
            except OSError:
                continue
            found[descriptor] = "socket" if stat.S_ISSOCK(mode) else "device" if stat.S_ISCHR(mode) else "other"
        return found
    """
    found = outcome_of(confined, body)
    assert [found.pop(descriptor) for descriptor in (0, 1, 2)] == ["device"] * 3
    assert list(found.values()) == ["socket"]


def test_standard_streams_when_confined_lead_nowhere(confined):
    assert outcome_of(confined, "return os.read(0, 10), os.write(1, b'x'), os.write(2, b'x')") == (b"", 1, 1)


def test_streams_are_shared_with_no_other_worker(unconfined):
    flags = "return [fcntl.fcntl(stream, fcntl.F_GETFL) for stream in range(3)]"
    before = outcome_of(unconfined, flags)
    change = "[fcntl.fcntl(stream, fcntl.F_SETFL, os.O_NONBLOCK | os.O_APPEND) for stream in range(3)]; "
    assert outcome_of(unconfined, change + flags) != before
    assert outcome_of(unconfined, flags) == before


def test_environment_when_confined_tells_nothing(monkeypatch):
    monkeypatch.setenv("DEEPGRADE_SECRET", "opensesame")
    body = """
        known = [dict(os.environ), sys.argv, sys.orig_argv, sys.path, os.getcwd()]
        modules = [getattr(module, "__file__", None) for name, module in sys.modules.items() if "grader" in name]
        return repr(known), repr(modules)
    """
    sandbox = ForkSandbox(LIMITS)
    try:
        known, modules = outcome_of(sandbox, body)
    finally:
        sandbox.close()
    assert "opensesame" not in known
    assert str(Path(__file__).parents[2] / "grader") not in known + modules
    assert "work.py" in modules or "None" in modules


@pytest.mark.parametrize(
    "expression",
    [
        "np.linalg.svd(np.ones((50, 50)))[1].shape == (50,)",
        "np.linalg.solve(np.eye(3), np.ones(3)).sum() == 3.0",
        "(np.ones((300, 300)) @ np.ones((300, 300)))[0, 0] == 300.0",
        "np.einsum('ij,jk->ik', np.ones((3, 4)), np.ones((4, 2))).shape == (3, 2)",
        "np.fft.fft(np.ones(8))[0] == 8",
        "np.random.default_rng().normal(size=3).shape == (3,)",
        "np.random.default_rng(1).permutation(10).sum() == 45",
        "[np.random.seed(1), np.random.rand(3)][1].shape == (3,)",
        "np.ones((5000, 5000)).nbytes == 200_000_000",
        "len(__import__('random').sample(range(9), 3)) == 3",
        "__import__('time').sleep(0.001) is None and time.perf_counter() > 0",
        "__import__('datetime').datetime.now().year > 2000",
        "__import__('csv').QUOTE_ALL == 1",
        "__import__('json').loads('[1]') == [1]",
        "__import__('dataclasses').dataclass is not None",
        "__import__('concurrent.futures').futures is not None",
        "__import__('decimal').Decimal('0.1') + 1 == __import__('decimal').Decimal('1.1')",
        "len(os.urandom(4)) == 4",
        "os.getpid() > 0",
        "__import__('copy').deepcopy([np.ones(2)])[0].sum() == 2.0",
    ],
)
def test_computing_when_confined_goes_on(confined, expression):
    assert outcome_of(confined, f"return bool({expression})") is True
