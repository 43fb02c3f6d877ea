"""One screen of a terminal, painted over again and again; where there is none, pages one below the other."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

from grader.language.messages import ngettext
from grader.report.page import Page
from grader.report.terminal import Terminal

Draw = Callable[[Page], None]
"""Writes a part of the screen."""

_WIDEST = 100
_HOME, _CLEAR_LINE, _CLEAR_BELOW = "\x1b[H", "\x1b[K", "\x1b[J"
_OWN_SCREEN, _SHARED_SCREEN = "\x1b[?1049h\x1b[H\x1b[?25l", "\x1b[?25h\x1b[?1049l"


class Screen:
    """Paints three parts: the head stays at the top and the foot at the bottom, the body can be scrolled."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self.live = terminal.is_terminal and not _is_old_windows()
        """Whether it can be painted over."""
        self.stale = False
        """Whether something else has written here since it was painted."""
        self._painted = ""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        return self._terminal.size

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
            self._terminal.write(f"{_HOME}{text}{_CLEAR_LINE}{_CLEAR_BELOW}")
        return offset

    def print(self, draw: Draw) -> None:
        """Write something below what is there."""
        draw(Page(self._terminal, widest=_WIDEST))

    @contextlib.contextmanager
    def modes(self) -> Iterator[None]:
        """Have a screen of one's own, as long as this lasts; afterwards the terminal shows what it showed."""
        if not self.live:
            yield
            return
        try:
            self._terminal.write(_OWN_SCREEN)
            self.stale = True
            yield
        finally:
            with contextlib.suppress(OSError, ValueError):  # the terminal may have gone
                self._terminal.write(_SHARED_SCREEN)

    def _lines(self, draw: Draw) -> list[str]:
        with self._terminal.captured() as written:
            self.print(draw)
        return written.getvalue().split("\n")[:-1]


def _is_old_windows() -> bool:
    """Whether this is a window that knows no escape sequences."""
    if sys.platform != "win32":
        return False
    from rich.console import detect_legacy_windows

    return detect_legacy_windows()


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
