"""Single keys of a terminal, without Enter and without an echo, on POSIX and on Windows."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

_ESCAPED = {
    "[A": "up",
    "[B": "down",
    "[5~": "page up",
    "[6~": "page down",
    "OA": "up",
    "OB": "down",
    "[C": "",
    "[D": "",
    "[H": "",
    "[F": "",
    "[2~": "",
    "[3~": "",
}
"""What a terminal sends after Escape."""
_EXTENDED = {"H": "up", "P": "down", "I": "page up", "Q": "page down"}
"""What Windows sends after its mark."""
_NAMED = {"\r": "enter", "\n": "enter", " ": "page down", "\x04": "q"}


class Keyboard(Protocol):
    """Gives keys."""

    works: bool
    """Whether there will ever be one."""

    def read(self, seconds: float) -> str:
        """The next key, waited for at most so long; empty if there is none. Letters are small ones."""

    def modes(self) -> contextlib.AbstractContextManager[object]:
        """As long as this lasts keys come one by one; afterwards the terminal is as it was."""


def open_keyboard() -> Keyboard:
    """The keyboard of this terminal, or one that stays silent."""
    if not sys.stdin or not sys.stdin.isatty():
        return Silent()
    with contextlib.suppress(ImportError):
        return _Posix()
    with contextlib.suppress(ImportError):
        return _Windows()
    return Silent()


class Silent:
    """No keyboard."""

    works = False

    def read(self, seconds: float) -> str:
        """Wait."""
        time.sleep(seconds)
        return ""

    def modes(self) -> contextlib.AbstractContextManager[object]:
        """Change nothing."""
        return contextlib.nullcontext()


class _Posix:
    """A terminal that sends bytes."""

    works = True

    def __init__(self) -> None:
        import select
        import termios
        import tty

        self._termios: Any = termios  # what a system has of these differs, and so would the check of their types
        self._tty: Any = tty
        self._select: Callable[..., Any] = select.select
        self._descriptor = sys.stdin.fileno()
        self._waiting = ""

    def read(self, seconds: float) -> str:
        """The next key; `q` if the terminal has gone."""
        if not self._waiting and self._select([self._descriptor], [], [], seconds)[0]:
            try:
                data = os.read(self._descriptor, 256)
            except OSError:
                return "q"
            if not data:
                return "q"
            self._waiting = data.decode("utf-8", "ignore")
        key, self._waiting = first_key(self._waiting)
        return key

    @contextlib.contextmanager
    def modes(self) -> Iterator[None]:
        """Take keys one by one. Ctrl-C and Ctrl-Z mean what they always mean."""
        before = self._termios.tcgetattr(self._descriptor)
        try:
            self._tty.setcbreak(self._descriptor)
            yield
        finally:
            with contextlib.suppress(self._termios.error):  # the terminal may have gone
                self._termios.tcsetattr(self._descriptor, self._termios.TCSADRAIN, before)


class _Windows:
    """The console of Windows, which can be asked whether a key was pressed, but not be waited for."""

    works = True

    def __init__(self) -> None:
        import msvcrt

        self._console: Any = msvcrt

    def read(self, seconds: float) -> str:
        """The next key."""
        end = time.monotonic() + seconds
        while not self._console.kbhit():
            if time.monotonic() >= end:
                return ""
            time.sleep(0.02)
        key = self._console.getwch()
        if key in ("\x00", "\xe0"):
            return _EXTENDED.get(self._console.getwch(), "")
        if key == "\x03":
            raise KeyboardInterrupt
        return _named(key)

    def modes(self) -> contextlib.AbstractContextManager[object]:
        """Nothing has to be changed."""
        return contextlib.nullcontext()


def first_key(text: str) -> tuple[str, str]:
    """The first key of what a terminal has sent, and what is left."""
    if not text.startswith("\x1b"):
        return _named(text[:1]), text[1:]
    for sent, key in _ESCAPED.items():
        if text.startswith(sent, 1):
            return key, text[1 + len(sent) :]
    return ("escape", "") if text == "\x1b" else ("", "")  # a sequence that is not known


def _named(character: str) -> str:
    return _NAMED.get(character, character.lower() if character.isprintable() else "")
