"""Moodle: the zip of an assignment.

A folder `{full name}_{number}_assignsubmission_file` for each student, with a `_` at its end before Moodle 4.1; without
folders, files `{full name}_{number}_assignsubmission_file_{file}`. The number is that of the grading worksheet
(`Participant 123`). (moodle/moodle, mod/assign/classes/downloader.php) The times in the zip are not those of handing
in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from grader.intake.attempt import Attempt, Download, Found, Keys, Layout, Stray
from grader.intake.files import shown
from grader.intake.roster import Field
from grader.intake.tree import Kind, Picked, PickedTree, Tree

_NAMED = re.compile(r"(?P<name>.*)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)(?:_(?P<file>.*))?")
_MARK = "_assignsubmission_"


def _recognises(download: Download) -> bool:
    named = [node for node in download.nodes if _MARK in node.name]
    return bool(named) and 2 * len(named) > len(download.nodes)


def _find(download: Download) -> Found:
    by_student: dict[Keys, list[Picked]] = defaultdict(list)
    strays = []
    for node in download.nodes:
        match = _NAMED.fullmatch(node.name)
        if match is None:
            why = "It has no number of a participant." if _MARK in node.name else "It is not named as Moodle does."
            strays.append(Stray(shown((node.name,)), why))
        else:
            name = match["file"] or ""
            by_student[_keys(match)].append(Picked(name, node.kind, download.tree, (node.name,)))
    return Found([_attempt(keys, picked) for keys, picked in by_student.items()], strays)


def _keys(match: re.Match[str]) -> Keys:
    """The number, and the name where marking is not blind."""
    number, name = (Field.PARTICIPANT, match["number"]), match["name"]
    return (number,) if name.casefold() in ("participant", "") else (number, (Field.NAME, name))


def _attempt(keys: Keys, picked: Sequence[Picked]) -> Attempt:
    """The folder of the files, or the files; what was typed into a box on the page is no module."""
    tree: Tree = PickedTree(tuple(file for file in picked if file.kind is not Kind.FOLDER))
    for folder in picked:
        if folder.kind is Kind.FOLDER and "_assignsubmission_file" in folder.parts[0]:
            tree = folder.tree.below(folder.parts)
    return Attempt(people=(keys,), tree=tree, label=", ".join(shown(file.parts) for file in picked))


LAYOUT = Layout("moodle", "a download from Moodle", _recognises, _find)
