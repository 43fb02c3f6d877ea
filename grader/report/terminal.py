"""Where pages are written: a terminal with its width, its encoding and its colours, or a file that stands for one."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TextIO

import click
from rich.cells import cell_len, set_cell_size

Part = tuple[str, str]
"""A text and its style: "bold", "dim", "reverse", a colour's name, or the number of one of 256 colours."""

_ATTRIBUTES = ("bold", "dim", "reverse")


class Terminal:
    """Takes styled lines, and leaves out what cannot be shown: styles in a file, what goes over the edge."""

    def __init__(self, stream: TextIO | None = None, *, width: int = 0, styles: bool | None = None) -> None:
        """Write somewhere.

        Args:
            stream: where to; standard output if None.
            width: columns; those of the terminal if 0.
            styles: whether it can show them; if None, a terminal can, and so can what FORCE_COLOR says it of.
        """
        self._stream = stream or sys.stdout
        self._width = width
        self.encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self.is_terminal = self._stream.isatty()
        able = os.environ.get("TERM", "").lower() not in ("dumb", "unknown")
        wanted = self.is_terminal or bool(os.environ.get("FORCE_COLOR"))
        self.styles = able and wanted if styles is None else styles
        self.colours = self.styles and not os.environ.get("NO_COLOR")

    @property
    def width(self) -> int:
        """Columns."""
        return self._width or self.size[0]

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines of the window, which may change."""
        return shutil.get_terminal_size(_size_elsewhere())

    def line(self, parts: Sequence[Part]) -> None:
        """Write a line."""
        self.write(self._cut(parts) + "\n")

    def write(self, text: str) -> None:
        """Write what has been styled already."""
        click.echo(text, file=self._stream, nl=False, color=self.styles)

    @contextlib.contextmanager
    def captured(self) -> Iterator[io.StringIO]:
        """Keep what is written meanwhile, instead of writing it."""
        stream, kept = self._stream, io.StringIO()
        self._stream = kept
        try:
            yield kept
        finally:
            self._stream = stream

    def _cut(self, parts: Sequence[Part]) -> str:
        """The parts in their styles, up to the edge and without spaces at the end."""
        line, room, kept = "", self.width, list(parts)
        while kept and not kept[-1][0].strip():
            kept.pop()
        for number, (text, style) in enumerate(kept, 1):
            text = text.rstrip() if number == len(kept) else text
            size = cell_len(text)
            line += self._styled(text if size <= room else set_cell_size(text, room), style)
            room = max(room - size, 0)
        return line

    def _styled(self, text: str, style: str) -> str:
        words = style.split()
        look = {name: True for name in _ATTRIBUTES if name in words}
        colours = [int(word) if word.isdecimal() else word for word in words if word not in _ATTRIBUTES]
        colour = colours[0] if colours and self.colours else None
        return click.style(text, fg=colour, **look) if text and self.styles and (look or colour is not None) else text


def _size_elsewhere() -> tuple[int, int]:
    """The size of the window where standard output is none, as before `| less`."""
    for descriptor in (2, 0):
        with contextlib.suppress(OSError):
            columns, lines = os.get_terminal_size(descriptor)
            if columns > 0 and lines > 0:
                return columns, lines
    return 80, 24
