"""Canvas: `submissions.zip`, a flat folder of files.

`{name}[_LATE]_{user id}_{attachment id}_{file}`, where the name is lower case and has no spaces;
`[LATE_]anon_{id}_{attachment id}_{file}` where students are anonymous; `…_{user id}_text.html` and `…_link.html` for
text and links. (instructure/canvas-lms, lib/content_zipper.rb) The times in the zip are those of the download.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from grader.intake.attempt import Attempt, Download, Found, Keys, Layout, Stray
from grader.intake.files import shown
from grader.intake.roster import Field
from grader.intake.tree import Kind, Picked, PickedTree, Tree

_ANONYMOUS = re.compile(r"(?:LATE_)?anon_(?P<user>[^_]+)_(?P<attachment>\d+)_(?P<file>.+)")
_NAMED = re.compile(r"(?P<name>.*?)(?:_LATE)?_(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>.+)")
_WRITTEN = re.compile(r"(?P<name>.*?)(?:_LATE)?_(?P<user>\d+)_(?P<file>(?:text|link)\.html)")
_AGAIN = re.compile(r"(?P<topic>.+?)-\d+(?P<suffix>\.py|\.ipynb)")
_TWO_NUMBERS = "Its first word is a number, so that it cannot be told which number is the student's."


class _File(msgspec.Struct, frozen=True):
    name: str
    """In the download."""
    keys: Keys
    own_name: str
    """That the student gave it, as far as Canvas tells."""
    attachment: int
    kind: Kind


def _recognises(download: Download) -> bool:
    files = [node for node in download.nodes if node.kind is Kind.FILE]
    named = [node for node in files if _ANONYMOUS.fullmatch(node.name) or _NAMED.fullmatch(node.name)]
    return bool(named) and 2 * len(named) > len(download.nodes)


def _find(download: Download) -> Found:
    by_user: dict[Keys, list[_File]] = defaultdict(list)
    strays = []
    for node in download.nodes:
        file = _file(node.name, node.kind)
        if isinstance(file, str):
            strays.append(Stray(shown((node.name,)), file))
        else:
            by_user[file.keys].append(file)
    attempts = [_attempt(download.tree, keys, files, download.topics) for keys, files in by_user.items()]
    return Found(attempts, strays)


def _file(name: str, kind: Kind) -> _File | str:
    """What a name says, or why it says nothing."""
    anonymous = _ANONYMOUS.fullmatch(name)
    match = anonymous or _NAMED.fullmatch(name) or _WRITTEN.fullmatch(name)
    if kind is Kind.FOLDER or match is None:
        return "It is not named as Canvas names what is handed in."
    if not anonymous and match["name"].isdecimal():
        return _TWO_NUMBERS
    user = f"anon_{match['user']}" if anonymous else match["user"]
    attachment = int(match.groupdict().get("attachment") or 0)
    return _File(name, ((Field.USER_ID, user),), match["file"], attachment, kind)


def _attempt(tree: Tree, keys: Keys, files: Sequence[_File], topics: Sequence[str]) -> Attempt:
    """All that one user handed in last. Canvas writes `adam-1.py` for an `adam.py` that replaces another one."""
    newest: dict[str, _File] = {}
    for file in sorted(files, key=lambda file: (file.attachment, file.name)):
        again = _AGAIN.fullmatch(file.own_name)
        replaces = again and again["topic"] in topics
        newest[f"{again['topic']}{again['suffix']}" if again and replaces else file.own_name] = file
    picked = tuple(Picked(name, file.kind, tree, (file.name,)) for name, file in newest.items())
    label = ", ".join(sorted(shown((file.name,)) for file in newest.values()))
    return Attempt(people=(keys,), tree=PickedTree(picked), label=label)


LAYOUT = Layout("canvas", "a download from Canvas", _recognises, _find)
