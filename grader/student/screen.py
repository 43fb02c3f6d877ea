"""One screen of a terminal, painted over again and again; where there is none, pages one below the other."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from rich.console import Console

from grader.language.messages import ngettext
from grader.report.page import Page

Draw = Callable[[Page], None]
"""Writes a part of the screen."""

_WIDEST = 100
_HOME, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"


class Screen:
    """Paints three parts: the head stays at the top and the foot at the bottom, the body can be scrolled."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.live = console.is_terminal and not console.legacy_windows
        """Whether it can be painted over."""
        self.stale = False
        """Whether something else has written here since it was painted."""
        self._painted = ""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        return self.console.width, self.console.height

    def paint(self, head: Draw, body: Draw, foot: Draw, offset: int = 0) -> int:
        """Paint it.

        Args:
            head: what stands above.
            body: what is cut where it is too long.
            foot: what stands below.
            offset: lines of the body to leave out at its top.

        Returns:
            The offset that was possible.
        """
        above, below = self._lines(head), self._lines(foot)
        room = max(self.size[1] - len(above) - len(below), 1)
        lines = self._lines(body)
        offset = max(min(offset, len(lines) - room), 0)
        shown = lines[offset : offset + room]
        if left := len(lines) - offset - len(shown):
            shown[-1:] = self._lines(
                lambda page: page.line((ngettext("  … {n} more line: ↓", "  … {n} more lines: ↓", left + 1), "dim"))
            )
        shown += [""] * (room - len(shown))
        text = f"{_CLEAR_LINE}\n".join([*above, *shown, *below][: self.size[1]])
        if text != self._painted or self.stale:
            self._painted, self.stale = text, False
            self._write(f"{_HOME}{text}{_CLEAR_LINE}{_CLEAR_BELOW}")
        return offset

    def print(self, draw: Draw) -> None:
        """Write something below what is there."""
        draw(Page(self.console, widest=_WIDEST))

    @contextlib.contextmanager
    def modes(self) -> Iterator[None]:
        """Have a screen of one's own, as long as this lasts; afterwards the terminal shows what it showed."""
        if not self.live:
            yield
            return
        try:
            self.console.set_alt_screen(True)
            self.console.show_cursor(False)
            self.stale = True
            yield
        finally:
            with contextlib.suppress(OSError, ValueError):  # the terminal may have gone
                self.console.show_cursor(True)
                self.console.set_alt_screen(False)

    def _lines(self, draw: Draw) -> list[str]:
        with self.console.capture() as capture:
            self.print(draw)
        return capture.get().split("\n")[:-1]

    def _write(self, text: str) -> None:
        self.console.file.write(text)
        self.console.file.flush()


@contextlib.contextmanager
def signals(modes: Callable[[], contextlib.AbstractContextManager[object]]) -> Iterator[None]:
    """Let no signal leave the terminal in another mode than it was.

    Args:
        modes: changes the terminal, and changes it back; entered once more after Ctrl-Z.
    """
    stack = contextlib.ExitStack()

    def end(number: int, _: FrameType | None) -> None:
        sys.exit(128 + number)

    def stop(number: int, _: FrameType | None) -> None:
        stack.close()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)  # here it stops, and here it goes on
        signal.signal(number, stop)
        stack.enter_context(modes())

    handlers: dict[str, Any] = {"SIGTERM": end, "SIGHUP": end, "SIGBREAK": end, "SIGTSTP": stop}
    before = {}
    for name, handler in handlers.items():
        if known := getattr(signal, name, None):
            before[known] = signal.signal(known, handler)
    try:
        stack.enter_context(modes())
        yield
    finally:
        stack.close()
        for known, handler in before.items():
            signal.signal(known, handler)
