"""`grade check`: a student's own work, scored topic by topic."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from grader.cli.options import console, course_option, example, json_option, now, print_json

if TYPE_CHECKING:
    from grader.model import Course, Grade, Submission, SuiteKind, Topic


@click.command(
    epilog=example("grade check                 every topic in this folder", "grade check adam dropout    these two")
)
@click.argument("topics", nargs=-1, metavar="[TOPIC]...")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    default=Path(),
    help="Folder with the topic modules (default: this one).",
)
@click.option("--public", is_flag=True, help="Run the public suites even where the hidden ones are installed.")
@course_option
@json_option
def command(topics: tuple[str, ...], folder: Path, public: bool, course_dir: Path | None, as_json: bool) -> None:
    """Score my work, topic by topic.

    Runs the hidden suites where they are installed, else the public ones, and says which. Nothing is sent anywhere.
    """
    from grader.course import find_course, select_topics
    from grader.report.terminal import render_check

    course = find_course(folder, course_dir)
    chosen = select_topics(course, [name.removesuffix(".py") for name in topics])
    kind = _kind(course, chosen, public=public)
    grade = _grade(course, chosen, kind, _submission(course, folder, chosen))
    if as_json:
        print_json({"version": 1, "suite": kind, "grade": grade})
    else:
        render_check(grade, chosen, kind, console())
    if grade.score is None or grade.score < grade.max_score:
        raise click.exceptions.Exit(1)


def _kind(course: Course, topics: tuple[Topic, ...], *, public: bool) -> SuiteKind:
    """Hidden suites where the installation has them.

    Raises:
        CourseError: if one of the topics has no suite of that kind.
    """
    from grader.course import has_suites, missing_suites
    from grader.errors import CourseError
    from grader.model import SuiteKind

    remedy = "Get a complete copy of the course."
    hidden = not public and has_suites(course, SuiteKind.HIDDEN)
    kind = SuiteKind.HIDDEN if hidden else SuiteKind.PUBLIC
    if not has_suites(course, kind):
        raise CourseError(f"The course in {course.root} has no {kind} suites.", remedy)
    if missing := [topic.name for topic in missing_suites(course, kind) if topic in topics]:
        raise CourseError(f"There is no {kind} suite for {', '.join(missing)} in {course.root}.", remedy)
    return kind


def _submission(course: Course, folder: Path, topics: tuple[Topic, ...]) -> Submission:
    """What lies in the student's folder: all of it, for a topic may use another one.

    Raises:
        UsageError: if none of the modules is there.
    """
    from grader.errors import UsageError
    from grader.intake.folders import read_modules
    from grader.model import Submission

    modules = read_modules(folder, [topic.name for topic in course.topics])
    if not any(topic.name in modules for topic in topics):
        names = ", ".join(f"{topic.name}.py" for topic in topics[:3]) + (", …" if len(topics) > 3 else "")
        raise UsageError(
            f"{folder.resolve()} holds none of the modules to check ({names}).",
            "Change to the folder with your modules, or name it with --dir FOLDER.",
        )
    return Submission(student_id="me", modules=modules)


def _grade(course: Course, topics: tuple[Topic, ...], kind: SuiteKind, submission: Submission) -> Grade:
    from grader.model import Isolation, Outcome
    from grader.report.progress import as_run
    from grader.sandbox.levels import open_sandbox
    from grader.scoring import grade_of, score_topic
    from grader.suite.bench import Bench
    from grader.suite.session import Job, grade

    outcomes: dict[str, tuple[Outcome, ...]] = {}

    def deliver(_: Job, topic: str, found: tuple[Outcome, ...]) -> None:
        outcomes[topic] = found

    here = tuple(topic.name for topic in topics if topic.name in submission.modules)
    bench = Bench(course, kind, open_sandbox(Isolation.PARTIAL, course.limits))
    try:
        grade(bench, here, [Job(submission=submission, topics=here)], deliver)
    finally:
        bench.close()
    scores = [as_run(score_topic(topic, outcomes.get(topic.name)), kind) for topic in topics]
    return grade_of(submission, scores, graded_at=now(), isolation=Isolation.PARTIAL)
