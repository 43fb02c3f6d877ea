"""Blackboard: Grade Center, Work Offline, Download.

Students are found by `Username`, columns by the number at their end: `Homework 1 [Total Pts: 10 Score] |1281892`. The
file begins with a mark of UTF-8 or UTF-16, and is separated by tabs if it is called `.xls`. (library.blackboard.com;
public examples)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.export.lms.outline import Column, Format, Outline, filled_rows, find, plain, points
from grader.export.sheet import Sheet
from grader.intake.roster import Field

_IDENTITIES = {"username": Field.USERNAME, "user name": Field.USERNAME, "student id": Field.SID}
_NAMES = ("last name", "first name")
_COLUMN = re.compile(r"(?P<title>.*?)\s*(?:\[(?P<about>[^\[\]]*)\])?\s*\|(?P<number>\d+)")
_ABOUT = re.compile(r"\D*?(?:up to )?(?P<points>[\d.,]+)\s*(?P<kind>.*)")


def _fits(header: Sequence[str]) -> bool:
    return any(plain(title) in _IDENTITIES for title in header) and any(map(_COLUMN.fullmatch, header))


def _outline(sheet: Sheet) -> Outline:
    header = sheet.values(0)
    return Outline(
        rows=filled_rows(sheet, 1),
        identities=find(header, _IDENTITIES),
        columns=[_column(index, match) for index, title in enumerate(header) if (match := _COLUMN.fullmatch(title))],
        names=[index for index, title in enumerate(header) if plain(title) in _NAMES],
    )


def _column(index: int, match: re.Match[str]) -> Column:
    about = _ABOUT.fullmatch(match["about"] or "")
    kind = about["kind"] if about else ""
    closed = "" if kind in ("", "Score") else f"Blackboard has it as {kind}, which is no number of points."
    return Column(
        index=index,
        header=match[0],
        names=(match["title"], match["number"]),
        out_of=points(about["points"]) if about else None,
        closed=closed,
    )


FORMAT = Format(
    says="a gradebook from Blackboard",
    fits=_fits,
    outline=_outline,
    wants="Give what Blackboard downloads as the full gradebook: it has a column Username, and |numbers in the header.",
)
