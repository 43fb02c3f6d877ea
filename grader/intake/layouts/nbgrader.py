"""nbgrader: `submitted/{student}/{assignment}/`, with notebooks and a `timestamp.txt` (`2026-11-01 10:00:00 UTC`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from grader.intake.attempt import Attempt, Download, Found, Layout
from grader.intake.files import UnreadableError, shown
from grader.intake.roster import Field
from grader.intake.search import skipped
from grader.intake.tree import Kind, Node, Tree, names_in

_FOLDER, _TIME = "submitted", "timestamp.txt"
_ZONE = re.compile(" (UTC|GMT|Z)$")
_MOST = 500_000


def _recognises(download: Download) -> bool:
    folders = [node.name for node in download.nodes if node.kind is Kind.FOLDER]
    if _FOLDER in folders:
        return any(_has_times(download.tree.below((_FOLDER,)), node.name) for node in _students(download)[:20])
    return any(_has_times(download.tree, name) for name in folders[:20])


def _has_times(tree: Tree, student: str) -> bool:
    return any(_time(tree, student, assignment) for assignment in _folders(tree, student))


def _folders(tree: Tree, *parts: str) -> list[str]:
    try:
        nodes = tree.listing(parts, _MOST)
    except UnreadableError:
        return []
    return [node.name for node in nodes if node.kind is Kind.FOLDER and not skipped(node.name)]


def _students(download: Download) -> list[Node]:
    """The folders of students, in a course's folder or in `submitted` itself."""
    nodes = list(download.nodes)
    if any(node.name == _FOLDER and node.kind is Kind.FOLDER for node in nodes):
        nodes = download.tree.below((_FOLDER,)).listing((), _MOST)
    return [node for node in nodes if node.kind in (Kind.FOLDER, Kind.FOLDER_LINK) and not skipped(node.name)]


def _find(download: Download) -> Found:
    inside = any(node.name == _FOLDER and node.kind is Kind.FOLDER for node in download.nodes)
    tree = download.tree.below((_FOLDER,)) if inside else download.tree
    return Found([_attempt(tree, node.name) for node in _students(download)])


def _attempt(tree: Tree, student: str) -> Attempt:
    """All assignments of a student: one may hold all topics, or each its own."""
    times = [time for assignment in _folders(tree, student) if (time := _time(tree, student, assignment))]
    return Attempt(
        people=(((Field.ANY, student),),),
        tree=tree.below((student,)),
        label=shown((student,)),
        when=max(times, default=None),
    )


def _time(tree: Tree, student: str, assignment: str) -> str | None:
    if _TIME not in names_in(tree, student, assignment):
        return None
    try:
        text = tree.read((student, assignment, _TIME), 100).data.decode("ascii", "replace").strip()
        when = datetime.fromisoformat(_ZONE.sub("+00:00", text))
    except (UnreadableError, ValueError):
        return None
    if when.tzinfo is None or "T" in text[:-4]:  # that is how Sakai writes a time
        return None
    return when.astimezone(UTC).isoformat(timespec="seconds")


LAYOUT = Layout("nbgrader", "nbgrader's submitted/", _recognises, _find)
