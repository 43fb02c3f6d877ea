"""What a system's own file says: who is in which row, which columns take scores, and what must be left alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import msgspec

from grader.export.sheet import Sheet
from grader.intake.roster import Field


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column that takes scores."""

    index: int
    header: str
    names: tuple[str, ...]
    """What somebody may call it, besides its header: the title, the system's number."""
    out_of: float | None = None
    """Points, if the file says so."""
    closed: str = ""
    """Why the system would not take a score, as a sentence; empty if it would."""


class Outline(msgspec.Struct, frozen=True, kw_only=True):
    """A file, as its system means it."""

    rows: Sequence[int]
    """Of students."""
    identities: Mapping[int, Field]
    """By column, what kind of name for a student it holds."""
    columns: Sequence[Column]
    names: Sequence[int] = ()
    """Columns with people's own names, which the system does not need to find a student."""
    closed: Mapping[int, str] = {}
    """By row, why the system would not take a score."""
    kept: frozenset[str] = frozenset()
    """What a cell says, in capitals, if it is more than a score."""
    comma: bool = False
    """Whether the system reads a decimal comma only."""


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """How one system writes its file."""

    says: str
    """As in "a gradebook from Canvas"."""
    fits: Callable[[Sequence[str]], bool]
    """Whether a row is its header."""
    outline: Callable[[Sheet], Outline]
    wants: str
    """What to download, and what its header must have."""
    delimiters: tuple[str, ...] = (",", ";", "\t")


def plain(title: str) -> str:
    """A title in the form in which two ways to write it are equal."""
    return " ".join(title.casefold().split())


def find(header: Sequence[str], names: Mapping[str, Field]) -> dict[int, Field]:
    """The columns of these names."""
    return {index: names[plain(title)] for index, title in enumerate(header) if plain(title) in names}


def filled_rows(sheet: Sheet, start: int) -> list[int]:
    """The rows from there on that hold something."""
    return [row for row in range(start, len(sheet)) if any(cell.strip() for cell in sheet.values(row))]


def points(text: str) -> float | None:
    """A number of points, with a point or a comma; None if it is none."""
    match = re.fullmatch(r"\s*(\d+)(?:[.,](\d+))?\s*", text)
    return float(f"{match[1]}.{match[2] or 0}") if match else None
