"""A notebook to the source of a module that a worker can execute."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import msgspec

from grader.intake import files
from grader.intake.files import UnreadableError, too_large
from grader.model import Module

MAX_NOTEBOOK = 20_000_000
"""Bytes of a notebook: the pictures that it shows are in it."""
_AGAIN = "Open it in Jupyter, save it, and hand it in again."


class _Cell(msgspec.Struct):
    cell_type: str = ""
    source: str | list[str] = ""


class _Notebook(msgspec.Struct):
    cells: list[_Cell]


class Source(msgspec.Struct, frozen=True):
    """What a notebook comes to."""

    text: bytes
    cells: tuple[int, ...]
    """As of a Module."""
    code: str
    """The code of the student, as it was handed in."""


def read_notebook(data: bytes, name: str) -> Source:
    """Turn a notebook into a module.

    Each cell becomes a string that is run by `cells.py`, so that a cell which cannot even be compiled fails alone. The
    student's lines stand in the module as they are: a traceback finds them there.

    Raises:
        UnreadableError: it is none, or has too much code in it.
    """
    return module_of(code_cells(data, name), name)


def code_cells(data: bytes, name: str) -> list[str]:
    """The code cells of a notebook.

    Raises:
        UnreadableError: it is none.
    """
    return [_text(cell) for cell in _decoded(data, name).cells if cell.cell_type == "code"]


def module_of(codes: Sequence[str], name: str) -> Source:
    """Turn cells of code into a module; see read_notebook."""
    lines = [*_prelude()]
    starts = []
    for code in codes:
        opening = len(lines) + 1
        lines += _call(f"__cell__({opening}, ", code, ")")
        starts.append(opening + 1)
    text = "\n".join(lines).encode("utf-8", "replace")
    if len(text) > files.MAX_BYTES:
        raise too_large(f"The code in {name}", len(text), files.MAX_BYTES)
    return Source(text, tuple(starts), "\n".join(codes))


def readable_cell(code: str) -> str:
    """A cell as Python reads it, without lines of IPython's; as it is if Python cannot read it even so."""
    from grader.intake import cells  # what a worker gets as text

    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        return cells.__cell__.readable(1, code)
    return code


def own_source(module: Module) -> bytes:
    """What a student has written of a module: all of it, or the code cells, on the lines that they have in it."""
    if not module.cells:
        return module.source
    lines = module.source.split(b"\n")
    ends = [start - 2 for start in module.cells[1:]] + [len(lines)]
    own = {line for start, end in zip(module.cells, ends, strict=True) for line in range(start, end)}
    return b"\n".join(text if line in own else b"" for line, text in enumerate(lines, 1))


@cache
def _prelude() -> list[str]:
    """What defines `__cell__`, under a name of its own: its lines are none of the student's."""
    text = Path(__file__).with_name("cells.py").read_text("utf-8")
    return _call("exec(compile(", text, ', "<cells>", "exec", dont_inherit=True))')


def _call(before: str, code: str, after: str) -> list[str]:
    """Write a call that is given code, in which the lines of the code look as they are."""
    for quotes in ("'''", '"""'):
        if quotes not in code:
            return [f"{before}r{quotes}", *code.split("\n"), f"{quotes}{after}"]
    escaped = code.replace("\\", "\\\\").replace("'", "\\'")
    return [f"{before}'''", *escaped.split("\n"), f"'''{after}"]


def _decoded(data: bytes, name: str) -> _Notebook:
    try:
        return msgspec.json.decode(data.removeprefix(b"\xef\xbb\xbf"), type=_Notebook)
    except msgspec.ValidationError as error:
        raise UnreadableError(f"{name} is JSON, but no notebook of Jupyter 4 or newer. {_AGAIN}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"{name} is not a notebook: it is not JSON{_place(data, error)}. {_AGAIN}") from error


def _place(data: bytes, error: Exception) -> str:
    """In which line the JSON ends to be JSON, where that is known."""
    found = re.search(r"\(byte (\d+)\)", str(error))
    return f" (line {data[: int(found[1])].count(bytes([10])) + 1})" if found else ""


def _text(cell: _Cell) -> str:
    """The code of a cell, with line ends as Python counts them, and without what no source may hold."""
    code = cell.source if isinstance(cell.source, str) else "".join(cell.source)
    return code.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
