"""A student's own work: where it lies, and what the suites say of it. Nothing is sent anywhere."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from grader.course import has_suites, known_path, missing_suites, solution_path, stub_path
from grader.errors import CourseError, UsageError
from grader.intake.files import MAX_BYTES
from grader.intake.folders import read_modules
from grader.language.records import grade_in_language
from grader.model import Course, Grade, Isolation, Module, Outcome, Submission, SuiteKind, Topic, TopicScore
from grader.report.progress import as_run
from grader.sandbox.levels import open_sandbox
from grader.sandbox.start import Zygote
from grader.scoring import grade_of, score_topic
from grader.student.choosing import MODULE, NOTEBOOK
from grader.student.outline import Names, outline
from grader.suite import known
from grader.suite.bench import Bench
from grader.suite.session import Job, grade

EXERCISES = "exercises"
"""Where the modules lie in a kit."""

_MOST_FILES = 50
"""That are looked at when a module is missing."""


def choose_suites(course: Course, topics: Sequence[Topic], *, public: bool = False) -> SuiteKind:
    """Hidden suites where the installation has them, else public ones.

    Args:
        course: the course or the kit.
        topics: that are to be checked.
        public: take the public ones in any case.

    Raises:
        CourseError: if one of the topics has no suite of that kind.
    """
    remedy = "Get a complete copy of the course."
    hidden = not public and has_suites(course, SuiteKind.HIDDEN)
    kind = SuiteKind.HIDDEN if hidden else SuiteKind.PUBLIC
    if not has_suites(course, kind):
        raise CourseError(f"The course in {course.root} has no {kind} suites.", remedy)
    if missing := [topic.name for topic in missing_suites(course, kind) if topic in topics]:
        raise CourseError(f"There is no {kind} suite for {', '.join(missing)} in {course.root}.", remedy)
    return kind


def find_work(course: Course, folder: Path | None) -> Path:
    """The folder with a student's modules.

    Args:
        course: the course or the kit.
        folder: as the student named it; None for the working directory, or `exercises/` in the kit's own folder.
    """
    if folder is not None:
        return folder
    here = Path.cwd()
    below = here / EXERCISES
    at_home = here.resolve() == course.root.resolve()
    return below if at_home and below.is_dir() and not _holds_modules(here, course.topics) else here


def read_work(
    course: Course, folder: Path, topics: Sequence[Topic], only: Mapping[str, str] | None = None
) -> Submission:
    """What lies in the student's folder: all of it, for a topic may use another one.

    Args:
        course: the course or the kit.
        folder: with the student's modules and notebooks.
        topics: of which one must be there.
        only: how the name of the file ends that was asked for, by topic.

    Raises:
        UsageError: if none of the modules is there.
    """
    modules = read_modules(folder, [topic.name for topic in course.topics], only=only)
    if not any(topic.name in modules for topic in topics):
        names = ", ".join(f"{topic.name}{(only or {}).get(topic.name, MODULE)}" for topic in topics[:3]) + (
            ", …" if len(topics) > 3 else ""
        )
        raise UsageError(
            f"{folder.resolve()} holds none of the modules to check ({names}).",
            "Change to the folder with your modules, or name it with --dir FOLDER.",
        )
    return Submission(student_id="me", modules=modules)


def check_work(
    course: Course,
    topics: Sequence[Topic],
    kind: SuiteKind,
    submission: Submission,
    *,
    zygote: Zygote | None = None,
    until: Callable[[TopicScore], bool] | None = None,
) -> Grade:
    """Run the suites of some topics on a student's work.

    With public suites a score is out of the points of their tests: see as_run. What is said is in the language of now.

    Args:
        course: the course or the kit.
        topics: which of its topics.
        kind: which suites.
        submission: of the student.
        zygote: one that has been started ahead.
        until: says of which score the topics behind it do not matter any more, and are left out.
    """
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    here = tuple(topic.name for topic in topics if topic.name in submission.modules)
    reached = list(topics) if until is None else []

    def scored(topic: Topic) -> TopicScore:
        return as_run(score_topic(topic, outcomes.get(topic.name)), kind)

    def one_by_one(enough: Callable[[TopicScore], bool]) -> Iterator[Job]:
        for topic in topics:
            reached.append(topic)
            if topic.name in here:
                yield Job(submission=submission, topics=(topic.name,))
            if enough(scored(topic)):
                return

    def deliver(_: Job, topic: str, found: tuple[Outcome, ...]) -> None:
        outcomes[topic] = found

    bench = Bench(course, kind, open_sandbox(Isolation.PARTIAL, course.limits, zygote=zygote))
    try:
        grade(bench, here, one_by_one(until) if until else [Job(submission=submission, topics=here)], deliver)
    finally:
        bench.close()
    scores = [scored(topic) for topic in reached]
    now = datetime.now(UTC).isoformat(timespec="seconds")
    whole = grade_of(submission, scores, graded_at=now, isolation=Isolation.PARTIAL)
    return grade_in_language(course, whole)


def expected_names(course: Course, topic: str) -> Names:
    """What the stub of a topic defines: as the kit has recorded it, for the stub itself is what a student writes in."""
    recorded = known.read(known_path(course, topic), topic).names
    for path in (solution_path(course, topic), stub_path(course, topic)):
        if not recorded and has_suites(course, SuiteKind.HIDDEN) and path.is_file():
            with contextlib.suppress(SyntaxError, ValueError):
                recorded = outline(path.read_bytes())
    return recorded


def without_module(folder: Path, topics: Sequence[Topic], modules: Mapping[str, Module]) -> list[Topic]:
    """The topics of which there is nothing, or nothing but a notebook that is not finished: where is the module?"""
    return [
        topic
        for topic in topics
        if topic.name not in modules
        or (b"NotImplementedError" in modules[topic.name].source and not (folder / f"{topic.name}{MODULE}").is_file())
    ]


def find_renamed(course: Course, folder: Path, topics: Sequence[Topic]) -> dict[str, str]:
    """Files that define what a missing module should, by topic: they have lost their name."""
    wanted = {topic.name: _functions(expected_names(course, topic.name)) for topic in topics}
    files = sorted(path for path in folder.glob("*.py") if path.stem not in {topic.name for topic in course.topics})
    found: dict[str, str] = {}
    for path in files[:_MOST_FILES]:
        with contextlib.suppress(OSError, SyntaxError, ValueError, RecursionError):
            if path.stat().st_size <= MAX_BYTES:
                defined = _functions(outline(path.read_bytes()))
                close = (name for name, own in wanted.items() if own and 2 * len(own & defined) > len(own))
                found |= {name: path.name for name in close if name not in found}
    return found


def _functions(names: Names) -> frozenset[str]:
    return frozenset(name for name in names if "." not in name)


def _holds_modules(folder: Path, topics: Sequence[Topic]) -> bool:
    return any((folder / f"{topic.name}{ending}").is_file() for topic in topics for ending in (MODULE, NOTEBOOK))
