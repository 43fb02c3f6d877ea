"""Sakai: "Download All", a zip with one folder, named by the assignment.

A folder `{Last, First(eid)}` for each student, with `Submission attachment(s)/`, `timestamp.txt` and what staff wrote;
without folders, files `{Last, First(eid)}_Submission attachment(s)_{file}`. (sakaiproject/sakai,
AssignmentServiceImpl.java) The times in the zip are those of the download.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime

from grader.intake.attempt import Attempt, Download, Found, Keys, Layout, Stray
from grader.intake.files import UnreadableError, shown
from grader.intake.roster import Field
from grader.intake.tree import Kind, Picked, PickedTree, Tree, names_in

_ATTACHMENTS = "Submission attachment(s)"
_STUDENT = re.compile(r"(?P<name>.*)\((?P<eid>[^()]+)\)")
_FLAT = re.compile(r"(?P<name>.*?)\((?P<eid>[^()]+)\)_+(?P<rest>.+)")
_OF_STAFF = re.compile(r"grades\.\w+|.*\.html")
_TIME = "timestamp.txt"


def _recognises(download: Download) -> bool:
    if any(_FLAT.fullmatch(node.name) and f"_{_ATTACHMENTS}_" in node.name for node in download.nodes):
        return True
    students = [node for node in download.nodes if node.kind is Kind.FOLDER and _STUDENT.fullmatch(node.name)]
    return any(names_in(download.tree, node.name) & {_ATTACHMENTS, _TIME} for node in students[:20])


def _find(download: Download) -> Found:
    attempts, strays = [], []
    flat: dict[Keys, list[Picked]] = defaultdict(list)
    for node in download.nodes:
        student, file = _STUDENT.fullmatch(node.name), _FLAT.fullmatch(node.name)
        if node.kind is Kind.FOLDER and student:
            attempts.append(_attempt(download, node.name, _keys(student)))
        elif node.kind is not Kind.FOLDER and file:
            name = file["rest"].removeprefix(f"{_ATTACHMENTS}_")
            picked = Picked(name, node.kind, download.tree, (node.name,))
            flat[_keys(file)] += [picked] if name != file["rest"] else []
        elif not _OF_STAFF.fullmatch(node.name):
            strays.append(Stray(shown((node.name,)), "It is not named as Sakai names what is handed in."))
    for keys, files in flat.items():
        label = ", ".join(shown(file.parts) for file in files)
        attempts.append(Attempt(people=(keys,), tree=PickedTree(tuple(files)), label=label))
    return Found(attempts, strays)


def _keys(match: re.Match[str]) -> Keys:
    return ((Field.USERNAME, match["eid"]), (Field.NAME, match["name"].strip(" ,")))


def _attempt(download: Download, folder: str, keys: Keys) -> Attempt:
    """What stands beside the attachments is the staff's, or text that was typed into a box on the page."""
    home = download.tree.below((folder,))
    names = names_in(home)
    try:
        tree: Tree = home.below((_ATTACHMENTS,)) if _ATTACHMENTS in names else PickedTree(())
        when = _time(home.read((_TIME,), 100).data) if _TIME in names else None
    except UnreadableError:
        tree, when = home, None  # reading it will say why
    return Attempt(people=(keys,), tree=tree, label=shown((folder,)), when=when)


def _time(data: bytes) -> str | None:
    """`2026-11-20T08:00:00Z`; `20261120080000000` before Sakai 12. Both in UTC."""
    text = data.decode("ascii", "replace").strip()
    try:
        if text.isdecimal():
            when = datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        else:
            when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when.astimezone(UTC).isoformat(timespec="seconds") if when.tzinfo else None


LAYOUT = Layout("sakai", "a download from Sakai", _recognises, _find)
