"""The authors' contract: stubs earn nothing, solutions everything, mistakes lose, other right answers do not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from grader import diagnosis
from grader.course import suite_path, truth_path
from grader.errors import GraderError
from grader.model import Course, Isolation, Mistake, Module, Outcome, Result, Submission, SuiteKind, Topic
from grader.release import make_stub, stale_stubs
from grader.sandbox.levels import open_sandbox
from grader.scoring import add_points
from grader.suite.bench import Bench
from grader.suite.session import Job, grade

MIN_TESTS, MIN_MISTAKES = 12, 8
"""Of a topic."""

_SOLUTION, _STUB = "solution", "stub"


class Breach(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as it must be."""

    topic: str
    problem: str
    remedy: str


class Kill(msgspec.Struct, frozen=True, kw_only=True):
    """What a mistake costs."""

    topic: str
    mistake: str
    points_lost: float
    caught_by: tuple[str, ...]
    named: tuple[str, ...]
    """What the diagnosis has called it; one name, and its own, is what we want."""
    diagnosed: bool
    """Whether it was called by its own name, and by no other."""


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What was found out about a course."""

    tests: dict[str, int]
    """Hidden tests, by topic."""
    kills: tuple[Kill, ...]
    variants: dict[str, int]
    """Right answers written differently that were tried, by topic."""
    breaches: tuple[Breach, ...]


class _Entry(msgspec.Struct, frozen=True):
    """A module to run, and what is expected of it."""

    role: str
    name: str
    module: Module
    says: str = ""
    may_lose: tuple[str, ...] = ()


def audit(course: Course, topics: Sequence[Topic]) -> Audit:
    """Check these topics of a course.

    Raises:
        CourseError: if a suite cannot be collected.
    """
    breaches = [breach for topic in topics for breach in _missing_parts(course, topic)]
    breaches += _stale(course, topics)
    entries = {topic.name: list(_entries(course, topic, breaches)) for topic in topics}
    runnable = [topic for topic in topics if not any(breach.topic == topic.name for breach in breaches)]
    outcomes = _run(course, runnable, entries)
    kills: list[Kill] = []
    tests, variants = {}, {}
    for topic in runnable:
        found = [(entry, outcomes[topic.name, entry.role, entry.name]) for entry in entries[topic.name]]
        tests[topic.name] = len(found[0][1])
        variants[topic.name] = sum(entry.role == "variant" for entry, _ in found)
        breaches += _check_suite(topic, found[0][1])
        for entry, results in found:
            breaches += _check_entry(topic, entry, results)
        kills += [_kill(topic, entry, results) for entry, results in found if entry.role == "mistake"]
    return Audit(tests=tests, kills=tuple(kills), variants=variants, breaches=tuple(breaches))


def _missing_parts(course: Course, topic: Topic) -> Iterator[Breach]:
    for kind in SuiteKind:
        path = suite_path(course, kind, topic.name)
        if not path.is_file():
            yield _breach(topic, f"there is no {path.relative_to(course.root)}", "Write it; see docs/authors.md.")
    path = truth_path(course, topic.name)
    if not path.is_file():
        yield _breach(topic, "Keras' answers are missing", f"Run `grade truth record {topic.name}`.")


def _stale(course: Course, topics: Sequence[Topic]) -> Iterator[Breach]:
    stale = {path.stem for path in stale_stubs(course)}
    for topic in topics:
        if topic.name in stale:
            yield _breach(topic, "the stub is not what the solution gives", "Run `grade release --stubs`.")


def _entries(course: Course, topic: Topic, breaches: list[Breach]) -> Iterator[_Entry]:
    """Everything that is run: the solution, the stub, mistakes, variants."""
    try:
        solution = diagnosis.solution_module(course, topic.name)
        stub = make_stub(solution.source.decode("utf-8")).encode("utf-8")
        yield _Entry(_SOLUTION, "", solution)
        yield _Entry(_STUB, "", Module(topic=topic.name, filename=solution.filename, source=stub))
        mistakes = diagnosis.load_mistakes(course, topic.name)
        breaches += _check_catalogue(topic, mistakes)
        for mistake in mistakes:
            yield _Entry("mistake", mistake.name, diagnosis.edited(solution, mistake), mistake.says)
        for variant in diagnosis.load_variants(course, topic.name):
            yield _Entry("variant", variant.name, diagnosis.edited(solution, variant), may_lose=variant.may_lose)
    except GraderError as error:
        breaches.append(_breach(topic, error.problem, error.remedy))


def _check_catalogue(topic: Topic, mistakes: Sequence[Mistake]) -> Iterator[Breach]:
    where = f"Mend solutions/mistakes/{topic.name}.py."
    if len(mistakes) < MIN_MISTAKES:
        yield _breach(topic, f"only {len(mistakes)} mistakes are catalogued, not {MIN_MISTAKES}", where)
    for field in ("name", "says"):
        counted = Counter(getattr(mistake, field) for mistake in mistakes)
        for value, count in counted.items():
            if count > 1:
                yield _breach(topic, f"{count} mistakes have the {field} {value!r}", where)
    for mistake in mistakes:
        if not mistake.hint.strip() or not mistake.says.strip():
            yield _breach(topic, f"mistake {mistake.name} has no hint or is not named", where)


def _run(
    course: Course, topics: Sequence[Topic], entries: dict[str, list[_Entry]]
) -> dict[tuple[str, str, str], tuple[Outcome, ...]]:
    """The outcomes of every entry, from real suites in real workers."""
    found: dict[tuple[str, str, str], tuple[Outcome, ...]] = {}

    def jobs() -> Iterator[Job]:
        for topic in topics:
            for entry in entries[topic.name]:
                submission = Submission(student_id=f"{entry.role} {entry.name}", modules={topic.name: entry.module})
                yield Job(submission=submission, topics=(topic.name,))

    def deliver(job: Job, topic: str, outcomes: tuple[Outcome, ...]) -> None:
        role, _, name = job.submission.student_id.partition(" ")
        found[topic, role, name] = outcomes

    if topics:
        bench = Bench(course, SuiteKind.HIDDEN, open_sandbox(Isolation.PARTIAL, course.limits))
        try:
            grade(bench, [topic.name for topic in topics], jobs(), deliver)
        finally:
            bench.close()
    return found


def _check_suite(topic: Topic, outcomes: Sequence[Outcome]) -> Iterator[Breach]:
    suite = f"Mend tests/hidden/test_{topic.name}.py"
    if len(outcomes) < MIN_TESTS:
        yield _breach(topic, f"the hidden suite has {len(outcomes)} tests, not {MIN_TESTS}", f"{suite}.")
    total = add_points(outcome.max_points for outcome in outcomes)
    if total != topic.max_score:
        yield _breach(
            topic,
            f"the points add up to {total:g}, not to the max_score {topic.max_score:g}",
            f"{suite} or course.toml.",
        )
    for outcome in outcomes:
        if outcome.sentence.split(" [")[0] == outcome.test.split("[")[0]:
            yield _breach(topic, f"{outcome.test} has no docstring, which is what a student reads", f"{suite}.")


def _check_entry(topic: Topic, entry: _Entry, outcomes: Sequence[Outcome]) -> Iterator[Breach]:
    """What is wrong with the outcomes of one entry."""
    passed = [outcome.test for outcome in outcomes if outcome.result is Result.PASSED]
    failed = [outcome for outcome in outcomes if outcome.result is not Result.PASSED]
    broken = [outcome for outcome in outcomes if outcome.result is Result.NOT_GRADED]
    if broken:
        yield _breach(topic, f"{entry.role} {entry.name}: {broken[0].message}", "Mend the suite.")
    elif entry.role == _STUB and passed:
        yield _breach(topic, f"the stub passes {', '.join(passed)}", "Let the test ask for something.")
    elif entry.role == _SOLUTION and failed:
        yield _breach(topic, f"the solution fails {failed[0].test}: {failed[0].message}", "Mend one of them.")
    elif entry.role == "mistake" and not failed:
        yield _breach(topic, f"mistake {entry.name} loses nothing", "Add a test that sees it, or drop it.")
    elif entry.role == "variant":
        for outcome in failed:
            if outcome.test not in entry.may_lose:
                yield _breach(
                    topic, f"variant {entry.name} loses {outcome.test}: {outcome.message}", "Let the test accept it."
                )


def _kill(topic: Topic, entry: _Entry, outcomes: Sequence[Outcome]) -> Kill:
    lost = [outcome for outcome in outcomes if outcome.result is not Result.PASSED]
    named = tuple(sorted({outcome.mistake for outcome in lost if outcome.mistake}))
    return Kill(
        topic=topic.name,
        mistake=entry.name,
        points_lost=add_points(outcome.max_points for outcome in lost),
        caught_by=tuple(outcome.test for outcome in lost),
        named=named,
        diagnosed=named == (entry.says,),
    )


def _breach(topic: Topic, problem: str, remedy: str) -> Breach:
    return Breach(topic=topic.name, problem=problem, remedy=remedy)
