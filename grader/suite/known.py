"""What the catalogued mistakes answer to the public tests, as numbers: a student's kit has no solutions to ask.

A file belongs to one topic and is written by `grade release`:

    {"version": 1, "topic": "adam",
     "names": {"adam_step": ["w", "m", …], "Adam": ["learning_rate", …], "Adam.update": ["weights", …], …},
     "mistakes": [{"says": "…", "hint": "…", "answers": {"test_name": [<what its calls returned, and the note>]}}, …]}

An array stands as shape and data, an object that stays in the worker as {"object": true}. Floats have ten digits: two
programs that make the same mistake agree so far (see grader/diagnosis.py).
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from grader.diagnosis import Transcript
from grader.errors import CourseError
from grader.model import Mistake
from grader.sandbox.client import Remote

T = TypeVar("T")

VERSION = 1
_REMEDY = "Get a fresh copy of the kit; your own modules can stay."
DIGITS = 10


class KnownMistake(msgspec.Struct, frozen=True, kw_only=True):
    """What is left of a catalogued mistake."""

    says: str
    hint: str
    answers: dict[str, list[Any]]
    """By test: what its calls returned, and the note; encoded."""


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What a kit knows of one topic."""

    topic: str
    names: Mapping[str, Sequence[str]] = {}
    """What a module must define: functions, classes and methods, each with its parameters."""
    mistakes: tuple[KnownMistake, ...] = ()


class Held(msgspec.Struct, frozen=True):
    """Stands for an object that a worker has kept."""


class Recorded:
    """The catalogue of a topic where only numbers are left of it."""

    def __init__(self, known: Known) -> None:
        entries = {str(position): entry for position, entry in enumerate(known.mistakes)}
        self.mistakes = {key: Mistake(name=key, says=entry.says, hint=entry.hint) for key, entry in entries.items()}
        self._answers: dict[str, Mapping[str, Transcript | None]] = {
            key: {test: decode(answers) for test, answers in entry.answers.items()} for key, entry in entries.items()
        }

    def possible(self, names: Iterable[str], test: str, exchanges: object) -> dict[str, bool]:  # noqa: ARG002
        """Those that a test notices; nothing is certain yet."""
        return {name: False for name in names if test in self._answers[name]}

    def answer(self, mistake: str, test: str) -> Transcript | None:
        """What it answers in a test that it fails; None if it passes."""
        return self._answers[mistake].get(test)

    def comparable(self, transcript: Transcript) -> Transcript:
        """The answers, with every object of the worker's replaced by a sign for it."""
        return [_settled(value) for value in transcript]


def read(path: Path, topic: str) -> Known:
    """What is known of a topic; nothing if there is no file.

    Raises:
        CourseError: if the file is damaged or of another version.
    """
    content = recorded(path, VERSION)
    if content is None:
        return Known(topic=topic)
    return converted(path, content, Known)


def recorded(path: Path, version: int) -> Any:
    """The content of a file that `grade release` has written; None if there is no file.

    Raises:
        CourseError: if it cannot be read, or is of another version.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CourseError(f"{path} cannot be read: {error}.", _REMEDY) from error
    found = content.get("version") if isinstance(content, dict) else None
    if found != version:
        raise CourseError(f"{path} has the format {found}, and this grader reads {version}.", _REMEDY)
    return content


def converted(path: Path, content: Any, kind: type[T]) -> T:
    """The content as a record.

    Raises:
        CourseError: if it is no such record.
    """
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError as error:
        raise CourseError(f"{path} is damaged: {error}.", _REMEDY) from error


def text(
    topic: str, names: Mapping[str, Sequence[str]], answers: Sequence[tuple[Mistake, Mapping[str, Transcript | None]]]
) -> str:
    """The content of a file. A mistake that no public test notices is left out."""
    mistakes = []
    for mistake, by_test in answers:
        told = {test: encoded for test, transcript in by_test.items() if (encoded := _encoded_or_none(transcript))}
        if told:
            mistakes.append({"says": mistake.says, "hint": mistake.hint, "answers": told})
    head = json.dumps({"version": VERSION, "topic": topic, "names": names}, ensure_ascii=False)
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in mistakes)
    return f'{head[:-1]},\n"mistakes": [\n{lines}\n]}}\n'


def _encoded_or_none(transcript: Transcript | None) -> Any:
    try:
        return None if transcript is None else encode(list(transcript))
    except TypeError:
        return None  # it cannot be written as numbers, and so not be recognised


def encode(value: Any) -> Any:
    """A value as JSON can hold it.

    Raises:
        TypeError: if it cannot.
    """
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return {"shape": list(value.shape), "data": [encode(number) for number in value.ravel().tolist()]}
    if isinstance(value, Remote):
        return {"object": True}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {"dict": [[encode(key), encode(item)] for key, item in value.items()]}
    if isinstance(value, float):
        short = float(f"{value:.{DIGITS}g}")
        if math.isfinite(short):
            return short
        return value if math.isfinite(value) else {"float": str(value)}  # the largest would be rounded to infinity
    if value is None or isinstance(value, (bool, int, str)):
        return value
    raise TypeError(f"{type(value).__name__} is no plain data")


def decode(value: Any) -> Any:
    """What was encoded."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "float" in value:
        return float(value["float"])
    if "object" in value:
        return Held()
    if "dict" in value:
        return {decode(key): decode(item) for key, item in value["dict"]}
    return np.array([decode(number) for number in value["data"]]).reshape(value["shape"])


def _settled(value: Any) -> Any:
    if isinstance(value, Remote):
        return Held()
    if isinstance(value, (list, tuple)):
        return [_settled(item) for item in value]
    if isinstance(value, dict):
        return {key: _settled(item) for key, item in value.items()}
    return value
