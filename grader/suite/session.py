"""One pytest session that grades any number of submissions: suites are collected once and run for each."""

from __future__ import annotations

import gc
import sys
import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from _pytest.runner import CallInfo, runtestprotocol
from msgspec.structs import replace

from grader.course import known_path, solution_path, suite_path
from grader.diagnosis import Transcript
from grader.errors import CourseError, GraderError
from grader.language.english import english
from grader.model import Comparison, Mistake, Outcome, Result, Submission, SuiteKind
from grader.sandbox.client import StudentError
from grader.sandbox.tape import DivergedError, Tape, Track
from grader.suite import known, plugin
from grader.suite.bench import Bench
from grader.suite.calls import call_lines
from grader.suite.catalogue import LiveCatalogue
from grader.suite.compare import MismatchError
from grader.suite.conversations import Conversations, Ended
from grader.suite.marks import hints_of, points_of, sentence_of
from grader.suite.naming import Catalogue, Failure, named
from grader.suite.options import arguments, plain_environment
from grader.suite.plugin import BENCH, GRADING, topic_of
from grader.suite.subject import Control, Subject, control_of
from grader.suite.untouched import Untouched
from grader.suite.verdict import judge

MOST_OUTPUT = 2000
"""Characters of what a test has printed that are kept."""

