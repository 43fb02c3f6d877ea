"""Blackboard: "Assignment File Download", a flat folder of files.

`{assignment}_{username}_attempt_{YYYY-MM-DD-HH-MM-SS}_{file}`, and a receipt `….txt` for each attempt, whose first line
ends in the username in brackets. All attempts may be there. Assignments and usernames may have a `_` in them.
(kwurst/bb-file-cleanup and other public scripts)
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime

import msgspec

from grader.intake.attempt import Attempt, Download, Found, Keys, Layout, Stray
from grader.intake.files import UnreadableError, shown
from grader.intake.roster import Field
from grader.intake.tree import Picked, PickedTree

_NAMED = re.compile(r"(?P<head>.+)_attempt_(?P<time>\d{4}(?:-\d{2}){5})(?:_(?P<file>.+)|(?P<receipt>\.txt))")
_IN_BRACKETS = re.compile(r"\(([^()]+)\)\s*$")
_RECEIPT = 100_000


class _Attempt(msgspec.Struct):
    files: list[Picked] = []
    receipt: str = ""


def _recognises(download: Download) -> bool:
    named = [node for node in download.nodes if _NAMED.fullmatch(node.name)]
    return bool(named) and 2 * len(named) > len(download.nodes)


def _find(download: Download) -> Found:
    found: dict[tuple[str, str], _Attempt] = defaultdict(_Attempt)
    strays = []
    for node in download.nodes:
        match = _NAMED.fullmatch(node.name)
        if match is None:
            strays.append(Stray(shown((node.name,)), "It is not named as Blackboard names what is handed in."))
        elif match["receipt"]:
            found[match["head"], match["time"]].receipt = node.name
        else:
            picked = Picked(match["file"], node.kind, download.tree, (node.name,))
            found[match["head"], match["time"]].files.append(picked)
    users = {head: user for (head, _), one in found.items() if (user := _user(download, head, one.receipt))}
    assignments = {head.removesuffix(f"_{user}") for head, user in users.items()}
    attempts = [
        Attempt(
            people=(_keys(head, users, assignments),),
            tree=PickedTree(tuple(one.files)),
            label=shown((f"{head}_attempt_{time}",)),
            when=_utc(time),
        )
        for (head, time), one in found.items()
    ]
    return Found(attempts, strays)


def _user(download: Download, head: str, receipt: str) -> str:
    """The username in a receipt, if it is that of the file's name; empty if there is none."""
    if not receipt:
        return ""
    try:
        text = download.tree.read((receipt,), _RECEIPT).data.decode("utf-8-sig", "replace")
    except UnreadableError:
        return ""
    match = _IN_BRACKETS.search(text.lstrip().partition("\n")[0])
    return match[1] if match and head.endswith(f"_{match[1]}") else ""


def _keys(head: str, users: dict[str, str], assignments: set[str]) -> Keys:
    """What the end of the head may be: without a receipt, any `_` may be the one before the username."""
    if head in users:
        return ((Field.USERNAME, users[head]),)
    names = {head.removeprefix(f"{assignment}_") for assignment in assignments if head.startswith(f"{assignment}_")}
    if len(names) != 1:
        words = head.split("_")
        names = {"_".join(words[start:]) for start in range(1, len(words))} or {head}
    return tuple((Field.USERNAME, name) for name in sorted(names, key=len))


def _utc(time: str) -> str | None:
    """The time of the name, whose clock is taken to be this machine's."""
    try:
        when = datetime.strptime(time, "%Y-%m-%d-%H-%M-%S").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return when.isoformat(timespec="seconds")


LAYOUT = Layout("blackboard", "a download from Blackboard", _recognises, _find)
