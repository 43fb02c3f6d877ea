"""One pytest session that grades any number of submissions: suites are collected once and run for each."""

from __future__ import annotations

import os
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec
import numpy as np
import pytest
from _pytest.runner import CallInfo, runtestprotocol

from grader import diagnosis
from grader.course import suite_path
from grader.errors import CourseError, GraderError
from grader.model import Mistake, Outcome, Result, Submission
from grader.suite.bench import Bench
from grader.suite.compare import MismatchError
from grader.suite.marks import points_of, sentence_of
from grader.suite.plugin import BENCH, GRADING, topic_of
from grader.suite.subject import Control, Subject, control_of
from grader.suite.verdict import judge

# What a grading session has no use for; less to load, and nothing of the surroundings has a say.
_WITHOUT = (
    *("cacheprovider", "capture", "debugging", "doctest", "faulthandler", "junitxml", "legacypath", "logging"),
    *("pastebin", "recwarn", "setuponly", "setupplan", "stepwise", "terminal", "terminalprogress"),
    *("threadexception", "tmpdir", "unittest", "unraisableexception", "warnings"),
)

_NOT_FIT = "The answer does not have the form that this test needs."


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A submission and what to grade of it."""

    submission: Submission
    topics: tuple[str, ...]
    """Topics that the submission has a module for."""


Deliver = Callable[[Job, str, tuple[Outcome, ...]], None]
"""Takes the outcomes of one topic of a job, in teaching order."""


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
    before = set(sys.modules)
    session = _Grading(bench, jobs, deliver)
    paths = [str(suite_path(bench.course, bench.kind, topic)) for topic in topics]
    environment = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        code = pytest.main([*_arguments(bench), *paths], plugins=[session])
    finally:
        _restore("PYTEST_DISABLE_PLUGIN_AUTOLOAD", environment)
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
        *("-p", "grader.suite.plugin", "-c", os.devnull, "--rootdir", root, "--noconftest"),
        *("--import-mode=importlib", "--assert=plain"),
    ]


def _restore(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


class _Run(msgspec.Struct):
    """One test on one subject."""

    error: BaseException | None = None
    in_test: bool = True
    """Whether the test itself raised, not its fixtures."""
    seconds: float = 0.0
    output: str = ""
    transcript: list[Any] = []


class _Grading:
    """The plugin that replaces pytest's loop over the tests by one over the submissions."""

    def __init__(self, bench: Bench, jobs: Iterable[Job], deliver: Deliver) -> None:
        self.error: BaseException | None = None
        self.finished = False
        self._bench = bench
        self._jobs = jobs
        self._deliver = deliver
        self._items: dict[str, list[pytest.Item]] = {}
        self._problems: list[str] = []
        self._now = _Run()
        self._answers: dict[tuple[str, str], list[Any] | None] = {}

    def pytest_configure(self, config: pytest.Config) -> None:
        """Lay the bench out for the fixtures."""
        config.stash[BENCH] = self._bench
        config.stash[GRADING] = True

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why a suite cannot be collected."""
        if report.failed:
            self._problems.append(f"{report.nodeid}:\n{report.longreprtext}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Grade every job."""
        try:
            if self._problems:
                raise CourseError(
                    "A suite cannot be collected. " + self._problems[0], "Mend the suite; see docs/authors.md."
                )
            items = defaultdict(list)
            for item in session.items:
                items[topic_of(item)].append(item)
            self._items = dict(items)
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")  # of a diverging answer, not of the suite
                for job in self._jobs:
                    self._grade(job)
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

    def _grade(self, job: Job) -> None:
        self._bench.start_submission(job.submission)
        for topic in job.topics:
            subject = self._bench.open(job.submission.modules[topic])
            try:
                outcomes = self._grade_topic(topic, subject)
            finally:
                control_of(subject).close()
            self._deliver(job, topic, outcomes)

    def _grade_topic(self, topic: str, subject: Subject) -> tuple[Outcome, ...]:
        items = self._items.get(topic, [])
        outcomes = []
        failed: dict[str, tuple[pytest.Item, list[Any]]] = {}
        for item in items:
            run = self._run(item, subject)
            outcome = self._outcome(item, topic, run, control_of(subject))
            if isinstance(run.error, MismatchError):  # an answer came, and it is not the right one
                failed[item.name] = (item, run.transcript)
            outcomes.append(outcome)
        try:
            return self._diagnosed(topic, outcomes, failed)
        except (ArithmeticError, ValueError, TypeError):
            return tuple(outcomes)  # whatever a student returned: a name for it is a courtesy, the grade is not

    def _run(self, item: pytest.Item, subject: Subject) -> _Run:
        """Run one test with real pytest."""
        control = control_of(subject)
        control.start_test()
        self._bench.put(subject)
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
        return Outcome(
            topic=topic,
            test=item.name,
            sentence=sentence_of(item),
            result=result,
            points=worth if result is Result.PASSED else 0.0,
            max_points=worth,
            message=message,
            output=run.output[:2000],
            seconds=round(run.seconds, 6),
        )

    def _judge(self, item: pytest.Item, topic: str, run: _Run, control: Control) -> tuple[Result, str]:
        assert run.error is not None
        verdict = judge(run.error, self._bench.kind, control.module.filename) if run.in_test else None
        if verdict is not None:
            return verdict
        if run.in_test and control.transcript and self._passes_with_reference(item, topic):
            return Result.WRONG_TYPE, _NOT_FIT
        return Result.NOT_GRADED, f"The grader failed in {item.name}: {type(run.error).__name__}: {run.error}"

    def _passes_with_reference(self, item: pytest.Item, topic: str) -> bool:
        """Whether the suite is in order, so that what the student returned is to blame."""
        try:
            return self._run(item, self._bench.reference(topic)).error is None
        except GraderError:
            return False

    def _diagnosed(
        self, topic: str, outcomes: list[Outcome], failed: dict[str, tuple[pytest.Item, list[Any]]]
    ) -> tuple[Outcome, ...]:
        """Name the mistakes that explain the failed tests."""
        if not failed or not self._bench.diagnose:
            return tuple(outcomes)
        mistakes = {mistake.name: mistake for mistake in diagnosis.load_mistakes(self._bench.course, topic)}
        found = {}
        for name, (item, transcript) in failed.items():
            known = {key: self._answers_of(item, topic, key, mistakes) for key in mistakes}
            found[name] = diagnosis.candidates(transcript, {key: answers for key, answers in known.items() if answers})
        self._rule_out(topic, found, outcomes, mistakes)
        named = diagnosis.agree_on_one(found)
        return tuple(
            msgspec.structs.replace(outcome, mistake=mistakes[key].says, hint=mistakes[key].hint)
            if (key := named.get(outcome.test))
            else outcome
            for outcome in outcomes
        )

    def _rule_out(
        self, topic: str, found: dict[str, frozenset[str]], outcomes: list[Outcome], mistakes: dict[str, Mistake]
    ) -> None:
        """Where several mistakes fit, drop those that fail a test which the submission passes."""
        passed = {outcome.test for outcome in outcomes if outcome.result is Result.PASSED}
        items = [item for item in self._items[topic] if item.name in passed]
        for test, names in found.items():
            if len(names) > 1:
                left = (
                    name
                    for name in names
                    if all(self._answers_of(item, topic, name, mistakes) is None for item in items)
                )
                found[test] = frozenset(left) or names

    def _answers_of(self, item: pytest.Item, topic: str, name: str, mistakes: dict[str, Mistake]) -> list[Any] | None:
        """What a mistake answers in a test that it fails; None if it passes. Asked once a session."""
        key = (item.nodeid, name)
        if key not in self._answers:
            run = self._run(item, self._bench.mistaken(topic, mistakes[name]))
            self._answers[key] = run.transcript if run.error is not None else None
        return self._answers[key]
