"""What belongs to a topic: every part is there, fits the others, and nothing else lies about."""

from __future__ import annotations

import importlib.metadata
import runpy
from collections.abc import Iterator
from pathlib import Path

from grader import truth
from grader.audit.findings import Breach, breach_of
from grader.course import figures_path, mistakes_path, solution_path, stub_path, suite_path, truth_path, variants_path
from grader.errors import GraderError
from grader.figures.reference import made_of_solution
from grader.figures.running import load
from grader.model import Course, SuiteKind, Topic
from grader.release import make_stub


def check_parts(course: Course, topic: Topic) -> Iterator[Breach]:
    """What a topic lacks, and what does not fit together."""
    for kind in SuiteKind:
        path = suite_path(course, kind, topic.name)
        if not path.is_file():
            yield _missing(course, topic, path, "Write it; see docs/authors.md.")
    for path in (mistakes_path(course, topic.name), variants_path(course, topic.name)):
        if not path.is_file():
            yield _missing(course, topic, path, "Write it; see docs/authors.md.")
    yield from _stub(course, topic)
    yield from _figures(course, topic)
    yield from _truth(course, topic)


def _figures(course: Course, topic: Topic) -> Iterator[Breach]:
    """Whether what is drawn of a topic can be made of its solution. A topic of which nothing is drawn has no file."""
    remedy = f"Mend figures/{topic.name}.py; see docs/authors.md."
    try:
        plans = load(course, topic.name)
        if solution_path(course, topic.name).is_file():
            made_of_solution(course, topic.name, plans)
    except GraderError as error:
        yield breach_of(topic, error.problem, remedy)
        return
    for plan in plans:
        if plan.title == plan.name or not plan.says:
            yield breach_of(topic, f"the figure {plan.name} has no title, or does not say what to look at", remedy)


def _stub(course: Course, topic: Topic) -> Iterator[Breach]:
    """Whether the stub is the solution without its blocks."""
    solution, stub = solution_path(course, topic.name), stub_path(course, topic.name)
    if not solution.is_file():
        yield _missing(course, topic, solution, f"Write it, or remove [topics.{topic.name}] from course.toml.")
        return
    if not stub.is_file():
        yield _missing(course, topic, stub, "Run `grade release --stubs`.")
        return
    try:
        if stub.read_text("utf-8") != make_stub(solution.read_text("utf-8")):
            yield breach_of(topic, "the stub is not what the solution gives", "Run `grade release --stubs`.")
            return
    except (OSError, ValueError) as error:
        yield breach_of(topic, f"the stub or the solution cannot be read: {error}", "Save both as UTF-8 text.")
        return
    except GraderError as error:
        yield breach_of(topic, error.problem, error.remedy)
        return
    try:
        runpy.run_path(str(stub))
    except Exception as error:
        problem = f"the stub cannot be imported: {type(error).__name__}: {error}".rstrip(": ")
        yield breach_of(topic, problem, "Let nothing outside a function need what a student is to write.")


def _truth(course: Course, topic: Topic) -> Iterator[Breach]:
    """Whether Keras' answers are there, and from the Keras that is installed."""
    remedy = f"Run `grade truth record {topic.name}`."
    try:
        recorded = truth.read(truth_path(course, topic.name)).get("keras")
        installed = importlib.metadata.version("keras")
    except importlib.metadata.PackageNotFoundError:
        return
    except GraderError as error:
        yield breach_of(topic, error.problem, remedy)
        return
    if recorded != installed:
        yield breach_of(topic, f"the truth is from Keras {recorded}, and Keras {installed} is installed", remedy)


def check_strays(course: Course) -> Iterator[Breach]:
    """Files that belong to no topic."""
    names = [topic.name for topic in course.topics]
    for path_of in (stub_path, solution_path, mistakes_path, variants_path):
        known = {path_of(course, name).name for name in names}
        for path in sorted(path_of(course, names[0]).parent.glob("*.py")):
            if path.name not in known:
                yield _stray(course, path)
    for kind in SuiteKind:
        known = {suite_path(course, kind, name).name for name in names}
        for path in sorted((course.root / "tests" / kind.value).glob("test_*.py")):
            if path.name not in known:
                yield _stray(course, path)
    for path in sorted(figures_path(course, names[0]).parent.glob("[!_]*.py")):
        if path.stem not in names:
            yield _stray(course, path)
    for path in sorted(truth_path(course, names[0]).parent.glob("*")):
        if path.name.partition(".")[0] not in names:
            yield _stray(course, path)


def _missing(course: Course, topic: Topic, path: Path, remedy: str) -> Breach:
    return breach_of(topic, f"there is no {path.relative_to(course.root)}", remedy)


def _stray(course: Course, path: Path) -> Breach:
    return breach_of(
        "(course)",
        f"{path.relative_to(course.root)} belongs to no topic",
        "Remove it, or name the topic in course.toml.",
    )
