"""A bounded walk through one submission, looking for the modules of the topics."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import msgspec

from grader.intake.files import LINK, SPECIAL, Parts, shown, unreadable

MAX_ENTRIES = 10_000
"""Files and folders that are looked at in one submission."""

_SKIPPED = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages"})
_NEARLY = re.compile(r"(.+?)(?: ?\(\d+\)|-\d+)?\.py(?:\.txt)?", re.IGNORECASE)


def skipped(name: str) -> bool:
    """Tell whether a folder is none that a student made: hidden, or left behind by a program."""
    return name.startswith(".") or name in _SKIPPED


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has the name of a module."""

    parts: Parts
    problem: str
    """Why it must not even be opened, as a sentence; empty for a regular file."""


class Search:
    """A bounded walk through one submission, level by level, and what it has seen of each topic."""

    def __init__(self, folder: Path, topics: Iterable[str]) -> None:
        self.files: dict[str, list[Place]] = {}
        """By topic, on the shallowest level that has any."""
        self._folder = folder
        self._topics = {f"{topic}.py": topic for topic in topics}
        self._level: dict[str, list[Place]] = {}
        self._instead: dict[str, tuple[str, str]] = {}
        """By topic, the name and the problem of what looks like its module."""
        self._unreadable: list[str] = []
        """Folders that could not be looked into, as sentences."""
        self._left = MAX_ENTRIES

    def run(self, depth: int, *, follow: bool) -> None:
        """Walk down until every topic is found, or there is nothing more, or a bound is met."""
        if not follow and self._folder.is_symlink():
            self._unreadable.append(LINK.format("The folder"))
            return
        folders: list[Parts] = [()]
        for level in range(depth + 1):
            self._level = {}
            folders = [below for parts in folders for below in self._look_into(parts)]
            # A level that was cut off may hide a second module of the same name; the topmost folder cannot.
            if self._left or not level:
                self.files = self._level | self.files
            if not folders or not self._left or len(self.files) == len(self._topics):
                return

    def problem(self, topic: str) -> str | None:
        """Say why the topic's module must not be read: empty if it may be, None if there is none."""
        places = self.files.get(topic, [])
        name = f"{topic}.py"
        if len(places) > 1:
            where = " and ".join(shown(place.parts) for place in places[:2])
            return f"There are {len(places)} files called {name}, such as {where}. Keep the right one."
        if places:
            return places[0].problem
        if topic in self._instead:
            return self._instead[topic][1]
        if self._unreadable:
            return f"{name} was not found. {self._unreadable[0]}"
        if not self._left:
            return f"{name} was not found among the first {MAX_ENTRIES:,} files. Hand in the modules only."
        return None

    def filename(self, topic: str) -> str:
        """Return the module's name as the student wrote it, without folders."""
        own = f"{topic}.py"
        return own if topic in self.files else self._instead.get(topic, (own, ""))[0]

    def _look_into(self, parts: Parts) -> list[Parts]:
        """Note the modules in one folder, and return the folders in it."""
        try:
            with os.scandir(self._folder.joinpath(*parts)) as listing:
                entries = sorted(islice(listing, self._left), key=lambda entry: entry.name)
            self._left -= len(entries)
            return [below for entry in entries if (below := self._note(parts, entry))]
        except OSError as error:
            self._unreadable.append(str(unreadable(shown(parts) or "The folder", error)))
            return []

    def _note(self, parts: Parts, entry: os.DirEntry[str]) -> Parts | None:
        """Note an entry that looks like a module; return the way to one that is a folder to look into."""
        here = (*parts, entry.name)
        name = _nearly(entry.name)
        topic = self._topics.get(name)
        if entry.is_dir(follow_symlinks=False):
            if topic:
                self._notice(topic, here, f"{shown(here)} is a folder, not a file.")
            return None if skipped(entry.name) else here
        if topic and name == entry.name:
            place = Place(parts=here, problem=_why_not_open(entry, shown(here)))
            self._level.setdefault(topic, []).append(place)
        elif topic:
            self._notice(topic, here, f"{shown(here)} must be called {name}.")
        return None

    def _notice(self, topic: str, here: Parts, problem: str) -> None:
        self._instead.setdefault(topic, (shown(here[-1:]), problem))


def _nearly(name: str) -> str:
    """Return the name that was meant: a wrong name such as "Adam (1).py" is not a missing module."""
    match = _NEARLY.fullmatch(name)
    return f"{str(match[1]).lower()}.py" if match else name


def _why_not_open(entry: os.DirEntry[str], name: str) -> str:
    if entry.is_symlink():
        return LINK.format(name)
    return "" if entry.is_file(follow_symlinks=False) else SPECIAL.format(name)
