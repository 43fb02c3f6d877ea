"""What the trusted side of the sandbox does when workers are lost, lie about time, or send too much."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import time
import weakref
from collections.abc import Iterator

import pytest

from grader.errors import GraderError
from grader.model import Limits, Module, Result
from grader.sandbox import wire
from grader.sandbox.client import Allowance, Budget, StudentError
from grader.sandbox.layers import LAYERS
from grader.sandbox.local import LocalLink
from grader.sandbox.remote import Ending, RemoteLink, WorkerLostError
from grader.suite.subject import Subject, control_of

if not sys.platform.startswith("linux"):
    pytest.skip("workers are forked on Linux only", allow_module_level=True)

from grader.sandbox.forked import ForkSandbox

LIMITS = Limits(call_seconds=20.0, topic_seconds=60.0, message_mb=1)
SOURCE = b"""
import time
import numpy as np
def ready(say):
    say(1)
    time.sleep(30)
def large():
    return np.zeros(130_000)
def many():
    return [{}] * 100_000
def ask(function):
    class Thing:
        def sin(self):
            return 1.0
    return function(Thing())
def quit(say):
    import os
    os._exit(137)
class Thing:
    pass
"""


@pytest.fixture
def sandbox() -> Iterator[ForkSandbox]:
    made = ForkSandbox(LIMITS)
    yield made
    made.close()


def subject_of(sandbox: ForkSandbox) -> Subject:
    module = Module(topic="work", filename="work.py", source=SOURCE)
    return Subject(module, lambda: sandbox.open(LIMITS), LIMITS, Budget(60.0))


def killed_in_a_call(subject: Subject, process: int) -> None:
    """Call a function, and kill a process once the call is under way."""

    def say(_: object) -> None:
        threading.Timer(0.05, os.kill, (process, signal.SIGKILL)).start()

    subject.ready(say)


@pytest.mark.parametrize("victim", ["worker", "zygote"])
def test_a_process_killed_from_outside_is_the_graders_failure(sandbox: ForkSandbox, victim: str) -> None:
    subject = subject_of(sandbox)
    link = control_of(subject).client()._link
    process = link._process._pid if victim == "worker" else sandbox._zygote.process.pid  # type: ignore[attr-defined]
    with pytest.raises(WorkerLostError, match="killed from outside") as caught:
        killed_in_a_call(subject, process)
    assert isinstance(caught.value, GraderError)
    control_of(subject).start_test()
    assert subject.large().shape == (130_000,)  # a new worker, from a new zygote if need be
    control_of(subject).close()


def test_a_worker_that_ends_itself_is_the_students_failure(sandbox: ForkSandbox) -> None:
    with pytest.raises(StudentError, match="exit code 137") as caught:
        subject_of(sandbox).quit(None)
    assert caught.value.result is Result.CRASHED


def test_no_worker_without_the_layers_that_are_required_sees_student_code() -> None:
    sandbox = ForkSandbox(LIMITS, layers=("no_new_privs", "rlimits"))
    try:
        sandbox.open(LIMITS).close()
        sandbox.require(LAYERS)
        with pytest.raises(WorkerLostError, match=r"not confined as it must be: .*seccomp missing"):
            sandbox.open(LIMITS)
    finally:
        sandbox.close()


@pytest.mark.parametrize("function", ["large", "many"])
def test_the_answers_of_one_test_are_bounded_taken_together(sandbox: ForkSandbox, function: str) -> None:
    subject = subject_of(sandbox)
    control_of(subject).client()

    def ask_until_refused() -> int:
        control_of(subject).start_test()
        for count in range(100):
            try:
                getattr(subject, function)()
            except StudentError as error:
                assert error.result is Result.WRONG_SHAPE
                assert "too large taken together" in error.message
                return count
        raise AssertionError("never refused")

    assert ask_until_refused() == ask_until_refused() > 0
    control_of(subject).close()


def test_a_function_of_the_suite_cannot_call_back_into_student_code(sandbox: ForkSandbox) -> None:
    subject = subject_of(sandbox)
    with pytest.raises(StudentError, match="plain numbers and arrays are expected"):
        subject.ask(lambda thing: thing.sin())
    assert subject.large().shape == (130_000,)
    control_of(subject).close()


class Flood:
    """A channel on which there is always another question, so that nobody ever waits."""

    def __init__(self) -> None:
        payload, _ = wire.pack(((), {}), repr)  # type: ignore[arg-type]
        self._arrived = wire.frame(wire.Ready(()))
        self._question = wire.frame(wire.Ask(1, payload))

    def send(self, _data: bytes, _deadline: float) -> None:
        pass

    def receive(self, size: int, _deadline: float) -> bytes:
        while len(self._arrived) < size:
            self._arrived += self._question
        data, self._arrived = self._arrived[:size], self._arrived[size:]
        return data

    def close(self) -> None:
        pass


class Nobody:
    def end(self, _patience: float = 0.0) -> Ending:
        return Ending(0, by_us=True)


def test_questions_without_a_pause_do_not_stop_the_clock() -> None:
    link = RemoteLink(Flood(), Nobody(), LIMITS)

    def answer(*_: object) -> tuple[wire.Refuse, bytes]:
        return wire.Refuse("no"), b""

    with pytest.raises(StudentError) as caught:
        link.transact(wire.Get(0, "x"), b"", answer, Allowance(0.05, time.monotonic() + 0.05))
    assert caught.value.result is Result.TIMEOUT


def test_objects_of_the_reference_live_as_long_as_somebody_holds_them() -> None:
    module = Module(topic="work", filename="work.py", source=SOURCE)
    subject = Subject(module, LocalLink, LIMITS, Budget(60.0))
    kept, dropped = subject.Thing(), subject.Thing()
    host = control_of(subject).client()._link._host  # type: ignore[attr-defined]
    inside = [weakref.ref(host._objects[thing._handle.id]) for thing in (kept, dropped)]
    del dropped
    control_of(subject).start_test()
    gc.collect()
    assert [reference() is None for reference in inside] == [False, True]
    assert repr(subject.Thing()) == repr(kept) == "<object Thing>"
