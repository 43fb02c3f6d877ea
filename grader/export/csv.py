"""Grades as CSV: a row per student, a column per topic."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from grader.export.files import write_file
from grader.model import Grade, Status, Topic, TopicScore
from grader.scoring import DECIMALS, add_points

# A spreadsheet takes these for the start of a formula, the wide forms included, and so it does after a
# semicolon, which is its separator where a comma is the decimal mark.
_AFTER_TOPICS = ("score", "max_score", "status", "submitted_at", "graded_at", "auto_score", "penalty", "overridden")
_FORMULA = re.compile(r"(^|;)(?=\s*[=+\-@＝＋－＠])")


def export_csv(grades: Iterable[Grade], topics: Sequence[Topic], out: TextIO | Path) -> int:
    """Write grades as CSV.

    The cell of a topic is its score, `missing` or `not_graded`. The score of a student with a topic that is not
    graded stays empty. Scores are final ones; `auto_score`, `penalty` and `overridden` at the end of a row tell how
    they came about. A file appears only when it is complete.

    Args:
        grades: in the order of the rows.
        topics: in the order of the columns.
        out: a file's path, or a text stream opened with `newline=""`.

    Returns:
        How many rows were written, without the header.

    Raises:
        GraderError: the file cannot be written; what was there before is untouched.
    """
    if not isinstance(out, Path):
        return _write(grades, topics, out)
    return write_file(out, lambda stream: _encoded(grades, topics, stream), example="grades.csv")


def _encoded(grades: Iterable[Grade], topics: Sequence[Topic], stream: BinaryIO) -> int:
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
    try:
        return _write(grades, topics, text)
    finally:
        text.flush()
        text.detach()


def _write(grades: Iterable[Grade], topics: Sequence[Topic], stream: TextIO) -> int:
    writer = csv.writer(stream)
    names = [topic.name for topic in topics]
    writer.writerow(["student_id", *names, *_AFTER_TOPICS])
    count = 0
    for grade in grades:
        writer.writerow(_row(grade, names))
        count += 1
    return count


def _row(grade: Grade, topics: Sequence[str]) -> list[str]:
    scores = {score.topic: score for score in grade.topics}
    return [
        plain_text(grade.student_id),
        *(_cell(scores.get(topic)) for topic in topics),
        "" if grade.score is None else number(grade.score),
        number(grade.max_score),
        grade.status.value,
        plain_text(grade.submitted_at or ""),
        plain_text(grade.graded_at),
        *_adjusted(grade.topics),
    ]


def _adjusted(scores: Sequence[TopicScore]) -> tuple[str, str, str]:
    """What the suites gave, what was taken off for being late, and which topics somebody has set by hand."""
    before = [score.adjustment.auto_score if score.adjustment else score.score for score in scores]
    unknown = any(score.status is Status.NOT_GRADED for score in scores)
    penalty = add_points(score.adjustment.penalty for score in scores if score.adjustment)
    total = "" if unknown else number(add_points(points or 0.0 for points in before))
    return total, number(penalty), " ".join(score.topic for score in scores if _is_set(score))


def _is_set(score: TopicScore) -> bool:
    return score.adjustment is not None and score.adjustment.manual_score is not None


def _cell(score: TopicScore | None) -> str:
    if score is None:
        return Status.NOT_GRADED.value
    return score.status.value if score.score is None else number(score.score)


def number(value: float) -> str:
    """Write 8.5 as 8.5 and 20.0 as 20, and never in powers of ten."""
    return f"{round(value, DECIMALS) + 0.0:.{DECIMALS}f}".rstrip("0").rstrip(".")


def plain_text(text: str) -> str:
    """Write text on one line, so that no spreadsheet takes it for a formula."""
    flat = "".join(character if character.isprintable() else " " for character in text)
    guarded = _FORMULA.sub(r"\1'", flat)
    starts_with_control = text[:1] in ("\t", "\r", "\n")
    return f"'{guarded}" if starts_with_control and guarded == flat else guarded
