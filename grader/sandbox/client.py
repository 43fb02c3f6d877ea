"""Calls to student code, as the trusted side sees them: a value, or a StudentError that says what happened."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

import msgspec

from grader.model import Limits, Result
from grader.sandbox import wire

Reply = wire.Value | wire.Raised
AnswerQuestion = Callable[[wire.Ask, bytes], tuple[wire.Answer | wire.Refuse, bytes]]


class StudentError(Exception):
    """Student code did not do what was asked. Costs the test its points."""

    def __init__(
        self, result: Result, message: str, frames: tuple[tuple[int, str, str], ...] = (), output: str = ""
    ) -> None:
        super().__init__(message)
        self.result = result
        self.message = message
        self.frames = frames
        """Line number, function and text of the student's own lines, outermost first."""
        self.output = output


class Link(Protocol):
    """A live worker."""

    layers: tuple[str, ...]
    """Of confinement that are in force."""
    alive: bool
    """Whether it can be asked."""

    def transact(
        self, request: wire.Request, blob: bytes, answer: AnswerQuestion, seconds: float
    ) -> tuple[Reply, bytes]:
        """Ask the worker and answer its questions, for at most so many seconds.

        Raises:
            StudentError: if there is no reply to be had; the worker is gone then.
        """

    def close(self) -> object:
        """End the worker."""


class Sandbox(Protocol):
    """Makes workers."""

    def open(self, limits: Limits) -> Link:
        """A new worker that has loaded nothing yet."""

    def close(self) -> None:
        """End everything that it has started."""


class Remote:
    """An object or function of the student's that stays in the worker; it only answers calls."""

    def __init__(self, client: Client, handle: wire.Handle) -> None:
        self._client = client
        self._handle = handle

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Method(self._client, self._handle.id, name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it, if it is a function."""
        return self._client.call(self._handle.id, "", args, kwargs)

    def get(self, name: str) -> Any:
        """The value of an attribute."""
        return self._client.get(self._handle.id, name)

    def __repr__(self) -> str:
        kind = "function" if self._handle.function else "object"
        return f"<{kind} {self._handle.label}>"


class _Method:
    def __init__(self, client: Client, target: int, name: str) -> None:
        self._client = client
        self._target = target
        self._name = name

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self._client.call(self._target, self._name, args, kwargs)


class Budget:
    """Seconds that a topic may still use; the last of them may belong to the submission as a whole."""

    def __init__(self, seconds: float, parent: Budget | None = None) -> None:
        self._seconds = seconds
        self._parent = parent

    def left(self) -> float:
        """Seconds that may still be used."""
        return min(self._seconds, self._parent.left()) if self._parent else self._seconds

    def spend(self, seconds: float) -> None:
        """Take some away, here and from the submission."""
        self._seconds -= seconds
        if self._parent:
            self._parent.spend(seconds)


class Client:
    """Speaks with one worker about one module."""

    def __init__(self, link: Link, limits: Limits, budget: Budget) -> None:
        """Speak over a link.

        Args:
            link: to a worker that has loaded nothing yet.
            limits: of one call.
            budget: what the topic and the submission may still use.
        """
        self._link = link
        self._limits = limits
        self._budget = budget
        self._functions: dict[int, Callable[..., Any]] = {}
        self._asked = 0
        self.changed: list[str] = []
        """Arguments that calls have changed in place, in order; a test starts with an empty list."""
        self.output: list[str] = []
        """What was printed, one entry a call; a test starts with an empty list."""
        self.transcript: list[Any] = []
        """What the calls returned; a test starts with an empty list."""

    def load(self, name: str, filename: str, source: bytes) -> None:
        """Execute a module in the worker."""
        self._transact(wire.Load(name, filename, source, self._limits.output_kb * 1024), b"")

    def call(self, target: int, name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        """Call a function or method; target 0 is the module."""
        self._functions.clear()
        payload, blob = wire.pack((args, kwargs), self._keep, generators=True)
        value = self._transact(wire.Call(target, name, payload), blob)
        self.transcript.append(value)
        return value

    def get(self, target: int, name: str) -> Any:
        """Read an attribute."""
        value = self._transact(wire.Get(target, name), b"")
        self.transcript.append(value)
        return value

    @property
    def alive(self) -> bool:
        """Whether the worker can be asked; one that did not answer in time is gone."""
        return self._link.alive

    def start_test(self) -> None:
        """Forget what the last test has left."""
        self.changed, self.output, self.transcript = [], [], []

    def close(self) -> None:
        """End the worker."""
        self._link.close()

    def _keep(self, function: object) -> wire.Handle:
        if not callable(function):
            raise TypeError(f"a suite cannot hand {type(function).__name__} to a student's function")
        number = len(self._functions)
        self._functions[number] = function
        return wire.Handle(number, True, getattr(function, "__name__", "function"))

    def _take(self, handle: wire.Handle) -> Remote:
        return Remote(self, handle)

    def _transact(self, request: wire.Request, blob: bytes) -> Any:
        self._asked = 0
        seconds = min(self._limits.call_seconds, self._budget.left())
        if seconds <= 0:
            raise StudentError(Result.TIMEOUT, "The time for this topic was used up before this call.")
        started = time.monotonic()
        try:
            reply, data = self._link.transact(request, blob, self._answer, seconds)
        finally:
            self._budget.spend(time.monotonic() - started)
        self.output.append(reply.output[: self._limits.output_kb * 1024])
        if isinstance(reply, wire.Raised):
            raise _student_error(reply, self._limits)
        self.changed += [name[:100] for name in reply.changed]
        return self._value(reply.payload, data)

    def _value(self, payload: msgspec.Raw, data: bytes) -> Any:
        try:
            return wire.unpack(payload, data, self._take)
        except wire.WireError as error:
            raise StudentError(Result.WRONG_TYPE, f"{error}.".capitalize()) from None

    def _answer(self, question: wire.Ask, blob: bytes) -> tuple[wire.Answer | wire.Refuse, bytes]:
        """Call a function of the suite's for the student."""
        self._asked += 1
        if self._asked > self._limits.callbacks:
            raise StudentError(
                Result.TIMEOUT, f"The function that was handed in was called more than {self._limits.callbacks} times."
            )
        function = self._functions.get(question.function)
        if function is None:
            return wire.Refuse("there is no such function"), b""
        args, kwargs = self._value(question.payload, blob)
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            name = getattr(function, "__name__", "function")
            return wire.Refuse(f"{name}() did not accept its argument: {type(error).__name__}: {error}"[:300]), b""
        payload, data = wire.pack(result, self._keep)
        return wire.Answer(payload), data


def _student_error(raised: wire.Raised, limits: Limits) -> StudentError:
    known = {result.value for result in Result} - {Result.PASSED, Result.NOT_GRADED}
    result = Result(raised.kind) if raised.kind in known else Result.EXCEPTION
    frames = tuple((line, name[:100], text[:200]) for line, name, text in raised.frames[:8])
    message = raised.message[:500]
    if result is Result.MEMORY:
        message = f"More than {limits.memory_mb} MB of memory was asked for. {message}"
    return StudentError(result, message, frames, raised.output)
