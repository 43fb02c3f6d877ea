"""A delimited file that is written back byte for byte, but for the cells that are set."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from grader.errors import IntakeError
from grader.intake.table import encoding_of, read_bytes

_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_WHATEVER = "latin-1"
"""Keeps every byte of an encoding that nobody has named: names may look wrong in a message, and nothing else."""


class Sheet:
    """Rows of cells, as somebody's system has written them."""

    def __init__(self, path: Path, encoding: str, mark: bytes, delimiter: str, rows: list[_Row]) -> None:
        self.path = path
        self.encoding = encoding
        self.delimiter = delimiter
        self._mark = mark
        self._rows = rows

    def __len__(self) -> int:
        return len(self._rows)

    def line(self, row: int) -> int:
        """The line on which a row begins."""
        return self._rows[row].line

    def values(self, row: int) -> list[str]:
        """What the cells of a row say."""
        return [_value(raw) for raw in self._rows[row].cells]

    def value(self, row: int, column: int) -> str:
        """What a cell says; nothing if the row is too short."""
        cells = self._rows[row].cells
        return _value(cells[column]) if column < len(cells) else ""

    def set(self, row: int, column: int, text: str) -> None:
        """Write into a cell, in quotes if there were any.

        Raises:
            IntakeError: the row is too short.
        """
        cells = self._rows[row].cells
        if column >= len(cells):
            raise self.error(row, f"there are {len(cells)} cells, and the header has more.", "Download the file again.")
        quoted = cells[column].startswith('"') or any(sign in text for sign in (self.delimiter, '"', "\r", "\n"))
        cells[column] = '"{}"'.format(text.replace('"', '""')) if quoted else text

    def encoded(self) -> bytes:
        """The whole file."""
        text = "".join(self.delimiter.join(row.cells) + row.end for row in self._rows)
        return self._mark + text.encode(self.encoding)

    def error(self, row: int, problem: str, remedy: str) -> IntakeError:
        """What is wrong with a row."""
        return IntakeError(f"{self.path}, line {self.line(row)}: {problem}", remedy)


class _Row:
    def __init__(self, line: int) -> None:
        self.line = line
        self.cells: list[str] = []
        """As they stand in the file, quotes included."""
        self.end = ""


def read_sheet(path: Path, delimiters: Sequence[str], fits: Callable[[Sequence[str]], bool], wants: str) -> Sheet:
    """Read a file that somebody's system has written.

    Args:
        path: of the file.
        delimiters: that it may have.
        fits: whether a row is the header that is wanted: tells which delimiter it is.
        wants: what to do if none fits.

    Raises:
        IntakeError: it cannot be read, is no such file, or has another header.
    """
    data = read_bytes(path)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise IntakeError(f"{path} is a workbook of a spreadsheet program.", "Download it as CSV, or save it as CSV.")
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    encoding = {_MARKS[0]: "utf-8", _MARKS[1]: "utf-16-le", _MARKS[2]: "utf-16-be"}.get(mark)
    encoding = encoding or encoding_of(data) or _WHATEVER
    try:
        text = data[len(mark) :].decode(encoding)
    except UnicodeDecodeError as error:
        raise IntakeError(f"{path} is damaged at byte {error.start}.", "Download it again.") from error
    if "\0" in text:
        raise IntakeError(f"{path}, line {text[: text.index(chr(0))].count(chr(10)) + 1}: this is no text.", wants)
    for delimiter in delimiters:
        header = next(_rows(path, text, delimiter, strict=False), None)
        if header is not None and fits([_value(cell) for cell in header.cells]):
            return Sheet(path, encoding, mark, delimiter, list(_rows(path, text, delimiter, strict=True)))
    first = "".join(sign if sign.isprintable() else " " for sign in text.partition("\n")[0])[:200].strip()
    raise IntakeError(f"{path}, line 1: the header does not fit: {first or '(empty)'}", wants)


def _rows(path: Path, text: str, delimiter: str, *, strict: bool) -> Iterator[_Row]:
    """Cut a text into rows, without changing a character."""
    end = re.escape(delimiter)
    cell = re.compile(rf'("(?:[^"]|"")*"(?=[{end}\r\n]|\Z)|(?!")[^{end}\r\n]*)({end}|\r\n|\r|\n|\Z)')
    at, line = 0, 1
    row = _Row(line)
    while at < len(text) or row.cells:
        match = cell.match(text, at)
        if match is None:
            if not strict:
                return
            raise IntakeError(
                f"{path}, line {line}: a quote is not closed, or something follows it.",
                "Look at the quotes in that line.",
            )
        at = match.end()
        line += _line_ends(match[0])
        row.cells.append(match[1])
        if match[2] != delimiter:
            row.end = match[2]
            yield row
            row = _Row(line)


def _line_ends(text: str) -> int:
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def _value(raw: str) -> str:
    return raw[1:-1].replace('""', '"') if raw.startswith('"') else raw
