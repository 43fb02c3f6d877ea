"""Find a course and read its `course.toml`, with messages that say what to do."""

from __future__ import annotations

import difflib
import keyword
import os
import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from grader.errors import CourseError, UsageError
from grader.model import Course, Limits, SuiteKind, Topic

COURSE_FILE = "course.toml"
ENVIRONMENT = "GRADE_COURSE"
"""The environment variable that names the course directory."""

VERSION = 1
"""Of the format of `course.toml`."""

_CHECKOUT = Path(__file__).resolve().parent.parent
_COLUMNS = frozenset({"student_id", "score", "max_score", "status", "submitted_at", "graded_at"})
"""What the gradebook's other columns are called: a topic has a column of its own beside them."""


def find_course(start: Path | None = None, explicit: Path | None = None) -> Course:
    """Read the course that was named, or the nearest one.

    In this order: `explicit`, the environment's GRADE_COURSE, `start` and the directories above it, the
    checkout that the grader was installed from.

    Args:
        start: where to look first; the working directory if None.
        explicit: the directory of the course, as the user gave it.

    Raises:
        UsageError: no course was found, or the one that was named is not there.
        CourseError: its `course.toml` is not in order.
    """
    named = os.environ.get(ENVIRONMENT, "")
    if explicit is not None:
        return load_course(_named_root(explicit, "--course"))
    if named:
        return load_course(_named_root(Path(named), ENVIRONMENT))
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents, _CHECKOUT):
        if _holds_course(folder):
            return load_course(folder)
    raise UsageError(
        f"No course here: there is no {COURSE_FILE} in {here} or in any folder above it.",
        f"Change to the course's folder, or name it with --course DIR or {ENVIRONMENT}=DIR.",
    )


def load_course(root: Path) -> Course:
    """Read `root/course.toml`.

    Raises:
        CourseError: the file cannot be read, or something in it is wrong.
    """
    file = root.resolve() / COURSE_FILE
    table = _Table(file, "", _parse(file))
    _check_version(table)
    table.allow("version", "title", "seed", "limits", "topics")
    if "version" not in table.values:
        raise table.error("the version of the format is missing.", f"Add the line `version = {VERSION}` at the top.")
    return Course(
        root=file.parent,
        title=table.text("title"),
        seed=table.whole("seed"),
        limits=_limits(table.table("limits", optional=True)),
        topics=_topics(table.table("topics")),
    )


def select_topics(course: Course, names: Sequence[str]) -> tuple[Topic, ...]:
    """The topics of these names in teaching order, all of them if there are no names.

    Raises:
        UsageError: the course has no topic of such a name.
    """
    known = [topic.name for topic in course.topics]
    for name in names:
        if name not in known:
            raise UsageError(f'There is no topic "{name}".', _nearest_topic(name, known))
    return tuple(topic for topic in course.topics if not names or topic.name in names)


def stub_path(course: Course, topic: str) -> Path:
    """What a student starts from."""
    return course.root / "exercises" / f"{topic}.py"


def solution_path(course: Course, topic: str) -> Path:
    """The reference."""
    return course.root / "solutions" / f"{topic}.py"


def mistakes_path(course: Course, topic: str) -> Path:
    """The catalogue of known wrong answers."""
    return course.root / "solutions" / "mistakes" / f"{topic}.py"


def variants_path(course: Course, topic: str) -> Path:
    """Right answers written differently."""
    return course.root / "solutions" / "variants" / f"{topic}.py"


def suite_path(course: Course, kind: SuiteKind, topic: str) -> Path:
    """The tests of a topic."""
    return course.root / "tests" / kind.value / f"test_{topic}.py"


def truth_path(course: Course, topic: str, seed: int | None = None) -> Path:
    """What Keras answered to the hidden suite of a topic, for this run seed (the course's if None)."""
    suffix = "" if seed is None or seed == course.seed else f".seed-{seed}"
    return course.root / "tests" / "hidden" / "truth" / f"{topic}{suffix}.json"


def has_suites(course: Course, kind: SuiteKind) -> bool:
    """Whether the course comes with suites of this kind: a student's kit has no hidden ones.

    One suite is enough. A course that has some and lacks others is broken, not without: see missing_suites.
    """
    return len(missing_suites(course, kind)) < len(course.topics)


def missing_suites(course: Course, kind: SuiteKind) -> tuple[Topic, ...]:
    """The topics that have no suite of this kind."""
    return tuple(topic for topic in course.topics if not suite_path(course, kind, topic.name).is_file())


