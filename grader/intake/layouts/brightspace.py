"""Brightspace (D2L): the zip of an assignment.

A folder `{number}-{number} - {First Last} - {Sep 24, 2024 926 PM}` for each time that somebody handed in, and
`index.html`; in older versions files with ` - {file}` behind it. The numbers are no identity: two students have been
seen with the same ones. (two public scripts)
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime

from grader.intake.attempt import Attempt, Download, Found, Layout, Stray
from grader.intake.files import shown
from grader.intake.roster import Field
from grader.intake.tree import Kind, Picked, PickedTree, Tree

_NAMED = re.compile(
    r"(?P<head>(?P<numbers>\d+-\d+) - (?P<name>.+?) - "
    r"(?P<time>\w+ \d{1,2}, \d{4} \d{3,4} [AP]M))(?: - (?P<file>.+))?"
)
_TIME = re.compile(r"(\w{3})\w* (\d+), (\d+) (\d+)(\d\d) ([AP]M)")
_PAGE = "index.html"


def _recognises(download: Download) -> bool:
    named = [node for node in download.nodes if _NAMED.fullmatch(node.name)]
    return bool(named) and 2 * len(named) > len(download.nodes) - 1


def _find(download: Download) -> Found:
    files: dict[str, list[Picked]] = defaultdict(list)
    matches: dict[str, re.Match[str]] = {}
    strays = []
    for node in download.nodes:
        match = _NAMED.fullmatch(node.name)
        if match is not None:
            matches[match["head"]] = match
            files[match["head"]].append(Picked(match["file"] or "", node.kind, download.tree, (node.name,)))
        elif node.name != _PAGE:
            strays.append(Stray(shown((node.name,)), "It is not named as Brightspace names what is handed in."))
    return Found([_attempt(match, files[head]) for head, match in matches.items()], strays)


def _attempt(match: re.Match[str], picked: list[Picked]) -> Attempt:
    tree: Tree = PickedTree(tuple(file for file in picked if file.name))
    for folder in picked:
        if not folder.name and folder.kind is Kind.FOLDER:
            tree = folder.tree.below(folder.parts)
    return Attempt(
        people=(((Field.NAME, match["name"]),),),
        tree=tree,
        label=shown((match["head"],)),
        when=_utc(match["time"]),
        mark=match["numbers"],
    )


def _utc(text: str) -> str | None:
    """The time of the name, whose clock is taken to be this machine's; None in another language than English."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    month, day, year, hour, minute, half = match.groups()
    try:
        when = datetime.strptime(f"{month} {day} {year} {hour} {minute} {half}", "%b %d %Y %I %M %p").astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return when.isoformat(timespec="seconds")


LAYOUT = Layout("brightspace", "a download from Brightspace", _recognises, _find)
