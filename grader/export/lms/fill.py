"""Fill in a file: find each student's row, set our cells, and say what was left as it was."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from grader.export.csv import number
from grader.export.lms.columns import Target
from grader.export.lms.outline import Outline
from grader.export.sheet import Sheet
from grader.intake.roster import Field, Roster, comparable, starts_formula
from grader.model import Grade, Status


class Filled(msgspec.Struct, kw_only=True):
    """What was done, and what was not."""

    students: int = 0
    """Into whose rows something was written."""
    kept: list[tuple[str, str]] = []
    """Students whose cells were left as they were, and why."""
    without_row: list[tuple[str, str]] = []
    """Students of the gradebook who could not be found, and why."""
    without_grade: list[tuple[int, str]] = []
    """Line and name of rows whom no student of the gradebook belongs to."""


def fill(
    sheet: Sheet,
    outline: Outline,
    targets: Sequence[Target],
    grades: Iterable[Grade],
    *,
    roster: Roster | None = None,
    zero_for_missing: bool = False,
) -> Filled:
    """Set the scores of a class in a system's own file.

    Where there is no score, the cell stays as it is: a blank never overwrites a score.

    Args:
        sheet: the file; changed in place.
        outline: what it means.
        targets: the columns to set.
        grades: of the class.
        roster: the course list, which knows students by the names that the system uses.
        zero_for_missing: whether what was not handed in becomes a zero.

    Raises:
        IntakeError: two rows have the same id, or an id starts a formula.
    """
    rows = _Rows(sheet, outline)
    report = Filled()
    by_row: dict[int, list[Grade]] = defaultdict(list)
    for grade in grades:
        found = rows.find(grade.student_id, roster)
        if len(found) == 1:
            by_row[found[0]].append(grade)
        else:
            lines = " and ".join(str(sheet.line(row)) for row in found)
            why = f"lines {lines} may be meant" if found else "there is no such row"
            report.without_row.append((grade.student_id, why))
    comma = outline.comma or _has_comma(sheet, outline, targets)
    for row, of_row in by_row.items():
        if len(of_row) > 1:
            others = " and ".join(grade.student_id for grade in of_row)
            report.without_row += [(one.student_id, f"line {sheet.line(row)} may be {others}") for one in of_row]
        else:
            _set(sheet, outline, row, of_row[0], targets, report, comma=comma, zero_for_missing=zero_for_missing)
    report.without_grade += [(sheet.line(row), rows.called(row)) for row in outline.rows if row not in by_row]
    _neutralise(sheet, outline)
    return report


class _Rows:
    """The rows of a file, by every name of their students."""

    def __init__(self, sheet: Sheet, outline: Outline) -> None:
        self._sheet = sheet
        self._outline = outline
        self._by_name: dict[tuple[int, str], int] = {}
        for row in outline.rows:
            for column, field in outline.identities.items():
                self._enter(row, column, field)

    def _enter(self, row: int, column: int, field: Field) -> None:
        text = self._sheet.value(row, column).strip()
        name = _identity(field, text)
        if not name:
            return
        title = self._sheet.value(0, column)
        if starts_formula(text):
            raise self._sheet.error(
                row,
                f"the {title} {text!r} starts a formula.",
                "A spreadsheet would run it instead of showing it. Take the line out, and enter that grade by hand.",
            )
        first = self._by_name.setdefault((column, name), row)
        if first != row:
            raise self._sheet.error(
                row,
                f"the {title} {text!r} stands in line {self._sheet.line(first)} already.",
                "Two students cannot have the same one. Download the file again, or take one of the lines out.",
            )

    def find(self, student_id: str, roster: Roster | None) -> list[int]:
        """The rows that may be a student's."""
        listed = roster.find([(Field.STUDENT_ID, student_id)]) if roster else []
        known: Mapping[Field, str] = listed[0].known_as if listed else {}
        identities = self._outline.identities
        names = {column: known[field] for column, field in identities.items() if field in known}
        if not names or {identities[column] for column in names} == {Field.STUDENT_ID}:
            # Which kind of name the gradebook has is not known: any column may be it, but not a part of a name.
            names = {
                column: _identity(field, student_id)
                for column, field in identities.items()
                if field is not Field.PARTICIPANT or student_id.isdecimal()
            }
        return sorted({self._by_name[pair] for pair in names.items() if pair in self._by_name})

    def called(self, row: int) -> str:
        """What the student of a row is called."""
        columns = [*self._outline.names, *self._outline.identities]
        return " ".join(text for column in columns if (text := self._sheet.value(row, column).strip()))


def _identity(field: Field, text: str) -> str:
    """A name of a student, comparable. Brightspace writes a `#` in front."""
    return comparable(field, text.removeprefix("#")) if text else ""


def _set(
    sheet: Sheet,
    outline: Outline,
    row: int,
    grade: Grade,
    targets: Sequence[Target],
    report: Filled,
    *,
    comma: bool,
    zero_for_missing: bool,
) -> None:
    """Set the cells of one student."""
    if row in outline.closed:
        report.kept.append((grade.student_id, outline.closed[row]))
        return
    written = False
    for target in targets:
        score, why = _score(grade, target, zero_for_missing=zero_for_missing)
        before = sheet.value(row, target.column.index).strip()
        if before.upper() in outline.kept:
            score, why = None, f"{before} in {target.column.header}"
        if score is None:
            report.kept.append((grade.student_id, why))
            continue
        text = number(target.scaled(score))
        sheet.set(row, target.column.index, text.replace(".", ",") if comma else text)
        written = True
    report.students += written


def _score(grade: Grade, target: Target, *, zero_for_missing: bool) -> tuple[float | None, str]:
    """What to write, or why there is nothing to write."""
    if target.topic is None:
        status, score, what = grade.status, grade.score, "nothing"
    else:
        topic = next((one for one in grade.topics if one.topic == target.topic), None)
        status, score = (topic.status, topic.score) if topic else (Status.NOT_GRADED, None)
        what = f"no {target.topic}"
    if status is Status.MISSING:
        return (0.0, "") if zero_for_missing else (None, f"handed in {what}")
    return (None, "not graded") if score is None else (score, "")


def _has_comma(sheet: Sheet, outline: Outline, targets: Sequence[Target]) -> bool:
    """Whether scores in these columns have a decimal comma, and none has a point."""
    cells = [sheet.value(row, target.column.index) for row in outline.rows for target in targets]
    marks = {match[1] for cell in cells if (match := re.fullmatch(r"\s*\d+([.,])\d+\s*", cell))}
    return marks == {","}


def _neutralise(sheet: Sheet, outline: Outline) -> None:
    """Keep people's names from being run as formulas, where the system goes by another name to find them."""
    for row, column in _names_beside_ids(sheet, outline):
        text = sheet.value(row, column)
        if starts_formula(text):
            sheet.set(row, column, f"'{text}")


def _names_beside_ids(sheet: Sheet, outline: Outline) -> Iterator[tuple[int, int]]:
    for row in outline.rows:
        if any(sheet.value(row, column).strip() for column in outline.identities):
            for column in outline.names:
                yield row, column
