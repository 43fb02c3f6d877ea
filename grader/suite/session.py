"""One pytest session that grades any number of submissions: suites are collected once and run for each."""

from __future__ import annotations

import contextlib
import os
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from _pytest.runner import CallInfo, runtestprotocol

from grader import diagnosis
from grader.course import known_path, solution_path, suite_path
from grader.diagnosis import Transcript
from grader.errors import CourseError, GraderError
from grader.language.english import english
from grader.model import Comparison, Mistake, Outcome, Result, Submission, SuiteKind
from grader.suite import known, plugin
from grader.suite.bench import Bench
from grader.suite.calls import call_lines
from grader.suite.compare import MismatchError
from grader.suite.marks import hints_of, points_of, sentence_of
from grader.suite.naming import Catalogue, named
from grader.suite.plugin import BENCH, GRADING, topic_of
from grader.suite.subject import Control, Subject, control_of
from grader.suite.verdict import judge

# What a grading session has no use for; less to load, and nothing of the surroundings has a say.
_WITHOUT = (
    *("cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging"),
    *("pastebin", "recwarn", "setuponly", "setupplan", "stepwise", "terminal", "terminalprogress"),
    *("threadexception", "tmpdir", "unittest", "unraisableexception", "warnings"),
)

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
            catalogue = _Live(session, topic)
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
        with _plain_environment():
            code = pytest.main([*_arguments(bench), *paths], plugins=[plugin, session])
    finally:
        sys.path[:] = folders
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(bench.course.root / "tests")):
                del sys.modules[name]
    if session.error is not None:
        raise session.error
    if not session.finished:
        raise GraderError(f"pytest did not run the suites (exit code {int(code)}).", "This is a bug in the grader.")


def _arguments(bench: Bench) -> list[str]:
    without = [argument for name in _WITHOUT for argument in ("-p", f"no:{name}")]
    root = str(bench.course.root)
    return [
        *without,
        *("-c", os.devnull, "--rootdir", root, "--noconftest"),
        *("--import-mode=importlib", "--assert=plain"),
    ]


@contextlib.contextmanager
def _plain_environment() -> Iterator[None]:
    """Leave out what would tell pytest to run other tests, or to load other plugins."""
    before = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith("PYTEST_")}
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name in [name for name in os.environ if name.startswith("PYTEST_")]:
            del os.environ[name]
        os.environ.update(before)


class _Run(msgspec.Struct):
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
        self._now = _Run()
        self._catalogues: dict[str, Catalogue] = {}

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
        for topic in job.topics:
            subject = self.bench.open(job.submission.modules[topic])
            try:
                outcomes = self._grade_topic(topic, subject)
            finally:
                control_of(subject).close()
            deliver(job, topic, outcomes)

    def _grade_topic(self, topic: str, subject: Subject) -> tuple[Outcome, ...]:
        outcomes = []
        failed: dict[str, list[Any]] = {}
        for item in self.items.get(topic, []):
            run = self.run(item, subject)
            outcome = self._outcome(item, topic, run, control_of(subject))
            if isinstance(run.error, MismatchError):  # an answer came, and it is not the right one
                failed[item.name] = run.transcript
            outcomes.append(outcome)
        if not failed or not self.bench.diagnose:
            return tuple(outcomes)
        try:
            return named(outcomes, failed, self._catalogue(topic))
        except (ArithmeticError, ValueError, TypeError):
            return tuple(outcomes)  # whatever a student returned: a name for it is a courtesy, the grade is not

    def run(self, item: pytest.Item, subject: Subject) -> _Run:
        """Run one test with real pytest."""
        control = control_of(subject)
        control.start_test()
        self.bench.put(subject)
        self._now = run = _Run()
        item._initrequest()  # type: ignore[attr-defined]  # fresh fixtures: the item runs once a submission
        runtestprotocol(item, log=False, nextitem=None)  # leave nothing set up: the next item may be any
        if isinstance(run.error, (KeyboardInterrupt, SystemExit, pytest.exit.Exception)):
            raise KeyboardInterrupt
        run.output = control.output
        run.transcript = [*control.transcript, getattr(run.error, "note", "")]
        return run

    def _outcome(self, item: pytest.Item, topic: str, run: _Run, control: Control) -> Outcome:
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
            output=run.output[:2000],
            hints=hints_of(item) if result is not Result.PASSED else (),
            call=call,
            comparison=comparison,
            seconds=round(run.seconds, 6),
        )

    def _shown(self, run: _Run, result: Result, control: Control) -> tuple[tuple[str, ...], Comparison | None]:
        """What a public suite shows besides: the call, expected and got."""
        if self.bench.kind is not SuiteKind.PUBLIC or result in (Result.PASSED, Result.NOT_IMPLEMENTED):
            return (), None
        sides = run.error.sides if isinstance(run.error, MismatchError) else None
        return call_lines(control.calls, control.module.source), sides() if sides else None

    def _judge(self, item: pytest.Item, topic: str, run: _Run, control: Control) -> tuple[Result, str]:
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
                _Live(self, topic)
                if self._has_solution(topic)
                else known.Recorded(known.read(known_path(self.bench.course, topic), topic))
            )
        return self._catalogues[topic]

    def _has_solution(self, topic: str) -> bool:
        return solution_path(self.bench.course, topic).is_file()


class _Live:
    """The catalogue of a topic, asked where its solutions are."""

    def __init__(self, session: _Session, topic: str) -> None:
        self.mistakes = {mistake.name: mistake for mistake in diagnosis.load_mistakes(session.bench.course, topic)}
        self._session = session
        self._topic = topic
        self._items = {item.name: item for item in session.items[topic]}
        self._answers: dict[tuple[str, str], Transcript | None] = {}

    def answer(self, mistake: str, test: str) -> Transcript | None:
        """What a mistake answers in a test that it fails; None if it passes. Asked once a session.

        One that keeps something in mind takes the whole suite in teaching order, as a submission does.
        """
        if (mistake, test) not in self._answers:
            known = self.mistakes[mistake]
            subject = self._session.bench.mistaken(self._topic, known)
            for name in self._items if known.remembers else (test,):
                run = self._session.run(self._items[name], subject)
                self._answers[mistake, name] = run.transcript if run.error else None
        return self._answers[mistake, test]

    def comparable(self, transcript: Transcript) -> Transcript:
        """The answers as they are."""
        return transcript
