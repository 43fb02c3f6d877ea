"""Calls to student code, as the trusted side sees them: a value, or a StudentError that says what happened."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Collection
from typing import Any, NamedTuple, Protocol

import msgspec

from grader.model import Limits, Result
from grader.sandbox import wire
from grader.sandbox.tape import Heard, Track

_ANSWERS_PER_TEST = 32
"""Largest answers that the runner keeps in memory for one test."""
_CHANGED_IN_A_CALL = 100
"""Arguments that a call is believed to have changed: no suite hands over as many."""

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
        self.filename = ""
        """Of the module whose code it was."""
        self.cells: tuple[int, ...] = ()
        """As of a Module."""
        self.trusted = False
        """Whether that was a module of ours, so that the student may not be to blame."""


class Call(msgspec.Struct):
    """What a test asked for; kept to be shown beside what came of it."""

    target: int
    """Handle of the object that was asked; 0 is the module."""
    name: str
    """Of the function or method; empty where a function object was called."""
    args: tuple[object, ...]
    kwargs: dict[str, object]
    made: int = 0
    """Handle of the object that came back, if one did."""
    label: str = ""
    """What the object that came back is: the name of its class."""


class Allowance(NamedTuple):
    """How long a call may take."""

    seconds: float
    deadline: float
    """By `time.monotonic`."""


class Link(Protocol):
    """A live worker."""

    layers: tuple[str, ...]
    """Of confinement that are in force."""
    alive: bool
    """Whether it can be asked."""
    trusted: bool
    """Whether it only runs code of ours."""
    track: Track | None
    """What keeps, and plays, what is said."""

    def transact(
        self, request: wire.Request, blob: bytes, answer: AnswerQuestion, allowance: Allowance
    ) -> tuple[Reply, bytes]:
        """Ask the worker and answer its questions, for no longer than it is allowed.

        Raises:
            StudentError: if there is no reply to be had; the worker is gone then.
        """

    def exchange(self, said: bytes, allowance: Allowance) -> Heard:
        """Send a frame and take the next one, whatever it says; see RemoteLink."""

    def keep_only(self, handles: Collection[int]) -> None:
        """Let go of the objects that nobody holds a handle to any more."""

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
        if name.startswith("_"):
            raise AttributeError(name)
        return _Method(self, name)

    def __call__(self, *args: object, **kwargs: object) -> Any:
        """Call it, if it is a function."""
        return self._call("", args, kwargs)

    def _call(self, name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        return self._client.call(self._handle.id, name, args, kwargs)

    def get(self, name: str) -> Any:
        """The value of an attribute."""
        return self._client.get(self._handle.id, name)

    def __repr__(self) -> str:
        kind = "function" if self._handle.function else "object"
        return f"<{kind} {self._handle.label}>"


class _Method:
    def __init__(self, owner: Remote, name: str) -> None:
        self._owner = owner  # alive as long as its method is
        self._name = name

    def __call__(self, *args: object, **kwargs: object) -> Any:
        return self._owner._call(self._name, args, kwargs)


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
        self._unpack = wire.Unpacker(self._take).unpack
        self._filename = ""
        self._cells: tuple[int, ...] = ()
        self._functions: dict[int, Callable[..., Any]] = {}
        self._handed_out = 0
        self._asked = 0
        self._busy = False
        self._received = 0
        self._test = 0
        self._asked_anything = True
        """Whether there is anything to forget when a test starts."""
        self._allowance = Allowance(0.0, 0.0)
        self._remotes: weakref.WeakValueDictionary[int, Remote] = weakref.WeakValueDictionary()
        self.changed: list[str] = []
        """Arguments that calls have changed in place, in order; a test starts with an empty list."""
        self.output: list[str] = []
        """What was printed, one entry a call; a test starts with an empty list."""
        self.transcript: list[Any] = []
        """What the calls returned; a test starts with an empty list."""
        self.calls: list[Call] = []
        """What was called, the call that failed included; a test starts with an empty list."""
        self.cut_short = False
        """Whether a call of this test has ended otherwise than by an answer that could be read."""

    def load(self, name: str, filename: str, source: bytes, cells: tuple[int, ...] = ()) -> None:
        """Execute a module in the worker."""
        self._filename, self._cells = filename, cells
        self._transact(wire.Load(name, filename, source, self._limits.output_kb * 1024), b"")

    def call(self, target: int, name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> Any:
        """Call a function or method; target 0 is the module."""
        payload, blob = wire.pack((args, kwargs), self._keep, generators=True)
        call = Call(target, name, args, kwargs)
        self.calls.append(call)
        value = self._transact(wire.Call(target, name, payload, self._test), blob)
        if isinstance(value, Remote):
            call.made, call.label = value._handle.id, value._handle.label
        self.transcript.append(value)
        return value

    def get(self, target: int, name: str) -> Any:
        """Read an attribute."""
        value = self._transact(wire.Get(target, name, self._test), b"")
        self.transcript.append(value)
        return value

    def renew(self, budget: Budget) -> None:
        """Give it other seconds to use."""
        self._budget = budget

    @property
    def alive(self) -> bool:
        """Whether the worker can be asked; one that did not answer in time is gone."""
        return self._link.alive

    def start_test(self, number: int = 0, track: Track | None = None) -> None:
        """Forget what the last test has left.

        Args:
            number: of the test, no two the same; its handles have numbers of their own, so that it says the same
                whatever went before.
            track: to keep what is said.
        """
        if not self._asked_anything and number == self._test and track is self._link.track is None:
            return
        self._asked_anything = False
        self._test, self._link.track, self.cut_short = number, track, False
        self._handed_out = number * wire.HANDLES_PER_TEST or self._handed_out
        self.changed, self.output, self.transcript, self.calls = [], [], [], []
        self._functions.clear()
        self._received = 0
        self._link.keep_only(set(self._remotes))

    def repeat(self, said: bytes, *, opens: bool) -> Heard:
        """Send a frame that a test has sent before in the same situation.

        Raises:
            StudentError, GraderError: as a call does.
        """
        started = time.monotonic()
        if opens:
            self._allowance = self._allowed()
        try:
            return self._link.exchange(said, self._allowance)
        except StudentError as error:
            raise self._placed(error) from None
        finally:
            self._budget.spend(time.monotonic() - started)

    def close(self) -> None:
        """End the worker."""
        self._link.close()

    def _keep(self, function: object) -> wire.Handle:
        """A handle that lives as long as the test: a student's object may keep the function that it was given."""
        if not callable(function) or isinstance(function, Remote):
            raise TypeError(f"a suite cannot hand {type(function).__name__} to a student's function")
        self._handed_out += 1
        self._functions[self._handed_out] = function
        return wire.Handle(self._handed_out, True, getattr(function, "__name__", "function"))

    def _take(self, handle: wire.Handle) -> Remote:
        remote = Remote(self, handle)
        return self._remotes.setdefault(handle.id, remote)

    def _transact(self, request: wire.Request, blob: bytes) -> Any:
        if self._busy:  # a function of the suite's was asked with an object of the student's, and asks that one
            raise TypeError("plain numbers and arrays are expected")
        self._asked, self._asked_anything = 0, True
        if self._link.track is None or not self._link.track.tape.plays:  # else the call has begun already
            self._allowance = self._allowed()
        started, self._busy = time.monotonic(), True
        try:
            return self._taken(*self._transacted(request, blob))
        except StudentError as error:
            raise self._placed(error) from None
        finally:
            self._busy = False
            self._budget.spend(time.monotonic() - started)  # reading the answer costs time, too

    def _transacted(self, request: wire.Request, blob: bytes) -> tuple[Reply, bytes]:
        try:
            return self._link.transact(request, blob, self._answer, self._allowance)
        except BaseException:
            self.cut_short = True
            raise

    def _allowed(self) -> Allowance:
        """For the next call.

        Raises:
            StudentError: if there is no time left.
        """
        seconds = min(self._limits.call_seconds, self._budget.left())
        if seconds <= 0:
            self.cut_short = True
            raise StudentError(Result.TIMEOUT, "The time for this topic was used up before this call.")
        return Allowance(seconds, time.monotonic() + seconds)

    def _placed(self, error: StudentError) -> StudentError:
        error.filename, error.cells, error.trusted = self._filename, self._cells, self._link.trusted
        return error

    def _taken(self, reply: Reply, data: bytes) -> Any:
        self.output.append(reply.output[: self._limits.output_kb * 1024])
        if isinstance(reply, wire.Raised):
            raise _student_error(reply, self._limits)
        self.changed += [name[:100] for name in reply.changed[:_CHANGED_IN_A_CALL]]
        return self._value(reply.payload, data)

    def _value(self, payload: msgspec.Raw, data: bytes) -> Any:
        self._received += wire.TREE_COST * len(memoryview(payload)) + len(data)
        if self._received > _ANSWERS_PER_TEST * self._limits.message_mb * 1024 * 1024:
            raise StudentError(Result.WRONG_SHAPE, "The answers in this test are too large taken together.")
        try:
            return self._unpack(payload, data)
        except wire.WireError as error:
            raise StudentError(Result.WRONG_TYPE, error.sentence) from None

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
        asked_with = self._value(question.payload, blob)
        try:
            args, kwargs = asked_with
            payload, data = wire.pack(function(*args, **kwargs), self._keep)
        except Exception as error:
            name = getattr(function, "__name__", "function")
            return wire.Refuse(f"{name}() did not accept its argument: {type(error).__name__}: {error}"[:300]), b""
        return wire.Answer(payload), data


def _student_error(raised: wire.Raised, limits: Limits) -> StudentError:
    known = {result.value for result in Result} - {Result.PASSED, Result.NOT_GRADED}
    result = Result(raised.kind) if raised.kind in known else Result.EXCEPTION
    frames = tuple((line, name[:100], text[:200]) for line, name, text in raised.frames[:8])
    message = raised.message[:500]
    if result is Result.MEMORY:
        message = f"More than {limits.memory_mb} MB of memory was asked for. {message}"
    return StudentError(result, message, frames, raised.output)
