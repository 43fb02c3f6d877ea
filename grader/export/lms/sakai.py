"""Sakai: Gradebook, Export.

The first column is the student's id, the second the name; `Homework 1 [10]` is an item, `* Homework 1` a comment,
`# x` is ignored. Separated by semicolons where the user's decimal mark is a comma, and then no decimal point is read.
(sakaiproject/sakai, ImportGradesHelper.java)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.export.lms.outline import Column, Format, Outline, filled_rows, points
from grader.export.sheet import Sheet
from grader.intake.roster import Field

_ITEM = re.compile(r"(?P<title>[^\[*#][^\[]*?)\s*\[(?P<points>\d+(?:[.,]\d+)?)\]")


def _fits(header: Sequence[str]) -> bool:
    return len(header) > 2 and any(_ITEM.fullmatch(title) for title in header[2:])


def _outline(sheet: Sheet) -> Outline:
    columns = [
        Column(index=index, header=title, names=(match["title"],), out_of=points(match["points"]))
        for index, title in enumerate(sheet.values(0))
        if index > 1 and (match := _ITEM.fullmatch(title))
    ]
    return Outline(
        rows=filled_rows(sheet, 1),
        identities={0: Field.USERNAME},
        columns=columns,
        names=[1],
        comma=sheet.delimiter == ";",
    )


FORMAT = Format(
    says="a gradebook from Sakai",
    fits=_fits,
    outline=_outline,
    wants="Give what Sakai's Gradebook exports: the student's id, the name, then items such as Homework 1 [10].",
    delimiters=(",", ";"),
)
