"""Open what an instructor has: a folder or a zip, from whatever system, recognised by itself."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from types import TracebackType
from typing import Self

import msgspec

from grader.errors import IntakeError
from grader.intake.archive import MAX_CLASS_MEMBERS, ZipTree, open_download
from grader.intake.attempt import Download, Found, Layout, Stray
from grader.intake.entry import Entry
from grader.intake.files import UnreadableError
from grader.intake.layouts import LAYOUTS
from grader.intake.layouts.plain import LAYOUT as PLAIN
from grader.intake.matching import match
from grader.intake.roster import Roster
from grader.intake.search import skipped
from grader.intake.submission import require_folder
from grader.intake.tree import FolderTree, Kind, Node, Tree

_AROUND = 3
"""Folders that are looked into to find the class."""
_LOOKED_INTO = 50
"""Folders in which is looked whether they are students'."""
_REMEDY = "Give the folder that holds one folder per student, or the zip that your system let you download."


class Class:
    """A class, opened: a zip stays open until everybody has been read."""

    def __init__(
        self, layout: Layout, entries: list[Entry], strays: Sequence[Stray], repeated: int, root: Tree
    ) -> None:
        self.layout = layout
        self.entries = entries
        """One per student, sorted by student id."""
        self.strays = strays
        """What is not graded, for it is not known whose it is."""
        self.repeated = repeated
        """Students who handed in more than once."""
        self._root = root

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(self._root, ZipTree):
            self._root.close()


def open_class(path: Path, topics: Sequence[str], *, layout: str | None = None, roster: Roster | None = None) -> Class:
    """List who handed in what, without reading it.

    Args:
        path: a folder, or a zip.
        topics: of the course; a download may rename their modules.
        layout: which system it comes from, if it is not to be recognised; one of LAYOUTS.
        roster: the course list.

    Raises:
        IntakeError: there is nothing to grade, it cannot be read, or it is not certain where it comes from.
    """
    root, title = _opened(path)
    try:
        chosen, found = _recognised(_nested(path, root, title, topics), layout)
    except UnreadableError as error:
        raise IntakeError(f"{path} cannot be read: {error}", _REMEDY) from error
    if not found.attempts:
        raise IntakeError(f"{path} holds nothing that looks like {chosen.says}.", _REMEDY)
    matched = match(found.attempts, roster)
    return Class(chosen, matched.entries, [*_refused(root), *found.strays, *matched.strays], matched.repeated, root)


def _opened(path: Path) -> tuple[Tree, str]:
    if os.path.isfile(path):  # unlike Path.is_file, it answers where permission is denied
        return open_download(path), path.stem
    require_folder(path, _REMEDY)
    return FolderTree(path), path.resolve().name


def _refused(root: Tree) -> Iterator[Stray]:
    for name in root.refused if isinstance(root, ZipTree) else ():
        yield Stray(name, "Its name leads out of the zip.")


def _nested(path: Path, root: Tree, title: str, topics: Sequence[str]) -> list[Download]:
    """The folder, and those within that are the only thing in the one around them: many zips have one."""
    found = [Download(root, title, _visible(root), topics, str(path))]
    while len(found) < _AROUND and (inner := _only_folder(found[-1])):
        found.append(inner)
    return found


def _only_folder(outer: Download) -> Download | None:
    """The folder in a folder that holds nothing else."""
    if len(outer.nodes) != 1 or outer.nodes[0].kind is not Kind.FOLDER:
        return None
    name = outer.nodes[0].name
    tree = outer.tree.below((name,))
    try:
        return msgspec.structs.replace(outer, tree=tree, title=name, nodes=_visible(tree))
    except UnreadableError:
        return None  # if it is a student's, reading it will say why


def _visible(tree: Tree) -> list[Node]:
    return [node for node in tree.listing((), MAX_CLASS_MEMBERS) if not skipped(node.name)]


def _recognised(downloads: Sequence[Download], wanted: str | None) -> tuple[Layout, Found]:
    """Which system it comes from, and what is in it.

    Args:
        downloads: the folder that was given, and those in it that may be meant.
        wanted: the layout that the instructor has named.
    """
    if wanted == PLAIN.name:
        return PLAIN, PLAIN.find(_plain(downloads))
    layouts = [LAYOUTS[wanted]] if wanted else [layout for layout in LAYOUTS.values() if layout is not PLAIN]
    for download in downloads:
        fits = [layout for layout in layouts if layout.recognises(download)]
        if len(fits) > 1:
            says = " or ".join(layout.says for layout in fits)
            names = " or ".join(f"--layout {layout.name}" for layout in fits)
            raise IntakeError(f"{download.path} may be {says}.", f"Say which: {names}")
        if fits:
            return fits[0], fits[0].find(download)
    if not wanted:
        return PLAIN, PLAIN.find(_plain(downloads))
    found = [layouts[0].find(download) for download in downloads]
    return layouts[0], next((one for one in found if one.attempts), found[0])


def _plain(downloads: Sequence[Download]) -> Download:
    """The folder that holds one folder per student: one folder alone may be the only student's."""
    outer, *inside = downloads
    if not inside:
        return outer
    inner = inside[0]
    folders = [node for node in inner.nodes if node.kind is Kind.FOLDER]
    is_class = len(folders) > 1 and len(folders) == len(inner.nodes) and isinstance(outer.tree, ZipTree)
    return inner if is_class or inner.title == outer.title or _has_a_module_twice(inner, folders) else outer


def _has_a_module_twice(inner: Download, folders: Sequence[Node]) -> bool:
    """Whether two folders hold a module of the same topic: then they are two students', whatever lies beside them."""
    seen: set[str] = set()
    for folder in folders[:_LOOKED_INTO]:
        names = {PurePath(node.name).stem.lower() for node in _files(inner, folder)}
        here = names & set(inner.topics)
        if here & seen:
            return True
        seen |= here
    return False


def _files(download: Download, folder: Node) -> list[Node]:
    try:
        nodes = download.tree.listing((folder.name,), MAX_CLASS_MEMBERS)
    except UnreadableError:
        return []  # if it is a student's, reading it will say why
    return [node for node in nodes if node.kind is Kind.FILE]
