"""A runner: a trusted process with one pytest session, one zygote, and jobs that come over a pipe."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import msgspec

from grader.batch.terms import Terms
from grader.course import load_course
from grader.errors import GraderError
from grader.model import Outcome, SuiteKind
from grader.sandbox.levels import open_sandbox
from grader.suite.bench import Bench
from grader.suite.session import Job, grade


class Graded(msgspec.Struct, tag=True, frozen=True):
    """One topic of the job is done."""

    topic: str
    outcomes: tuple[Outcome, ...]


class Done(msgspec.Struct, tag=True, frozen=True):
    """The job is done; the runner waits for the next one."""


class Failed(msgspec.Struct, tag=True, frozen=True):
    """The runner cannot go on."""

    problem: str
    remedy: str
    exit_code: int


Message = Graded | Done | Failed

encode = msgspec.msgpack.Encoder().encode
decode_job = msgspec.msgpack.Decoder(Job).decode
decode_message: Callable[[bytes], Message] = msgspec.msgpack.Decoder(Message).decode


def serve(connection: Connection, terms: Terms, core: int | None = None) -> None:
    """Grade jobs until the coordinator closes the pipe. The body of the process.

    Args:
        connection: jobs come in, messages go out.
        terms: of the batch.
        core: to keep to, with all workers. A runner and its worker take turns, some thousand times a submission, and
            a turn on the same core costs a third less.
    """
    if core is not None:
        with contextlib.suppress(OSError):  # it may have been taken away meanwhile
            os.sched_setaffinity(0, {core})
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the coordinator decides when to stop
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            _serve(connection, terms)
        except GraderError as error:
            connection.send_bytes(encode(Failed(error.problem, error.remedy, error.exit_code)))


def _serve(connection: Connection, terms: Terms) -> None:
    course = load_course(Path(terms.root))

    def jobs() -> Iterator[Job]:
        connection.send_bytes(encode(Done()))
        while True:
            try:
                job = decode_job(connection.recv_bytes())
            except EOFError:
                return
            yield job
            connection.send_bytes(encode(Done()))

    def deliver(_: Job, topic: str, outcomes: tuple[Outcome, ...]) -> None:
        connection.send_bytes(encode(Graded(topic, outcomes)))

    bench = Bench(
        course, SuiteKind.HIDDEN, open_sandbox(terms.isolation, course.limits), seed=terms.seed, remember=True
    )
    try:
        grade(bench, terms.topics, jobs(), deliver)
    finally:
        bench.close()
