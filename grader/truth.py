"""What Keras answered. Recording imports Keras; replaying does not.

A truth file belongs to one suite and one seed:

    {"version": 1, "seed": 2026, "keras": "3.15.1", "tensorflow": "2.21.0", "numpy": "2.4.6",
     "answers": {"test_name": [{"question": "<hash of function and arguments>", "value": …}]}}

Arrays stand as dtype, shape and data; floats as Python writes them, which is exact.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import msgspec
import numpy as np

from grader.errors import TruthError
from grader.sandbox import wire

VERSION = 1
_PACKAGES = ("keras", "tensorflow", "numpy")


class Truth(Protocol):
    """Answers the questions of one test, in the order in which it asks them."""

    def __call__(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What Keras answers to function(*args, **kwargs)."""


class Source(Protocol):
    """Where the answers of a topic come from."""

    def for_test(self, test: str) -> Truth:
        """The answers of one test, from the first one on."""


class Recorded:
    """Replays a truth file."""

    def __init__(self, path: Path, seed: int) -> None:
        self._path = path
        self._seed = seed
        self._answers: dict[str, list[dict[str, Any]]] | None = None
        self._asked: dict[str, int] = {}

    def for_test(self, test: str) -> Truth:
        """The answers of one test, from the first one on."""
        position = 0

        def replay(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            nonlocal position
            answers = self._load().get(test, [])
            if position >= len(answers):
                raise self._stale(f"has no answer {position + 1} for {test}")
            answer = answers[position]
            position += 1
            self._asked[test] = max(self._asked.get(test, 0), position)
            if answer["question"] != question(function, args, kwargs):
                raise self._stale(f"answers another question than {test} asks")
            try:
                return _decoded(answer["value"])
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                raise self._stale(f"is damaged: an answer of {test} cannot be read") from error

        return replay

    def unasked(self) -> tuple[str, ...]:
        """The tests for which more answers are recorded than have been asked for so far."""
        recorded = self._answers or {}
        return tuple(test for test, answers in recorded.items() if len(answers) > self._asked.get(test, 0))

    def _load(self) -> dict[str, list[dict[str, Any]]]:
        if self._answers is None:
            content = read(self._path)
            if content["seed"] != self._seed:
                raise self._stale(f"was recorded with seed {content['seed']}, not {self._seed}")
            self._answers = content["answers"]
        return self._answers

    def _stale(self, what: str) -> TruthError:
        topic = self._path.name.partition(".")[0]
        return TruthError(f"{self._path.name} {what}.", f"Run `grade truth record {topic} --seed {self._seed}`.")


class Live:
    """Asks Keras, and keeps what it answers so that it can be written down."""

    def __init__(self) -> None:
        self.answers: dict[str, list[dict[str, Any]]] = {}

    def for_test(self, test: str) -> Truth:
        """Ask anew for one test."""
        answers: list[dict[str, Any]] = []
        self.answers[test] = answers

        def ask(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            key = question(function, args, kwargs)
            value = _encoded(function(*args, **kwargs))
            answers.append({"question": key, "value": value})
            return _decoded(value)

        return ask


def question(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """A hash of what is asked: the function's name and its arguments, as the wire writes them.

    Floats count to some ten digits: another processor may compute the inputs a little differently.
    """
    asked = (function.__name__, _coarse(args), _coarse(dict(sorted(kwargs.items()))))
    payload, blob = wire.pack(asked, _no_handle)
    return hashlib.sha256(bytes(payload) + blob).hexdigest()[:16]


def _coarse(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_coarse(item) for item in value]
    if isinstance(value, dict):
        return {key: _coarse(item) for key, item in value.items()}
    if isinstance(value, (float, np.floating)) or (isinstance(value, np.ndarray) and value.dtype.kind == "f"):
        mantissa, exponent = np.frexp(np.asarray(value, dtype=np.float64))
        return np.ldexp(np.round(mantissa * 2.0**33) / 2.0**33 + 0.0, exponent)
    return value


def _no_handle(value: object) -> wire.Handle:
    raise TypeError(f"truth() takes plain data, not {type(value).__name__}")


class _Answer(msgspec.Struct):
    question: str
    value: Any


class _File(msgspec.Struct):
    seed: int
    answers: dict[str, list[_Answer]]


def read(path: Path) -> dict[str, Any]:
    """The content of a truth file.

    Raises:
        TruthError: if it is missing or not one.
    """
    remedy = "Run `grade truth record` where Keras is installed."
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise TruthError(f"Keras' answers are missing: {path.name}.", remedy) from None
    except (OSError, ValueError) as error:
        raise TruthError(f"Keras' answers in {path.name} cannot be read: {error}.", remedy) from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise TruthError(f"{path.name} is no truth file of version {VERSION}.", remedy)
    try:
        msgspec.convert(content, _File)
    except msgspec.ValidationError as error:
        raise TruthError(f"{path.name} is damaged: {error}.", remedy) from error
    return content


def write(path: Path, seed: int, answers: dict[str, list[dict[str, Any]]]) -> None:
    """Write a truth file: beside it first, then in its place."""
    versions = {name: importlib.metadata.version(name) for name in _PACKAGES}
    asked = {test: entries for test, entries in sorted(answers.items()) if entries}
    text = json.dumps({"version": VERSION, "seed": seed, **versions, "answers": asked}, indent=1, ensure_ascii=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".part")
    beside.write_text(_flat_lists(text) + "\n", "utf-8")
    os.replace(beside, path)


def _flat_lists(text: str) -> str:
    """One line for each list of numbers, so that a file can be read and compared."""
    return re.sub(r"\[\n\s+([^\[\]{}\"]*?)\n\s+\]", lambda match: "[" + re.sub(r"\s+", " ", match[1]) + "]", text)


def _encoded(value: Any) -> Any:
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf" and value.dtype.itemsize <= 8:
        return {"dtype": value.dtype.str, "shape": list(value.shape), "data": value.ravel().tolist()}
    if isinstance(value, (np.bool_, np.integer, np.floating)):
        value = value.item()
    if isinstance(value, tuple):
        return {"tuple": [_encoded(item) for item in value]}
    if isinstance(value, list):
        return [_encoded(item) for item in value]
    if isinstance(value, dict):
        return {"dict": {str(key): _encoded(item) for key, item in value.items()}}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(f"an oracle must answer with plain data, not {type(value).__name__}")


def _decoded(value: Any) -> Any:
    if isinstance(value, list):
        return [_decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tuple" in value:
        return tuple(_decoded(item) for item in value["tuple"])
    if "dict" in value:
        return {key: _decoded(item) for key, item in value["dict"].items()}
    return np.array(value["data"], dtype=value["dtype"]).reshape(value["shape"])
