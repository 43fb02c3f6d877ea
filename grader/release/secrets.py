"""Proof by content that files hold nothing secret: no code of a solution or mistake, no hidden suite, no Keras' answer.

Text is compared without white space, so that neither indentation nor line breaks hide anything. What a stub shows is
no secret, whoever else writes it. Short and common lines (`return w`, `for row in x:`) prove nothing and do not count.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from grader import diagnosis, truth
from grader.course import solution_path
from grader.errors import CourseError
from grader.language.catalogue import Catalogue
from grader.language.wrapping import width_of
from grader.model import Course, Mistake, Variant
from grader.release.stubs import BEGIN, END, stub_of
from grader.release.translations import hidden_texts

LEAST = 12
"""Characters of a line of code that tells something."""
LEAST_CONTROL = 40
"""Of a line that only steers: a loop, a condition, an import."""
LEAST_PAIR = 40
"""Of two lines of a hidden suite that follow each other; one line alone stands in public suites, too."""
LEAST_SENTENCE = 30
"""Columns of what a hidden test says; the shorter names of results stand in public tests, too."""
DIGITS = 9
"""Of a number of Keras' that are compared; those with fewer than LEAST_DIGITS are everybody's."""
LEAST_DIGITS = 7

_COMMENT = re.compile(r"(^|\s)#.*$")
_CONTROL = re.compile(r"(for|while|if|elif|else|with|try|except|import|from|def|class|async|@)\b")
_WORK = re.compile(r"[-+*/@%<>(\[]")
"""What makes a line do something: it calculates, calls or takes apart."""
_NUMBER = re.compile(r"\d+\.?\d*(?:[eE][-+]?\d+)?")


class Leak(msgspec.Struct, frozen=True, kw_only=True):
    """Something secret in a file."""

    file: str
    source: str
    """Where it comes from."""
    text: str
    """What was found."""

    def __str__(self) -> str:
        return f"{self.file} holds `{self.text}`, from {self.source}"


class Secrets:
    """What must not be in any file that a student gets."""

    def __init__(self, code: Mapping[str, tuple[str, str]], numbers: Mapping[str, str]) -> None:
        self._code = code
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._code) + len(self._numbers)

    def find(self, files: Mapping[str, bytes]) -> list[Leak]:
        """Everything secret in some files.

        Args:
            files: name to content; text, JSON, notebooks and zips can be looked into.

        Raises:
            CourseError: a file cannot be looked into, so nothing can be proved of it.
        """
        return [leak for name, text, numbers in _texts(files) for leak in self._leaks(name, text, numbers)]

    def _leaks(self, name: str, text: str, numbers: str) -> Iterator[Leak]:
        packed = _packed(text)
        for secret, (line, source) in self._code.items():
            if secret in packed:
                yield Leak(file=name, source=source, text=line)
        for match in _NUMBER.finditer(numbers):
            if (source := self._numbers.get(_rounded(match[0]), "")) and _is_telling_number(match[0]):
                yield Leak(file=name, source=source, text=match[0])


def collect(course: Course) -> Secrets:
    """Everything secret of a course.

    Raises:
        CourseError: a solution or a catalogue cannot be read.
    """
    shown = _packed("\n".join(stub_of(course, topic.name) for topic in course.topics))
    code: dict[str, tuple[str, str]] = {}
    for line, source in _lines_of(course):
        packed = _packed(line)
        if _is_telling(line, packed) and packed not in shown:
            code.setdefault(packed, (line, source))
    for pair, source in _pairs_of(course):
        packed = _packed(pair)
        if len(packed) >= LEAST_PAIR and packed not in shown:
            code.setdefault(packed, (pair.partition("\n")[0], source))
    for sentence, source in _sentences_of(course):
        code.setdefault(_packed(sentence), (sentence, source))
    return Secrets(code, dict(_numbers_of(course)))


def _lines_of(course: Course) -> Iterator[tuple[str, str]]:
    """The code of solutions, of mistakes and of variants, line by line."""
    for topic in course.topics:
        solution = solution_path(course, topic.name)
        inside = False
        for number, line in enumerate(solution.read_text("utf-8").splitlines(), 1):
            if line.strip() in (BEGIN, END):
                inside = line.strip() == BEGIN
            elif inside:
                yield _code(line), f"solutions/{topic.name}.py, line {number}"
        edits: list[Mistake | Variant] = [
            *diagnosis.load_mistakes(course, topic.name),
            *diagnosis.load_variants(course, topic.name),
        ]
        for edit in edits:
            for text in (*edit.edits.values(), edit.code):
                for line in text.splitlines():
                    yield _code(line), f"{edit.name} of {topic.name}"


def _pairs_of(course: Course) -> Iterator[tuple[str, str]]:
    """The hidden suites, two lines at a time."""
    for path in sorted((course.root / "tests" / "hidden").glob("**/*.py")):
        lines = [(number, _code(line)) for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)]
        lines = [(number, line) for number, line in lines if line and not _CONTROL.match(line)]
        for (number, one), (_, other) in itertools.pairwise(lines):
            yield f"{one}\n{other}", f"{path.relative_to(course.root).as_posix()}, line {number}"


def _sentences_of(course: Course) -> Iterator[tuple[str, str]]:
    """What hidden tests say and public material does not, in every language."""
    for topic in course.topics:
        for text, test in hidden_texts(course, topic.name):
            if width_of(_packed(text)) >= LEAST_SENTENCE:
                yield text, f"{test} of tests/hidden/test_{topic.name}.py"


def _numbers_of(course: Course) -> Iterator[tuple[str, str]]:
    """What Keras answered."""
    for path in sorted((course.root / "tests" / "hidden" / "truth").glob("*.json")):
        for test, answers in truth.read(path)["answers"].items():
            for number in _floats(answers):
                if _is_telling_number(repr(abs(number))):
                    yield _rounded(repr(abs(number))), f"{path.relative_to(course.root).as_posix()}, {test}"


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _floats(item)
    elif isinstance(value, float):
        yield value


def _code(line: str) -> str:
    return _COMMENT.sub("", line).strip()


def _packed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", '"')


def _is_telling(line: str, packed: str) -> bool:
    least = LEAST_CONTROL if _CONTROL.match(line) else LEAST
    return len(packed) >= least and bool(_WORK.search(packed))


def _rounded(number: str) -> str:
    return f"{float(number):.{DIGITS}g}"


def _is_telling_number(number: str) -> bool:
    mantissa = f"{float(number):.{DIGITS}e}".partition("e")[0]
    return len(mantissa.replace(".", "").strip("0")) >= LEAST_DIGITS


def _texts(files: Mapping[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """What can be read in each file: its name, its text, and the text in which its numbers stand."""
    for name, data in files.items():
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                inside = {f"{name}/{member}": archive.read(member) for member in archive.namelist()}
            yield from _texts(inside)
            continue
        if name.endswith(".mo"):
            text = _catalogue_text(name, data)
            yield name, text, text
            continue
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            problem = f"{name} is neither text nor a zip, so nothing can be proved of it."
            raise CourseError(
                problem, "Leave it out of the kit, or teach grader/release/secrets.py to read it."
            ) from error
        strings = _strings(text) if name.endswith((".json", ".ipynb")) else None
        yield name, text if strings is None else strings, text


def _catalogue_text(name: str, data: bytes) -> str:
    """Messages and translations of a compiled catalogue."""
    try:
        messages = Catalogue(io.BytesIO(data)).messages
    except (OSError, ValueError, struct.error) as error:
        raise CourseError(
            f"{name} is no catalogue, so nothing can be proved of it.", "Run `grade messages`."
        ) from error
    return "\n".join(f"{key}\n{text}" for key, text in messages.items())


def _strings(text: str) -> str | None:
    """All strings of a JSON file, as they read when it is loaded."""
    try:
        return "\n".join(_all_strings(json.loads(text)))
    except ValueError:
        return None


def _all_strings(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _all_strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from _all_strings(item)


def files_below(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path from there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
