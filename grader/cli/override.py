"""`grade override`: a score that somebody sets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import course_option, example, gradebook_option, now

if TYPE_CHECKING:
    from grader.gradebook import Gradebook
    from grader.model import Course, Override

AUTO = "auto"


@click.command(
    epilog=example(
        'grade override ada adam 18 --why "right, but renamed" --gradebook gradebook.db',
        'grade override ada adam auto --why "a mistake of ours" --gradebook gradebook.db',
        "grade override --from-nbgrader nbgrader-course/ --gradebook gradebook.db",
    )
)
@click.argument("student", required=False)
@click.argument("topic", required=False)
@click.argument("score", required=False)
@gradebook_option
@click.option("--why", help="The reason; it is kept with the score.")
@click.option("--who", envvar="GRADE_WHO", help="Who sets it (default: your login).")
@click.option("--extra-credit", is_flag=True, help="Let SCORE be more than the topic has points.")
@click.option(
    "--from-nbgrader", type=click.Path(path_type=Path), metavar="COURSE_DIR", help="Read back what was set in nbgrader."
)
@click.option("--assignment", help="Of nbgrader (default: exercises).")
@course_option
def command(
    student: str | None,
    topic: str | None,
    score: str | None,
    gradebook: str,
    why: str | None,
    who: str | None,
    extra_credit: bool,
    from_nbgrader: Path | None,
    assignment: str | None,
    course_dir: Path | None,
) -> None:
    """Set the SCORE of a student for a topic, whatever the suites say, or give it back to them with `auto`.

    It counts as it is, without late penalty, and stays when the topic is graded again. Who, when and why are kept.
    """
    from grader.course import find_course
    from grader.errors import UsageError
    from grader.gradebook import open_gradebook

    given = [student, topic, score]
    if from_nbgrader is None and (None in given or why is None):
        raise UsageError(
            "Say whose score, of which topic, how many points, and why.",
            'As in: grade override ada adam 18 --why "right, but renamed" --gradebook gradebook.db',
        )
    if from_nbgrader is not None and given != [None, None, None]:
        raise UsageError("With --from-nbgrader every score comes from there.", "Leave out STUDENT, TOPIC and SCORE.")
    course = find_course(None, course_dir)
    with open_gradebook(gradebook, create=False) as book:
        if from_nbgrader is not None:
            _read_back(course, book, from_nbgrader, assignment)
        else:
            one = _override(course, book, str(student), str(topic), str(score), str(why), who, extra_credit)
            book.override([one])
            _say(one, course)


def _override(
    course: Course, book: Gradebook, student: str, topic: str, score: str, why: str, who: str | None, extra: bool
) -> Override:
    """Check everything that was typed.

    Raises:
        UsageError: there is no such student, topic or score, or no reason.
    """
    from grader.course import select_topics
    from grader.errors import UsageError
    from grader.model import Override

    known_student(book, student)
    [chosen] = select_topics(course, [topic])
    points = None if score == AUTO else _points(score, chosen.max_score, extra=extra)
    if not why.strip():
        raise UsageError("The reason is empty.", 'Whoever reads it next year will ask: --why "…"')
    return Override(
        student_id=student, topic=chosen.name, score=points, why=why.strip(), who=who or _login(), set_at=now()
    )


def known_student(book: Gradebook, student: str) -> None:
    """Refuse a student whom the gradebook does not know.

    Raises:
        UsageError: with the nearest one.
    """
    from grader.errors import UsageError
    from grader.intake.extensions import nearest

    students = book.students()
    if student not in students:
        hint = nearest(student, students).strip() or f"It knows {len(students):,}: grade export csv lists them."
        raise UsageError(f'The gradebook {book.name} knows no student "{student}".', hint)


def _points(text: str, most: float, *, extra: bool) -> float:
    import math

    from grader.errors import UsageError

    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not (math.isfinite(points) and points >= 0):
        raise UsageError(
            f'"{text}" is no score.', f"Give a number from 0 to {most:g}, or `{AUTO}` for what the suites give."
        )
    if points > most and not extra:
        raise UsageError(f"The topic has {most:g} points, and {points:g} are more.", "If that is meant: --extra-credit")
    return points


def _login() -> str:
    import getpass

    from grader.errors import UsageError

    try:
        return getpass.getuser()
    except (OSError, KeyError) as error:  # a user without a name, as in a container
        raise UsageError("It is not known who you are.", "Say it: --who NAME") from error


def _say(one: Override, course: Course) -> None:
    from grader.report.text import one_line

    most = next(topic.max_score for topic in course.topics if topic.name == one.topic)
    score = "what the suite gives" if one.score is None else f"{one.score:g} of {most:g}"
    click.echo(one_line(f"{one.student_id}, {one.topic}: {score}. Set by {one.who}: {one.why}"))


def _read_back(course: Course, book: Gradebook, folder: Path, assignment: str | None) -> None:
    from grader.nbgrader.grades import read_manual_scores
    from grader.nbgrader.source import ASSIGNMENT
    from grader.report.text import count, one_line

    found = read_manual_scores(folder, assignment or ASSIGNMENT, course.topics, book.overrides(), set_at=now())
    known = set(book.students())
    ours = [one for one in found if one.student_id in known]
    book.override(ours)
    for one in ours:
        _say(one, course)
    for name in dict.fromkeys(one.student_id for one in found if one.student_id not in known):
        click.echo(f"Warning: {one_line(name)} is in nbgrader, but not in the gradebook.", err=True)
    click.echo(f"Read back {count(len(ours), 'score')} that somebody has set in nbgrader.", err=True)
