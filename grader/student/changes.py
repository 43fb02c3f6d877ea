"""Which files have changed: asked of the file system again and again, as that works on every disk and every system.

An editor may write in pieces, or write another file and give it the name. A change counts when it has come to rest:
when the file looks the same at two looks in a row. A file that has gone gets longer to come back.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

PAUSE = 0.1
"""Seconds between two looks."""
_LOOKS_WHEN_GONE = 4

_Look = tuple[int, int, int] | None
"""Time, size and number of a file; None if there is none."""


class Changes:
    """Looks at the files of some topics."""

    def __init__(self, files: Mapping[str, Sequence[Path]]) -> None:
        """Take the files as they are now.

        Args:
            files: by topic; they need not be there.
        """
        self._topics = {path: topic for topic, paths in files.items() for path in paths}
        self._known = {path: _look(path) for path in self._topics}
        self._last = dict(self._known)
        self._looks = dict.fromkeys(self._topics, 1)
        """How often each file has looked as it does."""

    def look(self) -> tuple[str, ...]:
        """The topics of which a file has changed and come to rest since they were named last."""
        found: dict[str, None] = {}
        for path, topic in self._topics.items():
            now = _look(path)
            self._looks[path] = self._looks[path] + 1 if now == self._last[path] else 1
            self._last[path] = now
            if now != self._known[path] and self._looks[path] >= (2 if now else _LOOKS_WHEN_GONE):
                self._known[path] = now
                found[topic] = None
        return tuple(found)


def _look(path: Path) -> _Look:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
