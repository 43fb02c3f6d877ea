"""Files and folders of strangers, wherever they lie: on the disk, in an archive, or picked from a download."""

from __future__ import annotations

import enum
import os
from itertools import islice
from pathlib import Path
from typing import Protocol

import msgspec

from grader.intake.files import LINK, SPECIAL, Parts, UnreadableError, read_file, shown, unreadable

ROOT = "The folder"
"""What a tree's topmost folder is called in messages."""


class Kind(enum.Enum):
    """What a name in a folder stands for."""

    FILE = enum.auto()
    FOLDER = enum.auto()
    LINK = enum.auto()
    FOLDER_LINK = enum.auto()
    """Or a link of which nobody can tell."""
    OTHER = enum.auto()


class Node(msgspec.Struct, frozen=True):
    """A name in a folder; nothing has been opened yet."""

    name: str
    kind: Kind


class Content(msgspec.Struct, frozen=True):
    """What a file holds."""

    data: bytes
    modified: int | None
    """Seconds since 1970; None if nobody knows."""


class Tree(Protocol):
    """Somebody's files. Nothing outside of it can be reached, whatever the names in it are."""

    def listing(self, parts: Parts, most: int) -> list[Node]:
        """The names in a folder, sorted, and at most so many of them.

        Raises:
            UnreadableError: the folder cannot be looked into.
            IntakeError: this machine failed.
        """

    def read(self, parts: Parts, most: int) -> Content:
        """A file of at most so many bytes.

        Raises:
            UnreadableError: it is no regular file, too large, damaged, or may not be read.
            IntakeError: this machine failed.
        """

    def below(self, parts: Parts) -> Tree:
        """One of its folders, as a tree of its own."""


def names_in(tree: Tree, *parts: str) -> set[str]:
    """What a folder holds, as far as it is needed to recognise it; nothing if it cannot be looked into."""
    try:
        return {node.name for node in tree.listing(parts, 1_000)}
    except UnreadableError:
        return set()


class FolderTree:
    """A folder on the disk. The folder itself may be a link, nothing in it is followed."""

    def __init__(self, folder: Path, base: Parts = ()) -> None:
        """Stand for a folder.

        Args:
            folder: that somebody whom we trust has named.
            base: the way from there to the tree's topmost folder, in which no link is followed.
        """
        self._folder = folder
        self._base = base

    def listing(self, parts: Parts, most: int) -> list[Node]:
        """See Tree."""
        name = shown(parts) or ROOT
        try:
            self._refuse_links(name)
            with os.scandir(self._folder.joinpath(*self._base, *parts)) as entries:
                found = [Node(entry.name, _kind_of(entry)) for entry in islice(entries, most)]
        except OSError as error:
            raise unreadable(name, error) from error
        return sorted(found, key=lambda node: node.name)

    def read(self, parts: Parts, most: int) -> Content:
        """See Tree."""
        data, modified = read_file(self._folder, (*self._base, *parts), follow=True, most=most, name=shown(parts))
        return Content(data, modified)

    def below(self, parts: Parts) -> FolderTree:
        """See Tree."""
        return FolderTree(self._folder, (*self._base, *parts))

    def _refuse_links(self, name: str) -> None:
        here = self._folder
        for part in self._base:
            here = here / part
            if here.is_symlink():
                raise UnreadableError(LINK.format(name))


def _kind_of(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return _kind_of_link(entry)
    if entry.is_dir(follow_symlinks=False):
        return Kind.FOLDER
    return Kind.FILE if entry.is_file(follow_symlinks=False) else Kind.OTHER


def _kind_of_link(entry: os.DirEntry[str]) -> Kind:
    try:
        return Kind.FOLDER_LINK if entry.is_dir() else Kind.LINK
    except OSError:
        return Kind.FOLDER_LINK


class Picked(msgspec.Struct, frozen=True):
    """A file of a tree, under the name that the student gave it."""

    name: str
    kind: Kind
    tree: Tree
    parts: Parts


class PickedTree:
    """Files that a download has put among those of others, as a folder of their own."""

    def __init__(self, files: tuple[Picked, ...]) -> None:
        self._files = files

    def listing(self, parts: Parts, most: int) -> list[Node]:
        """See Tree."""
        if parts:
            raise UnreadableError(SPECIAL.format(shown(parts)))
        return sorted((Node(file.name, file.kind) for file in self._files[:most]), key=lambda node: node.name)

    def read(self, parts: Parts, most: int) -> Content:
        """See Tree."""
        for file in self._files:
            if parts == (file.name,):
                return file.tree.read(file.parts, most)
        raise UnreadableError(f"{shown(parts)} is not there.")

    def below(self, parts: Parts) -> Tree:
        """See Tree."""
        raise UnreadableError(f"{shown(parts)} is not a folder.")
