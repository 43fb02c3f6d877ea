"""Grading in this process, as tests ask for it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from grader.course import load_course
from grader.model import Isolation, Module, Outcome, Submission, SuiteKind
from grader.sandbox.levels import open_sandbox
from grader.suite.bench import Bench
from grader.suite.session import Job, grade

RIGHT = "def double(x):\n    return 2.0 * x\n\ndef both(x):\n    return x, double(x)\n"
WALKS = """
import numpy as np

def walk(slope, x, steps):
    points = [x]
    for _ in range(steps):
        points.append(points[-1] - 0.1 * slope(points[-1]))
    return np.array(points)

class Counter:
    def __init__(self, start):
        self.total = start

    def add(self, amount):
        self.total += amount
        return self.total
"""


Outcomes = dict[tuple[str, str], tuple[Outcome, ...]]
"""By student and topic."""


def module(topic: str, source: str | bytes | Module) -> Module:
    """A module that a student handed in."""
    if isinstance(source, Module):
        return source
    data = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
    return Module(topic=topic, filename=f"{topic}.py", source=data)


def job(student: str, modules: Mapping[str, str | bytes | Module]) -> Job:
    """What a student handed in, all of it to be graded."""
    handed_in = {topic: module(topic, source) for topic, source in modules.items()}
    return Job(submission=Submission(student_id=student, modules=handed_in), topics=tuple(handed_in))


def grade_all(
    root: Path,
    jobs: Iterable[Job],
    *,
    kind: SuiteKind = SuiteKind.HIDDEN,
    isolation: Isolation = Isolation.PARTIAL,
    deliver: Callable[..., None] | None = None,
    topics: Iterable[str] = (),
    **bench: Any,
) -> Outcomes:
    """Grade jobs in one session, each outcome without its time."""
    course = load_course(root)
    found: Outcomes = {}

    def keep(job: Job, topic: str, outcomes: tuple[Outcome, ...]) -> None:
        found[job.submission.student_id, topic] = tuple(msgspec.structs.replace(o, seconds=0.0) for o in outcomes)

    laid_out = Bench(course, kind, open_sandbox(isolation, course.limits), **bench)
    try:
        grade(laid_out, list(topics) or [topic.name for topic in course.topics], jobs, deliver or keep)
    finally:
        laid_out.close()
    return found


def outcomes_of(root: Path, topic: str, source: str | bytes | Module, **options: Any) -> tuple[Outcome, ...]:
    """The outcomes of one module by itself."""
    return grade_all(root, [job("ada", {topic: source})], topics=[topic], **options)["ada", topic]


def with_limits(root, **limits):
    """Change limits of the course."""
    lines = (root / "course.toml").read_text("utf-8").splitlines()
    changed = [f"{name} = {limits[name]}" if (name := line.partition(" ")[0]) in limits else line for line in lines]
    (root / "course.toml").write_text("\n".join(changed), "utf-8")


def add(root, path, text):
    """Write a file of the course."""
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")


def doubling(body: str) -> str:
    """A module whose `double` has this body, and whose `both` is right."""
    return f"import os, sys\nimport numpy as np\n\ndef double(x):\n    {body}\n\ndef both(x):\n    return x, 2.0 * x\n"


def returning(expression: str) -> str:
    return doubling(f"return {expression}")
