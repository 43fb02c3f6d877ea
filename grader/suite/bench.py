"""What lies on the bench while suites run: the subject under test, the reference, the truth, the random numbers."""

from __future__ import annotations

import types
import zlib
from collections.abc import Callable

import numpy as np

from grader import diagnosis
from grader.course import truth_path
from grader.errors import CourseError
from grader.model import Course, Mistake, Module, Submission, SuiteKind
from grader.sandbox.client import Budget, Link, Sandbox
from grader.sandbox.local import LocalLink
from grader.sandbox.tape import Tape, Track
from grader.suite.subject import Control, Subject, control_of
from grader.truth import Recorded, Source, Truth

PUBLIC_SEED = 0
"""Of the public suites: a student's kit has the same random numbers, and does not know the course's seed."""

_FOREVER = Budget(float("inf"))


class Bench:
    """Serves the fixtures of the plugin."""

    def __init__(
        self,
        course: Course,
        kind: SuiteKind,
        sandbox: Sandbox,
        *,
        seed: int | None = None,
        source: Callable[[str], Source] | None = None,
        diagnose: bool = True,
        remember: bool = False,
    ) -> None:
        """Prepare a bench.

        Args:
            course: whose suites run.
            kind: which of them.
            sandbox: makes the workers.
            seed: of the run; the course's if None, for public suites a fixed one.
            source: where Keras' answers to a topic come from; its truth file if None.
            diagnose: whether the mistakes behind failed tests are named.
            remember: whether a test whose answers have all come before is not run again; see conversations.py.
        """
        self.course = course
        self.kind = kind
        self.diagnose = diagnose
        self.remember = remember
        self.seed = (course.seed if kind is SuiteKind.HIDDEN else PUBLIC_SEED) if seed is None else seed
        self._sandbox = sandbox
        self._source = source or (lambda topic: Recorded(truth_path(course, topic, self.seed), self.seed))
        self._sources: dict[str, Source] = {}
        self._references: dict[str, Subject] = {}
        self._consulted: list[Subject] = []
        """References that a test has been given since the last one began."""
        self._solutions: dict[str, types.ModuleType] = {}
        self._mistaken: dict[tuple[str, str], Subject] = {}
        self._subject: Subject | None = None
        self._submission = Submission(student_id="", modules={})
        self._own: dict[str, Subject] = {}
        self._budget = _FOREVER

    def start_submission(self, submission: Submission) -> None:
        """Give a new submission its time, and forget the modules of the last one."""
        self.drop_own()
        self._submission = submission
        self._budget = Budget(self.course.limits.submission_seconds)

    def put(self, subject: Subject) -> None:
        """Lay a subject on the bench for a test: `student` is this one from now on."""
        self._subject = subject
        for reference in self._consulted:
            control_of(reference).start_test()
        self._consulted.clear()

    def put_own(self, number: int, tape: Tape | None) -> None:
        """Lay the student's other modules beside it, for a test that uses them.

        Args:
            number: of the test, in its suite.
            tape: keeps what is said in it.
        """
        for name, own in self._own.items():
            control_of(own).start_test(number, Track(tape, name) if tape is not None else None)

    def own_modules(self, topic: str) -> dict[str, Control]:
        """The student's modules that a suite finds under `own`, by topic; where it finds the reference, none."""
        subjects = {used: self.own(topic, used) for used in self._uses(topic)}
        return {used: control_of(subject) for used, subject in subjects.items() if subject is self._own.get(used)}

    def retire(self, subject: Subject) -> None:
        """Put a graded module aside: a later suite may use it, and needs no other worker for it then."""
        module = control_of(subject).module
        if _is_finished(module) and any(module.topic in topic.uses for topic in self.course.topics):
            control_of(subject).renew(self._topic_budget())  # as a fresh worker would have
            self._own[module.topic] = subject
        else:
            control_of(subject).close()

    def drop_own(self) -> None:
        """End the workers of the student's other modules; who asks again gets fresh ones."""
        for subject in self._own.values():
            control_of(subject).close()
        self._own = {}

    @property
    def own_answered(self) -> bool:
        """Whether the student's modules of earlier topics have returned anything in this test."""
        return any(control_of(subject).transcript for subject in self._own.values())

    @property
    def student(self) -> Subject:
        """The subject on the bench."""
        assert self._subject is not None
        return self._subject

    def open(self, module: Module) -> Subject:
        """A subject for a module that a student handed in."""
        limits = self.course.limits
        return Subject(module, lambda: self._sandbox.open(limits), limits, self._topic_budget())

    def _topic_budget(self) -> Budget:
        return Budget(self.course.limits.topic_seconds, self._budget)

    def reference(self, topic: str) -> Subject:
        """The solution of a topic, in this process."""
        if topic not in self._references:
            self._references[topic] = self._trusted(diagnosis.solution_module(self.course, topic))
        self._consulted.append(self._references[topic])
        return self._references[topic]

    def own(self, topic: str, used: str) -> Subject:
        """The student's own module of an earlier topic, or the reference's where theirs is missing or unfinished.

        Args:
            topic: whose suite asks.
            used: the earlier topic; course.toml names it in `uses`.
        """
        self._require_use(topic, used)
        module = self._submission.modules.get(used)
        if module is None or not _is_finished(module) or self._is_ours():
            return self.reference(used)
        if used not in self._own:
            self._own[used] = self.open(module)
        return self._own[used]

    def _is_ours(self) -> bool:
        """Whether the solution or a mistake lies on the bench: the student's other modules are no part of them."""
        return any(self._subject is ours for ours in (*self._references.values(), *self._mistaken.values()))

    def solution(self, topic: str, used: str) -> types.ModuleType:
        """The solution of an earlier topic as it is: for functions that a suite hands to a student's code.

        Args:
            topic: whose suite asks.
            used: the earlier topic; course.toml names it in `uses`.
        """
        self._require_use(topic, used)
        if used not in self._solutions:
            source = diagnosis.solution_module(self.course, used)
            module = types.ModuleType(used)
            exec(compile(source.source, source.filename, "exec", dont_inherit=True), module.__dict__)
            self._solutions[used] = module
        return self._solutions[used]

    def mistaken(self, topic: str, mistake: Mistake) -> Subject:
        """The solution of a topic with a mistake in it, in this process."""
        key = (topic, mistake.name)
        if key not in self._mistaken:
            self._mistaken[key] = self._trusted(self.mistake_module(topic, mistake))
        return self._mistaken[key]

    def mistake_module(self, topic: str, mistake: Mistake) -> Module:
        """The solution of a topic with a mistake in it."""
        return diagnosis.edited(diagnosis.solution_module(self.course, topic), mistake)

    def truth(self, topic: str, test: str) -> Truth:
        """Keras' answers to one test."""
        if topic not in self._sources:
            self._sources[topic] = self._source(topic)
        return self._sources[topic].for_test(test)

    def generator(self, topic: str, test: str) -> np.random.Generator:
        """The random numbers of one test: the same in every run with this seed, whatever else runs."""
        return np.random.default_rng([self.seed, zlib.crc32(f"{topic}::{test}".encode())])

    def close(self) -> None:
        """End the workers."""
        self._sandbox.close()

    def _uses(self, topic: str) -> tuple[str, ...]:
        """The earlier topics that course.toml names for this one."""
        return next(known.uses for known in self.course.topics if known.name == topic)

    def _require_use(self, topic: str, used: str) -> None:
        if used not in self._uses(topic):
            raise CourseError(f"{topic} does not use {used}.", f"Name it in `uses` of [topics.{topic}] in course.toml.")

    def _trusted(self, module: Module) -> Subject:
        link: Callable[[], Link] = LocalLink
        return Subject(module, link, self.course.limits, _FOREVER)


def _is_finished(module: Module) -> bool:
    return not module.problem and b"NotImplementedError" not in module.source
