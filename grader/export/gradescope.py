"""Gradescope: `results.json` of one submission, a test for each of ours, tagged with its topic.

The format: gradescope-autograders.readthedocs.io/en/latest/specs
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, Literal

import msgspec

from grader.errors import GraderError
from grader.export.csv import number as number_text
from grader.export.files import write_file
from grader.export.inputs import without_inputs
from grader.model import Course, Grade, Outcome, Result, Status, Topic, TopicScore

Visibility = Literal["hidden", "after_due_date", "after_published", "visible"]


def export_gradescope(
    grade: Grade, course: Course, out: Path | BinaryIO, *, visibility: Visibility = "visible"
) -> None:
    """Write the results of one submission.

    What stands in them is what a student may see: sentences, what to do next, and the named mistake; never a value
    that a hidden test expects.

    Args:
        grade: with outcomes.
        course: whose.
        out: the file, or a stream; in a Gradescope autograder, `/autograder/results/results.json`.
        visibility: of the tests.

    Raises:
        GraderError: something is not graded, or the file cannot be written; what was there before is untouched.
    """
    if grade.score is None:
        names = ", ".join(score.topic for score in grade.topics if score.status is Status.NOT_GRADED)
        raise GraderError(
            f"{grade.student_id} is not graded in {names}: a result now would be a zero that nobody has earned.",
            "Run `grade batch` again. Without a result, Gradescope says that the autograder failed.",
        )
    results = _results(grade, course.topics, visibility)
    data = msgspec.json.format(msgspec.json.encode(results), indent=1)
    write_file(out, lambda stream: stream.write(data), example="results.json")


def _results(grade: Grade, topics: Sequence[Topic], visibility: Visibility) -> dict[str, Any]:
    tests = []
    scores = {score.topic: score for score in grade.topics}
    for number, topic in enumerate(topics, 1):
        tests += _tests(scores[topic.name], topic, number)
    outcomes = [outcome for score in grade.topics for outcome in score.outcomes]
    return {
        "score": grade.score,
        "output": "\n".join(_changes(scores[topic.name], topic) for topic in topics if scores[topic.name].adjustment),
        "execution_time": round(sum(outcome.seconds for outcome in outcomes), 3),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": tests,
        "extra_data": {"student_id": _printable(grade.student_id), "graded_at": grade.graded_at},
    }


def _tests(score: TopicScore, topic: Topic, number: int) -> list[dict[str, Any]]:
    """The tests of a topic; what a late penalty or an override changes is in the total only."""
    if score.status is Status.MISSING and score.score is None:
        said = f"{topic.name}.py was not handed in."
        return [_test(topic, f"{number}", "Nothing was handed in.", 0.0, topic.max_score, said)]
    return [
        _test(topic, f"{number}.{position}", one.sentence, one.points, one.max_points, _said(one), one.result)
        for position, one in enumerate(score.outcomes, 1)
    ]


def _test(
    topic: Topic, number: str, name: str, score: float, most: float, output: str, result: Result | None = None
) -> dict[str, Any]:
    status = {} if result is None else {"status": "passed" if result is Result.PASSED else "failed"}
    return {
        "name": f"{topic.title}: {_printable(name)}",
        "number": number,
        "score": score,
        "max_score": most,
        **status,
        "output": _printable(output),
        "tags": [topic.name],
    }


def _said(outcome: Outcome) -> str:
    """What a student reads: the named mistake first, with its hint."""
    named = f"These are the numbers of {outcome.mistake}. {outcome.hint}" if outcome.mistake else ""
    return "\n".join(part for part in (named, without_inputs(_printable(outcome.message))) if part)


def _changes(score: TopicScore, topic: Topic) -> str:
    """What stands between the tests and the score of a topic."""
    assert score.adjustment is not None
    counts = f"{topic.title}: {number_text(score.score or 0.0)} of {number_text(topic.max_score)} points count"
    if score.adjustment.manual_score is not None:
        return f"{counts}, as the course staff have set."
    days = score.adjustment.days_late
    return f"{counts}, for it was handed in {days} day{'' if days == 1 else 's'} late."


def _printable(text: str) -> str:
    """The text without control characters, and with a sign where half of one stands."""
    kept = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text)
    return kept.encode("utf-8", "replace").decode("utf-8")
