"""Layers are reported as they are, isolation is refused where one lacks, and no process outlives its sandbox."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from grader.errors import IsolationError
from grader.model import Isolation, Limits, Module, Result
from grader.sandbox import levels
from grader.sandbox.client import Budget, Client, StudentError
from grader.sandbox.doctor import examine, level
from grader.sandbox.layers import LAYERS, NEEDS
from grader.sandbox.levels import missing_layers, open_sandbox
from grader.sandbox.portable import ProcessSandbox
from grader.sandbox.remote import WorkerLostError
from grader.suite.subject import Subject, control_of

LIMITS = Limits(call_seconds=20.0, topic_seconds=60.0)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="confinement is Linux's")


def processes() -> dict[int, tuple[int, str]]:
    """Parent and state of every process."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text("utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            found[int(entry.name)] = (int(fields[1]), fields[0])
    return found


def descendants(of: int) -> set[int]:
    """The processes that this one has started, and those that they have."""
    known = processes()
    found = {of}
    while more := {pid for pid, (parent, _) in known.items() if parent in found} - found:
        found |= more
    return found - {of}


def runs(pid: int) -> bool:
    return processes().get(pid, (0, "Z"))[1] not in "ZX"


def until(condition: Callable[[], bool]) -> bool:
    """Wait for something that is bound to happen."""
    for _ in range(1000):
        if condition():
            return True
        time.sleep(0.01)
    return False


@pytest.fixture
def forked() -> Iterator[Callable[..., tuple]]:
    """Starts a sandbox; tells it and its zygote's process."""
    from grader.sandbox.forked import ForkSandbox

    started = []

    def start(**options):
        before = descendants(os.getpid())
        sandbox = ForkSandbox(LIMITS, **options)
        started.append(sandbox)
        [zygote] = descendants(os.getpid()) - before
        return sandbox, zygote

    yield start
    for sandbox in started:
        sandbox.close()


def loaded(sandbox, source: bytes) -> Client:
    client = Client(sandbox.open(LIMITS), LIMITS, Budget(60.0))
    client.load("work", "work.py", source)
    return client


@linux
@pytest.mark.parametrize("lacking", LAYERS[1:])
def test_a_layer_that_is_not_put_on_is_reported_as_missing(forked, lacking):
    sandbox, _ = forked(layers=[layer for layer in LAYERS if layer != lacking])
    full, _ = forked()
    missing = missing_layers(full, LIMITS)
    assert missing_layers(sandbox, LIMITS) == tuple(layer for layer in LAYERS if layer in {lacking, *missing})