_NOT_FIT = english("The answer does not have the form that this test needs.")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A submission and what to grade of it."""

    submission: Submission
    topics: tuple[str, ...]
    """Topics that the submission has a module for."""


Deliver = Callable[[Job, str, tuple[Outcome, ...]], None]
"""Takes the outcomes of one topic of a job, in teaching order."""

Answers = Mapping[str, Transcript | None]
"""What a mistake answers in each test; None where it passes."""


def grade(bench: Bench, topics: Sequence[str], jobs: Iterable[Job], deliver: Deliver) -> None:
    """Run the suites of some topics for each job.

    Args:
        bench: with the course, the kind of suites and the sandbox.
        topics: whose suites to collect.
        jobs: what to grade; taken one at a time.
        deliver: called with the outcomes of each topic of each job.

    Raises:
        CourseError: if a suite cannot be collected.
    """

    def grade_jobs(session: _Session) -> None:
        for job in jobs:
            session.grade(job, deliver)

    _in_session(bench, topics, grade_jobs)


def answers_of_mistakes(bench: Bench, topics: Sequence[str]) -> dict[str, list[tuple[Mistake, Answers]]]:
    """What the catalogued mistakes of some topics answer to the suites on the bench.

    Raises:
        CourseError: if a suite cannot be collected, or a catalogue is broken.
    """
    found: dict[str, list[tuple[Mistake, Answers]]] = {}

    def ask(session: _Session) -> None:
        for topic in topics:
            catalogue = session.live_catalogue(topic)
            tests = [item.name for item in session.items.get(topic, [])]
            found[topic] = [
                (mistake, {test: catalogue.answer(name, test) for test in tests})
                for name, mistake in catalogue.mistakes.items()
            ]

    _in_session(bench, topics, ask)
    return found


def _in_session(bench: Bench, topics: Sequence[str], work: Callable[[_Session], None]) -> None:
    """Collect suites with real pytest, and do something with them."""
    before = set(sys.modules)
    session = _Session(bench, work)
    paths = [str(suite_path(bench.course, bench.kind, topic)) for topic in topics]
    folders = list(sys.path)
    try:
        with plain_environment():
            code = pytest.main([*arguments(bench), *paths], plugins=[plugin, session])
    finally:
        sys.path[:] = folders
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(bench.course.root / "tests")):
                del sys.modules[name]
    if session.error is not None:
        raise session.error
    if not session.finished:
        raise GraderError(f"pytest did not run the suites (exit code {int(code)}).", "This is a bug in the grader.")


class Run(msgspec.Struct):
    """One test on one subject."""

    error: BaseException | None = None
    in_test: bool = True
    """Whether the test itself raised, not its fixtures."""
    seconds: float = 0.0
    output: str = ""
    transcript: list[Any] = []


class _Session:
    """The plugin that replaces pytest's loop over the tests by one over the submissions."""

    def __init__(self, bench: Bench, work: Callable[[_Session], None]) -> None:
        self.error: BaseException | None = None
        self.finished = False
        self.bench = bench
        self.items: dict[str, list[pytest.Item]] = {}
        """Of each topic, in teaching order."""
        self._work = work
        self._problems: list[str] = []
        self._now = Run()
        self._catalogues: dict[str, Catalogue] = {}
        self._conversations = Conversations()
        self._untouched = Untouched()

    def pytest_configure(self, config: pytest.Config) -> None:
        """Lay the bench out for the fixtures."""
        config.stash[BENCH] = self.bench
        config.stash[GRADING] = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a suite cannot be collected."""
        if report.failed:
            self._problems.append(f"{report.nodeid}:\n{report.longreprtext}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Do the work."""
        try:
            if self._problems:
                raise CourseError(
                    "A suite cannot be collected. " + self._problems[0], "Mend the suite; see docs/authors.md."
                )
            items = defaultdict(list)
            for item in session.items:
                items[topic_of(item)].append(item)
            self.items = dict(items)
            gc.freeze()  # suites and libraries stay: to search them for garbage again and again is 1 % of a batch
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # of a diverging answer, not of the suite
                self._work(self)
            self.finished = True
        except BaseException as error:
            self.error = error
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: CallInfo[None]) -> pytest.TestReport:
        """Keep what was raised, and spare the traceback that nobody reads."""
        if call.excinfo is not None and self._now.error is None:
            self._now.error = call.excinfo.value
            self._now.in_test = call.when == "call"
        if call.when == "call":
            self._now.seconds = call.duration
        outcome = "failed" if call.excinfo is not None else "passed"
        return pytest.TestReport(item.nodeid, item.location, {}, outcome, None, call.when)  # type: ignore[arg-type]

    def grade(self, job: Job, deliver: Deliver) -> None:
        """Grade one job, topic by topic."""
        self.bench.start_submission(job.submission)
        try:
            for topic in job.topics:
                subject = self.bench.open(job.submission.modules[topic])
                try:
                    outcomes = self._grade_topic(topic, subject)
                finally:
                    self.bench.retire(subject)
                deliver(job, topic, outcomes)
        finally:
            self.bench.drop_own()

    def _grade_topic(self, topic: str, subject: Subject) -> tuple[Outcome, ...]:
        if not self.bench.remember:
            return self._run_topic(topic, subject)
        module = control_of(subject).module
        known = self._untouched.outcomes(module)
        if known is None:
            known = self._run_topic(topic, subject)
            if not any(_uses_own(item) for item in self.items.get(topic, [])):
                self._untouched.keep(module, known)
        return known

    def _run_topic(self, topic: str, subject: Subject) -> tuple[Outcome, ...]:
        outcomes = []
        failed: dict[str, Failure] = {}
        for number, item in enumerate(self.items.get(topic, []), 1):
            ended = self._test(item, topic, number, subject)
            if ended.failure is not None:
                failed[item.name] = ended.failure
            outcomes.append(ended.outcome)
        if not failed or not self.bench.diagnose:
            return tuple(outcomes)
        try:
            return named(outcomes, failed, self._catalogue(topic))
        except (ArithmeticError, ValueError, TypeError):
            return tuple(outcomes)  # whatever a student returned: a name for it is a courtesy, the grade is not

    def _test(self, item: pytest.Item, topic: str, number: int, subject: Subject) -> Ended:
        """Run one test on a student's module, or remember how it ends."""
        control = control_of(subject)
        started = time.perf_counter()
        control.start_test(number)
        try:
            control.client()
        except (StudentError, GraderError):  # the test is to say so
            return self._ended(item, topic, self.run(item, subject, number), control)
        printed = control.output
        self.bench.put(subject)
        tape, ended, beside = Tape(), None, self._beside(item, topic, number)
        if beside is not None:
            key = " ".join([topic, item.name, *beside])
            clients = {"": control.client(), **{name: one.client() for name, one in beside.items()}}
            tape, ended = self._conversations.hold(key, clients)
        if ended is None or ended.where not in (None, (control.module.filename, control.module.cells)):
            run = self.run(item, subject, number, tape)
            if isinstance(run.error, DivergedError):
                self.bench.drop_own()
                run, beside = self.run(item, subject, number), None
            ended = self._ended(item, topic, run, control, tape)
            if beside is not None and self._is_whole(ended, (control, *beside.values())):
                self._conversations.keep(key, tape, ended)
        outcome = replace(
            ended.outcome,
            output=(printed + ended.outcome.output)[:MOST_OUTPUT],
            seconds=round(time.perf_counter() - started, 6),
        )
        return replace(ended, outcome=outcome)

    def _beside(self, item: pytest.Item, topic: str, number: int) -> dict[str, Control] | None:
        """The student's other modules that a test speaks with; None if it is not to be remembered."""
        if not self.bench.remember:
            return None
        if not _uses_own(item):
            return {}
        beside = self.bench.own_modules(topic)
        try:
            for control in beside.values():
                control.start_test(number)
                control.client()
        except (StudentError, GraderError):
            return None
        return beside

    @staticmethod
    def _is_whole(ended: Ended, controls: Iterable[Control]) -> bool:
        """Whether an end follows from what was said, and from nothing else."""
        return ended.outcome.result is not Result.NOT_GRADED and not any(control.cut_short for control in controls)

    def run(self, item: pytest.Item, subject: Subject, number: int = 0, tape: Tape | None = None) -> Run:
        """Run one test with real pytest.

        Args:
            item: the test.
            subject: on which.
            number: of the test, in its suite.
            tape: what was said before.
        """
        control = control_of(subject)
        control.start_test(number, Track(tape) if tape is not None else None)
        self.bench.put(subject)
        if _uses_own(item):
            self.bench.put_own(number, tape)
        self._now = run = Run()
        item._initrequest()  # type: ignore[attr-defined]  # fresh fixtures: the item runs once a submission
        runtestprotocol(item, log=False, nextitem=None)  # leave nothing set up: the next item may be any
        if isinstance(run.error, (KeyboardInterrupt, SystemExit, pytest.exit.Exception)):
            raise KeyboardInterrupt
        run.output = control.output
        run.transcript = [*control.transcript, getattr(run.error, "note", "")]
        return run

    def _ended(self, item: pytest.Item, topic: str, run: Run, control: Control, tape: Tape | None = None) -> Ended:
        wrong = isinstance(run.error, MismatchError)
        exchanges = tuple(tape.exchanges) if tape else ()
        fails = isinstance(run.error, StudentError)
        return Ended(
            outcome=self._outcome(item, topic, run, control),
            failure=Failure(transcript=run.transcript, exchanges=exchanges) if wrong else None,
            where=(control.module.filename, control.module.cells) if fails else None,
        )

    def _outcome(self, item: pytest.Item, topic: str, run: Run, control: Control) -> Outcome:
        worth = points_of(item)
        result, message = Result.PASSED, ""
        if run.error is not None:
            result, message = self._judge(item, topic, run, control)
        call, comparison = self._shown(run, result, control)
        return Outcome(
            topic=topic,
            test=item.name,
            sentence=sentence_of(item),
            result=result,
            points=worth if result is Result.PASSED else 0.0,
            max_points=worth,
            message=message,
            output=run.output[:MOST_OUTPUT],
            hints=hints_of(item) if result is not Result.PASSED else (),
            call=call,
            comparison=comparison,
            seconds=round(run.seconds, 6),
        )

    def _shown(self, run: Run, result: Result, control: Control) -> tuple[tuple[str, ...], Comparison | None]:
        """What a public suite shows besides: the call, expected and got."""
        if self.bench.kind is not SuiteKind.PUBLIC or result in (Result.PASSED, Result.NOT_IMPLEMENTED):
            return (), None
        sides = run.error.sides if isinstance(run.error, MismatchError) else None
        return call_lines(control.calls, control.module.source), sides() if sides else None

    def _judge(self, item: pytest.Item, topic: str, run: Run, control: Control) -> tuple[Result, str]:
        assert run.error is not None
        verdict = judge(run.error, self.bench.kind, control.module.filename) if run.in_test else None
        if verdict is not None:
            return verdict
        answered = control.transcript or self.bench.own_answered
        if run.in_test and answered and self._passes_with_reference(item, topic):
            return Result.WRONG_TYPE, _NOT_FIT
        why = f"{type(run.error).__name__}: {run.error}"[:500]  # it may quote what a student returned
        return Result.NOT_GRADED, english(f"The grader failed in {item.name}: {why}")

    def _passes_with_reference(self, item: pytest.Item, topic: str) -> bool:
        """Whether the suite is in order, so that what the student returned is to blame."""
        if not self._has_solution(topic):
            return True  # a kit: `grade release` has seen the solution pass
        try:
            return self.run(item, self.bench.reference(topic)).error is None
        except GraderError:
            return False

    def _catalogue(self, topic: str) -> Catalogue:
        """The known mistakes: asked where the solutions are, else as a kit has recorded them."""
        if topic not in self._catalogues:
            self._catalogues[topic] = (
                self.live_catalogue(topic)
                if self._has_solution(topic)
                else known.Recorded(known.read(known_path(self.bench.course, topic), topic))
            )
        return self._catalogues[topic]

    def live_catalogue(self, topic: str) -> LiveCatalogue:
        """The known mistakes of a topic, to be asked in this session."""
        items = {item.name: item for item in self.items.get(topic, [])}

        def ask(test: str, subject: Subject) -> Transcript | None:
            run = self.run(items[test], subject)
            return run.transcript if run.error else None

        return LiveCatalogue(self.bench, topic, list(items), ask)

    def _has_solution(self, topic: str) -> bool:
        return solution_path(self.bench.course, topic).is_file()


def _uses_own(item: pytest.Item) -> bool:
    """Whether a test speaks with the student's modules of earlier topics."""
    return "own" in item.fixturenames  # type: ignore[attr-defined]
