"""Canvas: Grades, Export.

The header is read by position up to `Section`; an assignment is `Title (number)`. Under it may stand a row of blanks
and `Manual Posting`, and one that begins with `Points Possible`, in which `(read only)` marks what Canvas computes.
(instructure/canvas-lms, lib/gradebook_importer.rb and gradebook_exporter.rb)
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.export.lms.outline import Column, Format, Outline, filled_rows, find, points
from grader.export.sheet import Sheet
from grader.intake.roster import Field

_ASSIGNMENT = re.compile(r"(.*)\s\((\d+)\)")
_POINTS, _READ_ONLY = "Points Possible", "(read only)"
# Canvas takes what looks like a total for one of its own, wherever in a title it stands.
_TOTAL = re.compile(r"(current|final|unposted).*(score|points|grade)|override (score|grade)", re.IGNORECASE)
_IDENTITIES = {
    "id": Field.USER_ID,
    "sis user id": Field.SID,
    "sis login id": Field.USERNAME,
    "integration id": Field.STUDENT_ID,
}


def _fits(header: Sequence[str]) -> bool:
    if len(header) > 3 and "Student" in header[0] and "ID" in header[1]:
        return True
    return len(header) > 4 and list(header[:3]) == ["LastName", "FirstName", "ID"]


def _outline(sheet: Sheet) -> Outline:
    header = sheet.values(0)
    rows = filled_rows(sheet, 1)
    identities = find(header, _IDENTITIES)
    of_points = next((row for row in rows[:3] if _POINTS in sheet.value(row, 0)), None)
    who = [0, *identities]
    above = [row for row in rows[:3] if row == of_points or not any(sheet.value(row, column).strip() for column in who)]
    columns = [
        _column(sheet, index, match, of_points)
        for index, title in enumerate(header)
        if (match := _ASSIGNMENT.fullmatch(title)) and index not in identities
    ]
    return Outline(
        rows=[row for row in rows if row not in above],
        identities=identities,
        columns=columns,
        names=[index for index, title in enumerate(header) if title in ("Student", "LastName", "FirstName")],
        kept=frozenset({"EX", "N/A"}),
    )


def _column(sheet: Sheet, index: int, match: re.Match[str], of_points: int | None) -> Column:
    said = "" if of_points is None else sheet.value(of_points, index).strip()
    closed = ""
    if said == _READ_ONLY:
        closed = "Canvas has it as read only."
    elif _TOTAL.search(match[1]):
        closed = (
            "Canvas takes a title like that for one of its own totals. Give the assignment another title in Canvas."
        )
    return Column(index=index, header=match[0], names=(match[1].strip(), match[2]), out_of=points(said), closed=closed)


FORMAT = Format(
    says="a gradebook from Canvas",
    fits=_fits,
    outline=_outline,
    wants="Give what Canvas exports under Grades: its header begins with Student,ID and has a column Section.",
)
