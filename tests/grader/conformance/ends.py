"""What a worker does not survive, and the next test does not notice."""

from __future__ import annotations

import msgspec

from conformance.listing import ALIVE, Open, assert_lives, case, error_of, returning
from grader.model import Result
from grader.sandbox import wire
from grader.suite.subject import control_of


@case("process")
def packages_other_than_numpy_cannot_be_imported(open_module: Open) -> None:
    for name in ("pytest", "click", "scipy.stats", "keras", "other_topic", "pip"):
        for source in (f"import {name}", f"def alive(x):\n    import {name}\n    return x"):
            error = error_of(open_module(source).alive, 1)
            assert error.result is Result.FORBIDDEN, source
            top = name.partition(".")[0]
            assert error.message == f"{top} cannot be imported here: only NumPy and the standard library can."
            assert f"import {name}" in error.frames[-1][2]


@case("process")
def numpy_and_the_standard_library_can_be_imported(open_module: Open) -> None:
    names = "numpy.linalg numpy.random numpy.polynomial.chebyshev math csv queue heapq typing functools fractions ast"
    student = open_module("import " + ", ".join(names.split()) + ALIVE)
    assert student.alive(1) == 1


@case("process")
def a_loop_ends_when_time_is_up(open_module: Open) -> None:
    for loop in ("while True: pass", "import time; time.sleep(1000)", "(0,) * 10**6 in iter(int, 1)"):
        student = open_module(f"seen = []\ndef f():\n    seen.append(1)\n    {loop}\n" + ALIVE, call_seconds=0.4)
        error = error_of(student.f)
        assert error.result is Result.TIMEOUT
        assert error.message.startswith("No answer after 0.4 seconds. Is there a loop")
        assert error_of(student.alive, 1).message == "Python had stopped before this call."
        assert_lives(student)


@case("process")
def a_loop_at_import_is_tried_once(open_module: Open) -> None:
    student = open_module("while True:\n    pass" + ALIVE, call_seconds=0.4, topic_seconds=0.7)
    for _ in range(4):
        control_of(student).start_test()
        error = error_of(student.alive, 1)
        assert error.message.startswith("No answer after 0.4 seconds")


@case("process")
def time_that_is_used_up_stays_used_up(open_module: Open) -> None:
    student = open_module("def f():\n    while True: pass" + ALIVE, call_seconds=0.3, topic_seconds=0.4)
    for _ in range(2):
        assert error_of(student.f).result is Result.TIMEOUT
        control_of(student).start_test()
    error = error_of(student.alive, 1)
    assert (error.result, error.message) == (Result.TIMEOUT, "The time for this topic was used up before this call.")


@case("process")
def python_that_ends_itself_has_crashed(open_module: Open) -> None:
    student = open_module("import os\ndef f():\n    os._exit(3)" + ALIVE)
    error = error_of(student.f)
    assert error.result is Result.CRASHED
    assert "(exit code 3)" in error.message
    assert "os._exit()" in error.message
    assert_lives(student)
    assert error_of(open_module("import os\nos._exit(0)").f).result is Result.CRASHED


@case("process")
def a_signal_is_named(open_module: Open) -> None:
    for statement, signals in (
        ("os.abort()", ("SIGABRT", "SIGSEGV")),  # a confined worker may not signal even itself
        ("ctypes.string_at(1)", ("SIGSEGV",)),
    ):
        student = open_module(f"import ctypes, os\ndef f():\n    {statement}" + ALIVE)
        error = error_of(student.f)
        assert error.result is Result.CRASHED
        assert error.message in [f"Python stopped in the middle of this call ({name})." for name in signals]
        assert_lives(student)


@case("process")
def an_answer_that_is_too_large_is_refused(open_module: Open) -> None:
    student = open_module(returning("np.zeros(args[0])"), message_mb=1)
    assert student.f(131_000).shape == (131_000,)
    error = error_of(student.f, 132_000)
    assert error.result is Result.WRONG_SHAPE
    assert error.message == "The answer is larger than 1 MB. Is it an array of the wrong shape?"
    assert_lives(student)


@case("confined")
def memory_is_limited(open_module: Open) -> None:
    for expression in ("np.ones(1 << 28)", "np.zeros((10**6, 10**6))", "[0] * 10**10", "'x' * (1 << 31)"):
        student = open_module(returning(f"len({expression})"))
        error = error_of(student.f)
        assert error.result is Result.MEMORY, expression
        assert error.message.startswith("More than 1024 MB of memory was asked for.")
        assert_lives(student)


@case("process")
def a_worker_without_descriptors_has_crashed(open_module: Open) -> None:
    student = open_module("import os\ndef f():\n    os.closerange(0, 64)" + ALIVE)
    assert error_of(student.f).result is Result.CRASHED
    assert_lives(student)


FORGE = """
import os, stat

def f(message):
    for descriptor in range(3, 16):
        try:
            kind = os.fstat(descriptor).st_mode
            if stat.S_ISSOCK(kind) or stat.S_ISFIFO(kind):
                os.write(descriptor, message)
        except OSError:
            pass
    os._exit(0)

def g(function, message):
    f(message)
"""


@case("process")
def forged_messages_are_the_students_failure(open_module: Open) -> None:
    payload, _ = wire.pack(5, lambda value: value)
    unpackable = msgspec.Raw(msgspec.msgpack.encode(msgspec.msgpack.Ext(99, b"")))
    for message in (
        b"\xff" * 64,
        bytes(64),
        wire.HEADER.pack(3, 0) + b"abc",
        wire.frame(wire.Ready(("seccomp",))),
        wire.frame(wire.Value(unpackable, (), "")),
        wire.frame(wire.Raised("not_graded", "", (), "")),
        wire.frame(wire.Raised("passed", "", (), "")),
        *(wire.frame(wire.Ask(number, payload)) for number in (0, 5, -1)),
        wire.frame(wire.Ask(0, unpackable)),
        wire.frame(wire.Ask(0, wire.pack((1, 2, 3), lambda value: value)[0])),
        wire.frame(wire.Ask(0, wire.pack(((), 5), lambda value: value)[0])),
    ):
        student = open_module(FORGE + ALIVE, call_seconds=20.0)
        error = error_of(student.g, lambda x: x, message)
        assert error.result not in (Result.NOT_GRADED, Result.PASSED), message
        assert error.message or error.result is Result.EXCEPTION
