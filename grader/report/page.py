"""A page that takes text from anywhere and is never written over its edge."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len, chop_cells, set_cell_size

from grader.language.messages import ngettext
from grader.language.wrapping import wrap
from grader.report.terminal import Terminal
from grader.report.text import encodable, one_line, printable, shorten


class Page:
    """Writes plain text in lines and paragraphs. Nothing in a text is markup, and nothing in it is obeyed."""

    def __init__(self, terminal: Terminal, *, widest: int = 0) -> None:
        self.width = min(terminal.width, widest or terminal.width)
        self._terminal = terminal

    def clean(self, text: str) -> str:
        """The text as this terminal can show it, with its line breaks."""
        return encodable(printable(text), self._terminal.encoding)

    def fit(self, text: str, width: int, *, right: bool = False) -> str:
        """The text in one line of exactly this width, cut or filled up."""
        cut = self.cut(text, width)
        filled = set_cell_size(cut, max(width, 0))
        return " " * (len(filled) - len(cut)) + cut if right else filled

    def cut(self, text: str, width: int) -> str:
        """The text in one line of at most this width."""
        return shorten(encodable(one_line(text), self._terminal.encoding), width, self.clean("…"))

    def line(self, *parts: str | tuple[str, str]) -> None:
        """Write one line of parts, each a text or a text with its style; what goes over the edge is cut."""
        styled = [(part, "") if isinstance(part, str) else part for part in parts]
        self._terminal.line([(self.clean(text).replace("\n", " "), style) for text, style in styled])

    def rule(self, width: int = 0) -> None:
        """Write a thin line, across the page if no width is given."""
        self.line(("─" * (width or self.width), "dim"))

    def items(self, texts: Sequence[str]) -> None:
        """Write short texts side by side, as many to a line as fit."""
        line = ""
        for text in texts:
            longer = f"{line}   {text}" if line else text
            if line and cell_len(self.clean(longer)) > self.width:
                self.line((line, "dim"))
                longer = text
            line = longer
        self.line((line, "dim"))

    def paragraph(self, text: str, *, style: str = "", indent: int = 2, mark: str = "", most: int = 0) -> None:
        """Write a text of several lines, wrapped.

        Args:
            text: what to write; its own line breaks and indentation are kept.
            style: of all of it.
            indent: columns left free in front.
            mark: stands in front of each line.
            most: how many lines are written before the rest is counted only; 0 for all.
        """
        front = " " * min(indent, self.width // 4) + self.clean(mark)
        room = max(self.width - len(front), 1)
        lines = self._wrapped(self.clean(text).strip("\n"), room)
        for line in lines[: most or None]:
            self.line((front, "dim"), (line, style))
        if most and len(lines) > most:
            words = ngettext("… and {n} more line", "… and {n} more lines", len(lines) - most)
            self.line((f"{front}{words}", "dim"))

    @staticmethod
    def _wrapped(text: str, room: int) -> list[str]:
        """The lines of a text, none wider than there is room. What is indented stays so."""
        lines = []
        for line in text.split("\n"):
            bare = line.lstrip(" ")
            front = " " * min(len(line) - len(bare), room // 2)
            for each in wrap(bare, room - len(front)):
                lines += [front + piece for piece in chop_cells(each, room - len(front))] or [""]
        return lines
