"""A TOML file table by table, with messages that say where it is wrong and what to write."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, tzinfo
from pathlib import Path
from typing import Any

from grader.errors import CourseError


class Table:
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
                import difflib  # not for everybody else

                close = difflib.get_close_matches(key.lower(), keys, n=1)
                remedy = f"Did you mean `{close[0]}`?" if close else f"The keys here are: {', '.join(keys)}."
                raise self.error(f"unknown key `{key}`.", remedy)

    def table(self, key: str, *, optional: bool = False) -> Table:
        """The table of this key; an empty one if it may be left out."""
        inner = f"{self.name}.{key}" if self.name else key
        value = {} if optional and key not in self.values else self._value(key, "a table", f"[{inner}]")
        if not isinstance(value, dict):
            raise self._wrong(key, value, f"a table: write [{inner}] and its keys below it")
        return Table(self.file, inner, value)

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
            raise self.error(f"{key} is {quoted(value)}, not a list of names.", f'Write {key} = ["one", "other"].')
        for name in value:
            if name not in known:
                raise self.error(
                    f"{key} names {quoted(name)}, which is no topic before this one.",
                    f"The topics before it are: {', '.join(known) or 'none'}.",
                )
        return tuple(value)

    def positive(self, key: str) -> float:
        """A number above zero that is not infinite."""
        value = self._value(key, "a number", f"{key} = 20")
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= sys.float_info.max:
            raise self._wrong(key, value, "a number above zero")
        return float(value)

    def moment(self, key: str, zone: tzinfo) -> datetime:
        """A date and time; see `end_of_day_or`."""
        value = self._value(key, "a date and time", f"{key} = 2026-12-18T23:59:00")
        if not isinstance(value, date):  # of which a datetime is one
            raise self._wrong(key, value, "a date, or a date and time, without quotes: 2026-12-18T23:59:00")
        return end_of_day_or(value, zone)

    def choice(self, key: str, *words: str) -> str:
        """One of these words."""
        value = self._value(key, "a word", f'{key} = "{words[0]}"')
        if value not in words:
            raise self._wrong(key, value, " or ".join(f'"{word}"' for word in words))
        return str(value)

    def _value(self, key: str, kind: str, example: str) -> object:
        if key not in self.values:
            raise self.error(f"`{key}` is missing; it is {kind}.", f"Add it: {example}")
        return self.values[key]

    def _wrong(self, key: str, value: object, wanted: str) -> CourseError:
        return self.error(f"`{key}` is {quoted(value)}.", f"It must be {wanted}.")


def end_of_day_or(value: date | datetime, zone: tzinfo) -> datetime:
    """A moment with a time zone: a time without one is in this zone, and a bare date means the end of that day."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(23, 59, 59))
    return value if value.tzinfo else value.replace(tzinfo=zone)


def parse(file: Path) -> Mapping[str, Any]:
    """What a TOML file holds.

    Raises:
        CourseError: it cannot be read, or is no TOML.
    """
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


def quoted(value: object) -> str:
    """The value as the file has it, as far as it is short."""
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
