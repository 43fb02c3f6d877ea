"""Brightspace (D2L): Grades, Export.

`OrgDefinedId` and `Username`, whose values may begin with `#`; items `Homework 1 Points Grade`, often with
`<Numeric MaxPoints:10 …>` behind; `End-of-Line Indicator` at the end.
(community.d2l.com/brightspace/kb/articles/3538; public examples)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.export.lms.outline import Column, Format, Outline, filled_rows, find, plain, points
from grader.export.sheet import Sheet
from grader.intake.roster import Field

_IDENTITIES = {"orgdefinedid": Field.SID, "username": Field.USERNAME, "email": Field.EMAIL}
_NAMES = ("last name", "first name")
_ITEM = re.compile(r"(?P<title>.*?) Points Grade(?:\s*<(?P<about>.*)>)?\s*")
_MAXIMUM = re.compile(r"MaxPoints:([\d.,]+)")


def _fits(header: Sequence[str]) -> bool:
    return bool({"orgdefinedid", "username"} & set(map(plain, header))) and any(map(_ITEM.fullmatch, header))


def _outline(sheet: Sheet) -> Outline:
    header = sheet.values(0)
    return Outline(
        rows=filled_rows(sheet, 1),
        identities=find(header, _IDENTITIES),
        columns=[_column(index, match) for index, title in enumerate(header) if (match := _ITEM.fullmatch(title))],
        names=[index for index, title in enumerate(header) if plain(title) in _NAMES],
    )


def _column(index: int, match: re.Match[str]) -> Column:
    maximum = _MAXIMUM.search(match["about"] or "")
    closed = "" if "Calculated" not in (match["about"] or "") else "Brightspace computes it."
    return Column(
        index=index,
        header=match[0],
        names=(match["title"],),
        out_of=points(maximum[1]) if maximum else None,
        closed=closed,
    )


FORMAT = Format(
    says="a gradebook from Brightspace",
    fits=_fits,
    outline=_outline,
    wants="Give what Brightspace exports under Grades, with OrgDefinedId or Username and with points (“Points Grade”).",
)
