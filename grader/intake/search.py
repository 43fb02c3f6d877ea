"""A bounded walk through one submission, looking for the modules and notebooks of the topics."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from grader.intake.archive import open_archive
from grader.intake.files import LINK, SPECIAL, Parts, UnreadableError, shown
from grader.intake.tree import Kind, Node, Tree
from grader.language.english import english

MAX_ENTRIES = 10_000
"""Files and folders that are looked at in one submission."""
MAX_ARCHIVES = 64_000_000
"""Bytes of the archives that are opened in one submission."""
_MAX_NESTING = 2
"""An archive may lie in an archive, as many systems pack what is packed already."""

_SKIPPED = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages"})
_NEARLY = re.compile(r"(.+?)(?: ?\(\d+\)|-\d+)?(\.py|\.ipynb)(?:\.txt|\.json)?", re.IGNORECASE)
_FOREIGN = (".7z", ".bz2", ".gz", ".rar", ".tar", ".tgz", ".xz")


def skipped(name: str) -> bool:
    """Tell whether a folder is none that a student made: hidden, or left behind by a program."""
    return name.startswith(".") or name in _SKIPPED


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Something that has the name of a module."""

    tree: Tree
    parts: Parts
    shown: str
    """How it is named in messages: archives count as folders."""
    level: int
    """Folders above it."""
    problem: str = ""
    """Why it must not even be opened, as a sentence; empty for a regular file."""

    @property
    def name(self) -> str:
        """Without folders, as the student wrote it."""
        return self.parts[-1]


class _Folder(msgspec.Struct, frozen=True):
    """A folder or archive to look into."""

    tree: Tree
    parts: Parts
    shown: Parts
    archives: int = 0
    """Around it."""
    packed: bool = False
    """Whether it is an archive itself."""


class Search:
    """A bounded walk through one submission, level by level, and what it has seen of each topic."""

    def __init__(self, tree: Tree, topics: Iterable[str]) -> None:
        self.files: dict[str, list[Place]] = {}
        """By file name, on the shallowest level that has any."""
        self._tree = tree
        self._topics = {f"{topic}{suffix}": topic for topic in topics for suffix in (".py", ".ipynb")}
        self._level: dict[str, list[Place]] = {}
        self._instead: dict[str, tuple[str, str]] = {}
        """By topic, the name and the problem of what looks like its module."""
        self._closed: list[str] = []
        """Folders and archives that could not be looked into, as sentences."""
        self._left = MAX_ENTRIES
        self._bytes_left = MAX_ARCHIVES

    def run(self, depth: int) -> None:
        """Walk down until there is nothing more, or a bound is met."""
        folders = [_Folder(self._tree, (), (), 0)]
        for level in range(depth + 1):
            self._level = {}
            folders = [below for folder in folders for below in self._look_into(folder, level)]
            # A level that was cut off may hide a second module of the same name; the topmost folder cannot.
            if self._left or not level:
                self.files = self._level | self.files
            if not folders or not self._left or len(self.files) == len(self._topics):
                return

    def places(self, topic: str) -> list[Place]:
        """Where the topic's module may be: two places at most, unless several files bear the same name."""
        return [place for suffix in (".py", ".ipynb") for place in self.files.get(f"{topic}{suffix}", [])]

    def problem(self, topic: str) -> str | None:
        """Say why there is no module of a topic, if there is something to say; None if it is missing."""
        name = f"{topic}.py"
        if topic in self._instead:
            return self._instead[topic][1]
        if self._closed:
            return english(f"{name} was not found. {self._closed[0]}")
        if not self._left:
            found = f"{name} was not found among the first {MAX_ENTRIES:,} files. Hand in the modules only."
            return english(found)
        return None

    def filename(self, topic: str) -> str:
        """Return the name of what stands in the module's place."""
        return self._instead.get(topic, (f"{topic}.py", ""))[0]

    def _look_into(self, folder: _Folder, level: int) -> list[_Folder]:
        """Note the modules in one folder, and return the folders in it."""
        try:
            if folder.packed:
                folder = self._opened(folder)
            entries = folder.tree.listing(folder.parts, self._left)
            self._left -= len(entries)
            return [below for entry in entries if (below := self._note(folder, entry, level))]
        except UnreadableError as error:
            self._closed.append(str(error))
            return []

    def _opened(self, folder: _Folder) -> _Folder:
        """Open an archive, in memory."""
        name = shown(folder.shown)
        if folder.archives == _MAX_NESTING:
            raise UnreadableError(f"{name} is an archive in an archive in an archive. Hand in the modules only.")
        data = folder.tree.read(folder.parts, self._bytes_left).data
        self._bytes_left -= len(data)
        tree = open_archive(data, name)
        if tree.refused:
            refused = f"{name} holds a file whose name leads out of it: {tree.refused[0]}. Zip it again."
            self._closed.append(english(refused))
        return _Folder(tree, (), folder.shown, folder.archives + 1)

    def _note(self, folder: _Folder, entry: Node, level: int) -> _Folder | None:
        """Note an entry that looks like a module; return one that is to be looked into."""
        below = _Folder(folder.tree, (*folder.parts, entry.name), (*folder.shown, entry.name), folder.archives)
        name = _nearly(entry.name)
        topic = self._topics.get(name)
        here = shown(below.shown)
        if entry.kind is Kind.FOLDER:
            if topic:
                self._notice(topic, entry.name, f"{here} is a folder, not a file.")
            return None if skipped(entry.name) else below
        if topic and name == entry.name:
            place = Place(
                tree=folder.tree, parts=below.parts, shown=here, level=level, problem=_why_not_open(entry, here)
            )
            self._level.setdefault(name, []).append(place)
        elif topic:
            self._notice(topic, entry.name, f"{here} must be called {name}.")
        elif entry.kind is Kind.FILE and not skipped(entry.name):
            return self._note_archive(below, entry.name.lower())
        return None

    def _note_archive(self, folder: _Folder, name: str) -> _Folder | None:
        if name.endswith(".zip"):
            return msgspec.structs.replace(folder, packed=True)
        if name.endswith(_FOREIGN):
            self._closed.append(f"{shown(folder.shown)} is no zip, and is not opened. Hand in a zip, or the files.")
        return None

    def _notice(self, topic: str, name: str, problem: str) -> None:
        self._instead.setdefault(topic, (shown((name,)), problem))


def _nearly(name: str) -> str:
    """Return the name that was meant: a wrong name such as "Adam (1).py" is not a missing module."""
    match = _NEARLY.fullmatch(name)
    return f"{match[1]}{match[2]}".lower() if match else name


def _why_not_open(entry: Node, name: str) -> str:
    if entry.kind in (Kind.LINK, Kind.FOLDER_LINK):
        return LINK.format(name)
    return "" if entry.kind is Kind.FILE else SPECIAL.format(name)
