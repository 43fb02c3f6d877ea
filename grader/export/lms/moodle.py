"""Moodle: the grading worksheet of an assignment, and the gradebook.

The worksheet (mod/assign/feedback/offline) has `Identifier` (`Participant 123`), `Grade` and `Maximum grade`. The
gradebook (grade/export/txt) has people's names, items such as `Assignment: Homework 1 (Real)`, and the time of the
download. Headers are in the language of the site: in another than English, the columns must be named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.export.lms.outline import Column, Format, Outline, filled_rows, find, plain, points
from grader.export.sheet import Sheet
from grader.intake.roster import Field

_IDENTITIES = {
    "identifier": Field.PARTICIPANT,
    "id number": Field.SID,
    "email address": Field.EMAIL,
    "username": Field.USERNAME,
}
_NAMES = ("full name", "first name", "last name", "surname")
_OF_NO_ITEM = (*_IDENTITIES, *_NAMES, "institution", "department", "group", "groups", "status")
_GRADE, _MAXIMUM, _CHANGEABLE = "grade", "maximum grade", "grade can be changed"
_STAMP = "last downloaded from this course"
_ITEM = re.compile(r"(?P<title>.*?)(?: \((?P<kind>[^()]+)\))?")
_NO_SCORES = ("feedback", "percentage", "letter")


def _fits(header: Sequence[str]) -> bool:
    return len(header) > 1 and any(plain(title) in _IDENTITIES for title in header)


def _outline(sheet: Sheet) -> Outline:
    header = [plain(title) for title in sheet.values(0)]
    rows = filled_rows(sheet, 1)
    is_worksheet = "identifier" in header
    return Outline(
        rows=rows,
        identities=find(header, _IDENTITIES),
        columns=_grade(sheet, header, rows) if is_worksheet else _items(sheet.values(0)),
        names=[index for index, title in enumerate(header) if title in _NAMES],
        closed=_locked(sheet, header, rows),
    )


def _grade(sheet: Sheet, header: Sequence[str], rows: Sequence[int]) -> list[Column]:
    """The one column of a worksheet."""
    if _GRADE not in header:
        return []
    index = header.index(_GRADE)
    maximum = points(sheet.value(rows[0], header.index(_MAXIMUM))) if rows and _MAXIMUM in header else None
    return [Column(index=index, header=sheet.value(0, index), names=(), out_of=maximum)]


def _locked(sheet: Sheet, header: Sequence[str], rows: Sequence[int]) -> dict[int, str]:
    """Rows that Moodle would skip without a word."""
    if _CHANGEABLE not in header:
        return {}
    column = header.index(_CHANGEABLE)
    return {row: "locked in Moodle" for row in rows if plain(sheet.value(row, column)) == "no"}


def _items(header: Sequence[str]) -> list[Column]:
    """The items of a gradebook: everything that is nothing else."""
    columns = []
    for index, title in enumerate(header):
        match = _ITEM.fullmatch(title)
        if plain(title) in (*_OF_NO_ITEM, _STAMP) or match is None or plain(match["kind"] or "") in _NO_SCORES:
            continue
        module, _, item = match["title"].partition(": ")
        closed = "Moodle computes it." if plain(match["title"]) == "course total" else ""
        names = tuple(name for name in (match["title"], item or module) if name != title)
        columns.append(Column(index=index, header=title, names=names, closed=closed))
    return columns


FORMAT = Format(
    says="a grading worksheet or a gradebook from Moodle",
    fits=_fits,
    outline=_outline,
    wants=(
        "Give the grading worksheet of the assignment, or what Moodle exports from the gradebook as plain text. "
        "In another language than English, name the columns: --id COLUMN --total COLUMN"
    ),
    delimiters=(",", ";", "\t", ":"),
)
