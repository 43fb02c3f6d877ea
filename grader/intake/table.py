"""A CSV of a stranger: which encoding and which delimiter, and errors that name the line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from grader.errors import IntakeError

MAX_TABLE = 50_000_000
"""Bytes of a table."""
DELIMITERS = (",", ";", "\t")
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


class Row(msgspec.Struct, frozen=True):
    """One record."""

    line: int
    """On which it begins."""
    cells: tuple[str, ...]


def read_bytes(path: Path) -> bytes:
    """The content of a file that somebody has named.

    Raises:
        IntakeError: it is not there, too large, or cannot be read.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_TABLE + 1)
    except OSError as error:
        raise IntakeError(f"{path} cannot be read: {error.strerror or error}.", "Give a CSV file.") from error
    if len(data) > MAX_TABLE:
        raise IntakeError(f"{path} is larger than {MAX_TABLE:,} bytes.", "Give the course list, as CSV.")
    return data


def encoding_of(data: bytes) -> str | None:
    """What the file says, or UTF-8 if it fits; None if neither."""
    for mark, encoding in _BOMS.items():
        if data.startswith(mark):
            return encoding
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def read_table(path: Path, fits: Callable[[Sequence[str]], bool], wants: str) -> list[Row]:
    """Read a CSV with a header.

    Args:
        path: of the file; UTF-8, or UTF-16 with a mark that says so.
        fits: whether a row is the header that is wanted: tells which delimiter it is.
        wants: what the header must have, as a sentence.

    Returns:
        The rows that are not empty, the header first.

    Raises:
        IntakeError: it cannot be read, is no CSV, or has another header.
    """
    data = read_bytes(path)
    encoding = encoding_of(data)
    try:
        text = data.decode(encoding or "utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise IntakeError(
            f"{path}, line {line}: this is not UTF-8 text (byte 0x{data[error.start]:02x}).",
            "Save it as UTF-8. In Excel: Save As, “CSV UTF-8”. Or: iconv -f latin1 -t utf-8 OLD.csv > NEW.csv",
        ) from error
    if "\0" in text:
        line = text[: text.index("\0")].count("\n") + 1
        raise IntakeError(f"{path}, line {line}: this is no text.", "Save it as CSV, in UTF-8.")
    for delimiter in DELIMITERS:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        if fits(header):
            return _rows(path, text, delimiter)
    first = text.lstrip("\ufeff").partition("\n")[0].strip()[:200]
    raise IntakeError(f"{path}, line 1: the header does not fit: {first or '(empty)'}", wants)


def _rows(path: Path, text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cells)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise IntakeError(
            f"{path}, line {line}: this is no CSV: {error}.", "Look at the quotes in that line."
        ) from error
    return rows