@linux
def test_layers_that_the_kernel_refuses_are_not_claimed():
    import subprocess

    code = (
        "from grader.sandbox.confine import Plan, confine\n"
        "from grader.sandbox.layers import LAYERS\n"
        "print(confine(Plan(layers=LAYERS, inherited=(), ruleset=0, filter_program=b'nonsense')))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.strip() == "()"


@linux
def test_full_isolation_when_a_layer_is_missing_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(levels, "LAYERS", (*LAYERS, "moat"))
    monkeypatch.setattr(levels, "NEEDS", {**NEEDS, "moat": "water"})
    before = descendants(os.getpid())
    with pytest.raises(IsolationError) as caught:
        open_sandbox(Isolation.FULL, LIMITS)
    assert "moat missing" in caught.value.problem
    assert "moat needs water" in caught.value.remedy
    assert "--isolation partial" in caught.value.remedy
    assert descendants(os.getpid()) <= before
    open_sandbox(Isolation.PARTIAL, LIMITS).close()


def test_full_isolation_elsewhere_than_on_linux_is_refused(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(IsolationError, match="needs Linux; this is darwin"):
        open_sandbox(Isolation.FULL, LIMITS)
    assert isinstance(open_sandbox(Isolation.PARTIAL, LIMITS), ProcessSandbox)
    assert examine(LIMITS) == ()


def test_no_isolation_is_a_process_of_its_own():
    sandbox = open_sandbox(Isolation.NONE, LIMITS)
    link = sandbox.open(LIMITS)
    link.close()
    assert isinstance(sandbox, ProcessSandbox)
    assert link.layers == ("process",)


@linux
def test_doctor_tries_every_layer_and_finds_what_a_worker_reports():
    findings = examine(LIMITS)
    assert tuple(dict.fromkeys(finding.layer for finding in findings)) == LAYERS
    sandbox = open_sandbox(Isolation.PARTIAL, LIMITS)
    missing = missing_layers(sandbox, LIMITS)
    sandbox.close()
    assert {finding.layer for finding in findings if not finding.held} == set(missing)
    assert (level(findings) is Isolation.FULL) == (not missing)
    assert all(finding.detail and finding.attempt for finding in findings)


@linux
def test_isolation_level_when_an_attempt_succeeds_is_partial():
    findings = examine(LIMITS)
    for position, finding in enumerate(findings):
        broken = msgspec.structs.replace(finding, held=False)
        assert level((*findings[:position], broken, *findings[position + 1 :])) is Isolation.PARTIAL
    assert level(tuple(msgspec.structs.replace(finding, held=False) for finding in findings)) is Isolation.NONE
    assert level(()) is Isolation.NONE


@linux
@pytest.mark.parametrize("layers", [LAYERS, ()], ids=["confined", "not confined"])
def test_a_zygote_that_is_killed_is_replaced(forked, layers):
    sandbox, zygote = forked(layers=layers)
    first = sandbox.open(LIMITS)
    os.kill(zygote, signal.SIGKILL)
    client = loaded(sandbox, b"def f(): return 5")
    assert client.call(0, "f", (), {}) == 5
    client.close()
    first.close()
    assert not runs(zygote)


@linux
def test_a_worker_dies_with_its_zygote_and_it_is_not_the_students_failure(forked):
    sandbox, zygote = forked()
    client = loaded(sandbox, b"def f(g):\n    g()\n    while True: pass")
    [worker] = descendants(zygote)
    with pytest.raises(WorkerLostError):
        client.call(0, "f", (lambda: os.kill(zygote, signal.SIGKILL),), {})
    assert until(lambda: not runs(worker))


@linux
def test_closing_the_sandbox_leaves_no_process(forked):
    sandbox, zygote = forked()
    busy = loaded(sandbox, b"def f(g):\n    g()\n    while True: pass")
    idle = [sandbox.open(LIMITS) for _ in range(3)]
    started = descendants(zygote) | {zygote}
    assert len(started) == 5

    def stop():
        sandbox.close()

    with pytest.raises((WorkerLostError, StudentError)):
        busy.call(0, "f", (stop,), {})
    assert until(lambda: not any(runs(pid) for pid in started))
    for link in idle:
        link.close()


@linux
def test_a_closed_worker_is_gone_at_once_and_leaves_no_zombie(forked):
    sandbox, zygote = forked()
    for _ in range(20):
        client = loaded(sandbox, b"def f(): return 1")
        assert client.call(0, "f", (), {}) == 1
        client.close()
    assert descendants(zygote) == set()
    descriptors = len(os.listdir("/proc/self/fd"))
    for _ in range(5):
        sandbox.open(LIMITS).close()
    assert len(os.listdir("/proc/self/fd")) == descriptors


@linux
def test_a_portable_worker_leaves_no_process():
    sandbox = ProcessSandbox()
    before = descendants(os.getpid())
    client = loaded(sandbox, b"def f(): return 1")
    [worker] = descendants(os.getpid()) - before
    client.close()
    assert not runs(worker)


@linux
def test_the_kernel_says_of_a_worker_what_the_worker_says(forked):
    """Seen from outside, where nothing that the worker's side claims is believed."""
    from grader.sandbox.start import minimal_environment

    sandbox, zygote = forked()
    client = loaded(sandbox, b"def f(): return 1")
    [worker] = descendants(zygote)
    lines = Path(f"/proc/{worker}/status").read_text("utf-8").splitlines()
    status = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    held = {name: int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")}
    assert held == dict.fromkeys(held, 0)
    assert os.getuid() != 0 or int(status["CapBnd"], 16) == 0
    assert (status["NoNewPrivs"], status["Seccomp"], status["Threads"]) == ("1", "2", "1")
    fields = Path(f"/proc/{worker}/stat").read_text("utf-8").rpartition(")")[2].split()
    assert int(fields[3]) == worker  # a session of its own
    limits = Path(f"/proc/{worker}/limits").read_text("utf-8")
    for name, most in (("core file size", 0), ("file size", 0), ("open files", 16), ("locked memory", 0)):
        assert re.search(rf"^Max {name} +{most} +{most} ", limits, re.MULTILINE), name
    assert re.search(rf"^Max address space +{LIMITS.memory_mb << 20} ", limits, re.MULTILINE)
    # Of a process that cannot be dumped, only root sees more, and in a container not even root.
    with contextlib.suppress(PermissionError):
        leads = sorted(os.readlink(entry) for entry in Path(f"/proc/{worker}/fd").iterdir())
        assert leads[:3] == ["/dev/null"] * 3
        assert [lead.partition(":")[0] for lead in leads[3:]] == ["socket"]
        given = Path(f"/proc/{worker}/environ").read_text("utf-8").split("\0")  # as the zygote was started; unset since
        assert {name.partition("=")[0] for name in given if name} <= {*minimal_environment(), "LD_LIBRARY_PATH"}
    client.close()


@linux
def test_workers_share_nothing_with_each_other(forked):
    sandbox, _ = forked()
    source = b"import numpy as np\n\ndef spoil():\n    np.sum = None\n    np.pi = 3\n\ndef pi():\n    return np.pi"
    one, other = loaded(sandbox, source), loaded(sandbox, source)
    one.call(0, "spoil", (), {})
    third = loaded(sandbox, source)
    assert [client.call(0, "pi", (), {}) for client in (one, other, third)] == [
        3,
        pytest.approx(3.14159),
        pytest.approx(3.14159),
    ]
    for client in (one, other, third):
        client.close()


def test_a_module_that_could_not_be_read_needs_no_worker():
    module = Module(topic="work", filename="work.py", source=b"", problem="work.py is a folder.")

    def no_worker():
        raise AssertionError("a worker was opened")

    subject = Subject(module, no_worker, LIMITS, Budget(60.0))
    for _ in range(2):
        with pytest.raises(StudentError, match=r"work\.py is a folder") as caught:
            subject.f()
        assert caught.value.result is Result.EXCEPTION
        control_of(subject).start_test()
    denied = Subject(msgspec.structs.replace(module, denied=True), no_worker, LIMITS, Budget(60.0))
    with pytest.raises(StudentError) as caught:
        denied.f()
    assert caught.value.result is Result.NOT_GRADED