class _Table:
    """A table of the file, which knows its own name for messages."""

    def __init__(self, file: Path, name: str, values: Mapping[str, Any]) -> None:
        self.file = file
        self.name = name
        self.values = values

    def error(self, problem: str, remedy: str) -> CourseError:
        """The error that says where in the file the problem is."""
        where = f" [{self.name}]" if self.name else ""
        return CourseError(f"{self.file}{where}: {problem}", remedy)

    def allow(self, *keys: str) -> None:
        """Refuse every other key."""
        for key in self.values:
            if key not in keys:
                close = difflib.get_close_matches(key.lower(), keys, n=1)
                remedy = f"Did you mean `{close[0]}`?" if close else f"The keys here are: {', '.join(keys)}."
                raise self.error(f"unknown key `{key}`.", remedy)

    def table(self, key: str, *, optional: bool = False) -> _Table:
        """The table of this key; an empty one if it may be left out."""
        inner = f"{self.name}.{key}" if self.name else key
        value = {} if optional and key not in self.values else self._value(key, "a table", f"[{inner}]")
        if not isinstance(value, dict):
            raise self._wrong(key, value, f"a table: write [{inner}] and its keys below it")
        return _Table(self.file, inner, value)

    def text(self, key: str) -> str:
        """One line that is not empty."""
        value = self._value(key, "a text", f'{key} = "…"')
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            raise self._wrong(key, value, "a text of one line")
        return value.strip()

    def whole(self, key: str, *, least: int = 0) -> int:
        """A whole number from `least` upwards."""
        value = self._value(key, "a whole number", f"{key} = 1")
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self._wrong(key, value, f"a whole number, {least} or more")
        return value

    def names(self, key: str, known: Sequence[str]) -> tuple[str, ...]:
        """A list of names that are known; empty if the key is missing."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise self.error(f"{key} is {_quoted(value)}, not a list of names.", f'Write {key} = ["one", "other"].')
        for name in value:
            if name not in known:
                raise self.error(
                    f"{key} names {_quoted(name)}, which is no topic before this one.",
                    f"The topics before it are: {', '.join(known) or 'none'}.",
                )
        return tuple(value)

    def positive(self, key: str) -> float:
        """A number above zero that is not infinite."""
        value = self._value(key, "a number", f"{key} = 20")
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= sys.float_info.max:
            raise self._wrong(key, value, "a number above zero")
        return float(value)

    def _value(self, key: str, kind: str, example: str) -> object:
        if key not in self.values:
            raise self.error(f"`{key}` is missing; it is {kind}.", f"Add it: {example}")
        return self.values[key]

    def _wrong(self, key: str, value: object, wanted: str) -> CourseError:
        return self.error(f"`{key}` is {_quoted(value)}.", f"It must be {wanted}.")


def _named_root(folder: Path, source: str) -> Path:
    if _holds_course(folder):
        return folder
    problem = f"there is no {COURSE_FILE} in it" if folder.is_dir() else "there is no such folder"
    raise UsageError(
        f"{source} names {folder}, but {problem}.",
        f"Name the folder of the course, the one that holds {COURSE_FILE}.",
    )


def _holds_course(folder: Path) -> bool:
    return os.path.isfile(folder / COURSE_FILE)  # unlike Path.is_file, also where we may not look


def _parse(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
        return tomllib.loads(text)
    except OSError as error:
        raise CourseError(
            f"{file} cannot be read: {error.strerror}.", "A course is a folder with a course.toml in it."
        ) from error
    except UnicodeDecodeError as error:
        raise CourseError(f"{file} is not UTF-8 text.", "Save it as UTF-8 in your editor.") from error
    except ValueError as error:
        raise _syntax_error(file, text, str(error)) from error


def _syntax_error(file: Path, text: str, message: str) -> CourseError:
    found = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message)
    if found is None:  # at the end of the document, for which tomllib gives no line
        return CourseError(f"{file} is not valid TOML: {message}.", "Its last line is not complete.")
    line = int(found[2])
    return CourseError(
        f"{file}, line {line}, column {found[3]}: {found[1]}.",
        f"The line reads: {text.splitlines()[line - 1].strip()}",
    )


def _check_version(table: _Table) -> None:
    version = table.values.get("version", VERSION)
    if isinstance(version, int) and version > VERSION:
        raise table.error(
            f"its format has version {version}, and this grader reads version {VERSION}.",
            "Install the newest grader: pip install --upgrade deepgrade",
        )
    if version != VERSION or isinstance(version, bool):
        raise table.error(f"`version` is {_quoted(version)}.", f"Write `version = {VERSION}`.")


def _limits(table: _Table) -> Limits:
    fields = {field.name: field.type for field in msgspec.structs.fields(Limits)}
    table.allow(*fields)
    read = {name: table.whole(name, least=1) if fields[name] is int else table.positive(name) for name in table.values}
    return msgspec.convert(read, Limits)


def _topics(tables: _Table) -> tuple[Topic, ...]:
    if not tables.values:
        raise tables.error("the course has no topics.", "Add one: [topics.gradient_descent] with title and max_score.")
    return tuple(_topic(tables, name) for name in tables.values)


def _topic(tables: _Table, name: str) -> Topic:
    problem = _name_problem(name)
    if problem:
        raise tables.error(
            f'"{name}" cannot be the name of a topic: {problem}.',
            "The name is that of the topic's modules: lower case letters, digits and single underscores.",
        )
    table = tables.table(name)
    table.allow("title", "max_score", "uses")
    earlier = list(tables.values)[: list(tables.values).index(name)]
    return Topic(
        name=name,
        title=table.text("title"),
        max_score=table.positive("max_score"),
        uses=table.names("uses", earlier),
    )


def _name_problem(name: str) -> str:
    """Why a module, a test file and a gradebook column cannot all bear this name; empty if they can."""
    if not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name):
        return "it is not in lower_snake_case"
    if keyword.iskeyword(name):
        return "it is a word of the Python language"
    if name in sys.stdlib_module_names or name == "numpy":
        return f"a module {name}.py would stand in the way of Python's own"
    return "the gradebook has a column of that name" if name in _COLUMNS else ""


def _nearest_topic(name: str, known: Sequence[str]) -> str:
    """Who types a file's name or a title means the topic."""
    plain = re.sub(r"[\s-]+", "_", Path(name).stem.lower())
    close = difflib.get_close_matches(plain, known, n=1)
    guess = f'Did you mean "{close[0]}"? ' if close else ""
    return f"{guess}The topics are: {', '.join(known)}."


def _quoted(value: object) -> str:
    """The value as the file has it, as far as it is short."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
