"""Executes one module and answers requests about it. Runs in the worker; trusts nothing that the module does to it.

What a hostile module can reach here it may change: the runner believes only that the bytes it gets are bytes.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import io
import sys
import types
import warnings
from collections.abc import Callable, Collection
from typing import Any

import msgspec
import numpy as np

from grader.language.english import english
from grader.sandbox import wire

MAX_MESSAGE = 500
MAX_FRAMES = 5
_ROOM = 16 * 1024
"""Bytes of a frame's tree that are left for a message and the student's lines."""
_BLOCKED = {errno.EPERM, errno.EACCES}

_CONTAINERS = {list, tuple, dict}
_PLAIN = {bool, int, float, complex, str, bytes, type(None)}

_IGNORE = ("ignore", None, Warning, None, 0)
_NOTHING = contextlib.nullcontext()

Exchange = Callable[[wire.Ask, bytes], tuple[wire.Request, bytes]]
"""Sends a question about a runner's function and returns the runner's message."""


class CallbackError(Exception):
    """A function that was handed in did not accept what it was called with."""


class Host:
    """One module and the objects that it has made."""

    def __init__(self, exchange: Exchange, *, capture: bool) -> None:
        """Serve requests.

        Args:
            exchange: how to ask the runner during a call.
            capture: whether what the module prints is kept back and sent with the answer.
        """
        self._exchange = exchange
        self._capture = capture
        self._unpack = wire.Unpacker(self._take, generators=True).unpack
        self._objects: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        """Of the objects, by their identity."""
        self._made = 0
        self._test = 0
        self._filename = ""
        self._lines: list[str] = []
        self._output = _Output(0)

    def handle(self, request: wire.Request, blob: bytes) -> tuple[wire.Value | wire.Raised, bytes]:
        """Do what is asked. Never raises: whatever the module does becomes an answer."""
        if self._capture and isinstance(request, wire.Load):
            self._output = _Output(request.output_limit)
            sys.stdout = sys.stderr = self._output
        try:
            with np.errstate(all="ignore"), self._without_warnings():
                payload, answer_blob, changed = self._do(request, blob)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt) and not self._capture:
                raise  # the instructor's own, not the module's
            return self._raised(error), b""
        output = self._output.take(wire.MAX_TREE - _ROOM - len(memoryview(payload)))
        return wire.Value(payload, changed, output), answer_blob

    def _without_warnings(self) -> contextlib.AbstractContextManager[None]:
        """Ignore warnings during a call; in a worker for good, as long as the module does not ask for them."""
        if not self._capture:
            return warnings.catch_warnings(action="ignore")
        if warnings.filters[:1] != [_IGNORE]:
            warnings.simplefilter("ignore")
        return _NOTHING

    def keep_only(self, handles: Collection[int]) -> None:
        """Let go of every object but these and the module."""
        self._objects = {number: kept for number, kept in self._objects.items() if number == 0 or number in handles}
        self._numbers = {id(kept): number for number, kept in self._objects.items()}

    def _do(self, request: wire.Request, blob: bytes) -> tuple[msgspec.Raw, bytes, tuple[str, ...]]:
        if isinstance(request, wire.Load):
            self._load(request)
            return *self._pack(None), ()
        if isinstance(request, (wire.Call, wire.Get)):
            self._enter(request.test)
            if isinstance(request, wire.Call):
                return self._call(request, blob)
            return *self._pack(self._attribute(request.target, request.name)), ()
        raise wire.WireError("the runner sent something unexpected")

    def _enter(self, test: int) -> None:
        """Count handles anew in a new test, so that it hears the same whatever went before."""
        if test != self._test:
            self._test, self._made = test, test * wire.HANDLES_PER_TEST
            self.keep_only(())

    def _load(self, request: wire.Load) -> None:
        self._filename = request.filename
        text = request.source.decode("utf-8", "replace")
        self._lines = io.StringIO(text, newline=None).read().split("\n")  # as Python counts: a form feed ends no line
        module = types.ModuleType(request.name)
        module.__file__ = request.filename
        if self._capture:
            sys.modules[request.name] = module
        self._objects[0] = module
        self._numbers[id(module)] = 0
        exec(_compiled(request.source, request.filename), module.__dict__)

    def _call(self, request: wire.Call, blob: bytes) -> tuple[msgspec.Raw, bytes, tuple[str, ...]]:
        args, kwargs = self._unpack(request.payload, blob)
        named = [*enumerate(args, 1), *kwargs.items()]
        before = [_snapshot(value) for _, value in named]
        function = self._attribute(request.target, request.name) if request.name else self._objects[request.target]
        result = function(*args, **kwargs)
        payload, answer = self._pack(result)
        changed = tuple(
            self._argument_name(function, name)
            for (name, value), old in zip(named, before, strict=True)
            if _snapshot(value) != old
        )
        return payload, answer, changed

    def _attribute(self, target: int, name: str) -> Any:
        if target not in self._objects:
            raise wire.WireError("there is no such object")
        owner = self._objects[target]
        try:
            return getattr(owner, name)
        except AttributeError:
            where = self._filename if target == 0 else f"{type(owner).__name__} in {self._filename}"
            raise _MissingError(f"{name} is not in {where}. Keep the names as the stub has them.") from None

    def _pack(self, value: object) -> tuple[msgspec.Raw, bytes]:
        payload, blob = wire.pack(value, self._keep)
        if len(memoryview(payload)) > wire.MAX_TREE - _ROOM:
            raise wire.WireError("the answer has too many parts")
        return payload, blob

    def _keep(self, value: Any) -> wire.Handle:
        number = self._numbers.get(id(value))
        if number is None:
            self._made += 1
            number = self._numbers[id(value)] = self._made
            self._objects[number] = value
        label = getattr(value, "__name__", None) or type(value).__name__
        return wire.Handle(number, callable(value), _encodable(str(label)[:100]))

    def _take(self, handle: wire.Handle) -> Any:
        """A function of the runner, as the module sees it."""

        def function(*args: object, **kwargs: object) -> Any:
            payload, blob = wire.pack((args, kwargs), self._keep)
            request, answer = self._exchange(wire.Ask(handle.id, payload), blob)
            if isinstance(request, wire.Answer):
                return self._unpack(request.payload, answer)
            raise CallbackError(request.message if isinstance(request, wire.Refuse) else "no answer")

        function.__name__ = function.__qualname__ = handle.label
        return function

    @staticmethod
    def _argument_name(function: Any, name: int | str) -> str:
        """The name of a positional argument, where the function tells it."""
        code = getattr(getattr(function, "__func__", function), "__code__", None)
        if isinstance(name, str):
            return name
        position = name - 1 + isinstance(function, types.MethodType)
        if code is None or position >= code.co_argcount:
            return f"number {name}"
        return str(code.co_varnames[position])

    def _raised(self, error: BaseException) -> wire.Raised:
        try:
            kind, message = _describe(error, self._filename)
            frames = self._frames(error)
        except BaseException:
            kind, message, frames = "exception", english("an exception that cannot be shown"), ()
        output = self._output.take(wire.MAX_TREE - _ROOM)
        return wire.Raised(kind, _encodable(message[:MAX_MESSAGE]), frames, output)

    def _frames(self, error: BaseException) -> tuple[tuple[int, str, str], ...]:
        if isinstance(error, SyntaxError) and error.filename == self._filename:
            return ((error.lineno or 0, "", self._line(error.lineno or 0)),)
        frames = []
        trace = error.__traceback__
        while trace is not None:
            code = trace.tb_frame.f_code
            if code.co_filename == self._filename:
                function = "" if code.co_name == "<module>" else code.co_name
                frames.append((trace.tb_lineno, function[:100], self._line(trace.tb_lineno)))
            trace = trace.tb_next
        return tuple(frames[-MAX_FRAMES:])

    def _line(self, number: int) -> str:
        return self._lines[number - 1].strip()[:200] if 0 < number <= len(self._lines) else ""


@functools.lru_cache(maxsize=16)
def _compiled(source: bytes, filename: str) -> types.CodeType:
    """A mistake is loaded twice in a row: to ask it a question, and to put it to a test."""
    return compile(source, filename, "exec", dont_inherit=True)


def _snapshot(value: Any, depth: int = 0) -> object:
    """What an argument holds, to tell whether a call has changed it."""
    kind = type(value)
    if kind is np.ndarray:
        return value.tobytes(), value.shape, value.dtype
    if kind in _CONTAINERS and depth < wire.MAX_DEPTH:
        if kind is dict:
            return {key: _snapshot(item, depth + 1) for key, item in value.items()}
        return [_snapshot(item, depth + 1) for item in value]
    return value if kind in _PLAIN else id(value)


class _MissingError(Exception):
    """A name that the stub has is not there."""


def _describe(error: BaseException, filename: str) -> tuple[str, str]:
    """Kind and sentence."""
    name = type(error).__name__
    text = str(error)
    if isinstance(error, (NotImplementedError, _MissingError)):
        return "not_implemented", text
    if isinstance(error, wire.WireError):
        return "wrong_type", error.sentence
    if isinstance(error, MemoryError):
        return "memory", text
    if isinstance(error, CallbackError):
        return "exception", text
    if isinstance(error, ModuleNotFoundError):
        wanted = (error.name or "that").partition(".")[0]
        return "forbidden", english(f"{wanted} cannot be imported here: only NumPy and the standard library can.")
    if isinstance(error, OSError) and error.errno in _BLOCKED:
        return "forbidden", english(f"{name}: {text}. Files, network and other programs cannot be used here.")
    if isinstance(error, SystemExit):
        return "exception", english(f"{filename} stopped Python (exit() or sys.exit()). Remove that call.")
    if isinstance(error, EOFError):
        return "exception", english(f"{name}: {text}. There is no keyboard here: remove input().")
    if isinstance(error, SyntaxError):
        return "exception", f"{name}: {error.msg}"
    return "exception", f"{name}: {text}" if text else name


def _encodable(text: str) -> str:
    """The text without lone surrogates, which no encoding takes."""
    return text.encode("utf-8", "replace").decode("utf-8")


class _Output:
    """Takes what is printed and keeps the beginning."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._parts: list[str] = []
        self._size = 0

    def write(self, text: str) -> int:
        """Keep the text, up to the limit."""
        room = self._limit - self._size
        if room > 0 and isinstance(text, str):
            self._parts.append(text[:room])
            self._size += len(text[:room])
        return len(text)

    def writelines(self, lines: list[str]) -> None:
        """Keep the lines, up to the limit."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Do nothing: there is no one to flush to."""

    def isatty(self) -> bool:
        """Tell that nobody is watching."""
        return False

    def take(self, room: int) -> str:
        """What was printed since the last time, in so many bytes."""
        if not self._parts:
            return ""
        text = "".join(self._parts)
        self._parts, self._size = [], 0
        return text.encode("utf-8", "replace")[:room].decode("utf-8", "ignore")
