"""The authors' contract: stubs earn nothing, solutions everything, mistakes lose, other right answers do not."""

from __future__ import annotations

import importlib.metadata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from grader import diagnosis, truth
from grader.audit.findings import Audit, Breach, Kill, breach_of
from grader.audit.running import Entry, run
from grader.course import mistakes_path, solution_path, stub_path, suite_path, truth_path, variants_path
from grader.errors import GraderError
from grader.model import Course, Mistake, Module, Outcome, Result, SuiteKind, Topic, Variant
from grader.release import make_stub
from grader.scoring import add_points

MIN_TESTS, MIN_MISTAKES = 12, 8
"""Of a topic."""

_SOLUTION, _STUB, _MISTAKE, _VARIANT = "solution", "stub", "mistake", "variant"


class _Case(msgspec.Struct, frozen=True, kw_only=True):
    """A module to run, and what is expected of it."""

    role: str
    name: str
    module: Module
    says: str = ""
    may_lose: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """Role and name."""
        return f"{self.role} {self.name}".strip()


def audit(course: Course, topics: Sequence[Topic]) -> Audit:
    """Check these topics of a course.

    Raises:
        CourseError: if a suite cannot be collected.
    """
    breaches = [breach for topic in topics for breach in _parts(course, topic)] + list(_strays(course))
    cases: dict[str, list[_Case]] = {}
    for topic in topics:
        cases[topic.name], found = _cases(course, topic)
        breaches += found
    outcomes = run(course, _entries(course, cases), diagnose=True)
    tests: dict[str, int] = {}
    variants: dict[str, int] = {}
    kills: list[Kill] = []
    for topic in topics:
        keyed = [(case, outcomes.get((topic.name, case.label), ())) for case in cases[topic.name]]
        results = [(case, found) for case, found in keyed if found]
        if not results:
            continue
        tests[topic.name] = len(results[0][1])
        variants[topic.name] = sum(case.role == _VARIANT for case, _ in results)
        breaches += _check_suite(topic, results[0][1])
        breaches += [breach for case, found in results for breach in _check_case(topic, case, found)]
        kills += [_kill(topic, case, found) for case, found in results if case.role == _MISTAKE]
    return Audit(tests=tests, kills=tuple(kills), variants=variants, breaches=tuple(breaches))


def _parts(course: Course, topic: Topic) -> Iterator[Breach]:
    """What a topic lacks, and what does not fit together."""
    for kind in SuiteKind:
        path = suite_path(course, kind, topic.name)
        if not path.is_file():
            yield breach_of(topic, f"there is no {path.relative_to(course.root)}", "Write it; see docs/authors.md.")
    try:
        stub = make_stub(solution_path(course, topic.name).read_text("utf-8"))
        if stub_path(course, topic.name).read_text("utf-8") != stub:
            yield breach_of(topic, "the stub is not what the solution gives", "Run `grade release --stubs`.")
    except OSError:
        yield breach_of(topic, f"exercises/{topic.name}.py or its solution is missing", "Run `grade release --stubs`.")
    except GraderError as error:
        yield breach_of(topic, error.problem, error.remedy)
    yield from _truth(course, topic)


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


def _strays(course: Course) -> Iterator[Breach]:
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
    for path in sorted(truth_path(course, names[0]).parent.glob("*")):
        if path.name.partition(".")[0] not in names:
            yield _stray(course, path)


def _stray(course: Course, path: Path) -> Breach:
    return breach_of(
        "(course)", f"{path.relative_to(course.root)} belongs to no topic", "Remove it, or name the topic."
    )


def _cases(course: Course, topic: Topic) -> tuple[list[_Case], list[Breach]]:
    """Everything of a topic that is run: the solution, the stub, mistakes, variants."""
    cases: list[_Case] = []
    breaches: list[Breach] = []
    try:
        solution = diagnosis.solution_module(course, topic.name)
        stub = make_stub(solution.source.decode("utf-8")).encode("utf-8")
        mistakes = diagnosis.load_mistakes(course, topic.name)
        cases.append(_Case(role=_SOLUTION, name="", module=solution))
        cases.append(_Case(role=_STUB, name="", module=msgspec.structs.replace(solution, source=stub)))
        breaches += _check_catalogue(topic, mistakes)
        edits: list[Mistake | Variant] = [*mistakes, *diagnosis.load_variants(course, topic.name)]
    except GraderError as error:
        return [], [breach_of(topic, error.problem, error.remedy)]
    for edit in edits:
        try:
            cases.append(_case_of(solution, edit))
        except GraderError as error:
            breaches.append(breach_of(topic, error.problem, error.remedy))
    return cases, breaches


def _case_of(solution: Module, edit: Mistake | Variant) -> _Case:
    module = diagnosis.edited(solution, edit)
    if isinstance(edit, Mistake):
        return _Case(role=_MISTAKE, name=edit.name, module=module, says=edit.says)
    return _Case(role=_VARIANT, name=edit.name, module=module, may_lose=edit.may_lose)


def _entries(course: Course, cases: dict[str, list[_Case]]) -> Iterator[Entry]:
    """What can be run: a topic without a hidden suite or without truth cannot."""
    for topic, of_topic in cases.items():
        if suite_path(course, SuiteKind.HIDDEN, topic).is_file():
            for case in of_topic:
                yield Entry(topic=topic, label=case.label, module=case.module)


def _check_catalogue(topic: Topic, mistakes: Sequence[Mistake]) -> Iterator[Breach]:
    where = f"Mend solutions/mistakes/{topic.name}.py."
    if len(mistakes) < MIN_MISTAKES:
        yield breach_of(topic, f"only {len(mistakes)} mistakes are catalogued, not {MIN_MISTAKES}", where)
    for field in ("name", "says"):
        counted = Counter(getattr(mistake, field) for mistake in mistakes)
        for value, count in counted.items():
            if count > 1:
                yield breach_of(topic, f"{count} mistakes have the {field} {value!r}", where)
    for mistake in mistakes:
        if not mistake.hint.strip() or not mistake.says.strip():
            yield breach_of(topic, f"mistake {mistake.name} has no hint or is not named", where)


def _check_suite(topic: Topic, outcomes: Sequence[Outcome]) -> Iterator[Breach]:
    suite = f"Mend tests/hidden/test_{topic.name}.py"
    if len(outcomes) < MIN_TESTS:
        yield breach_of(topic, f"the hidden suite has {len(outcomes)} tests, not {MIN_TESTS}", f"{suite}.")
    total = add_points(outcome.max_points for outcome in outcomes)
    if total != topic.max_score:
        yield breach_of(
            topic,
            f"the points add up to {total:g}, not to the max_score {topic.max_score:g}",
            f"{suite} or course.toml.",
        )
    for outcome in outcomes:
        if outcome.sentence.split(" [")[0] == outcome.test.split("[")[0]:
            yield breach_of(topic, f"{outcome.test} has no docstring, which is what a student reads", f"{suite}.")


def _check_case(topic: Topic, case: _Case, outcomes: Sequence[Outcome]) -> Iterator[Breach]:
    """What is wrong with the outcomes of one case."""
    passed = [outcome.test for outcome in outcomes if outcome.result is Result.PASSED]
    failed = [outcome for outcome in outcomes if outcome.result is not Result.PASSED]
    broken = [outcome for outcome in outcomes if outcome.result is Result.NOT_GRADED]
    if broken:
        yield breach_of(topic, f"{case.label}: {broken[0].message}", "Mend the suite.")
    elif case.role == _STUB and passed:
        yield breach_of(topic, f"the stub passes {', '.join(passed)}", "Let the test ask for something.")
    elif case.role == _SOLUTION and failed:
        yield breach_of(topic, f"the solution fails {failed[0].test}: {failed[0].message}", "Mend one of them.")
    elif case.role == _MISTAKE and not failed:
        yield breach_of(topic, f"mistake {case.name} loses nothing", "Add a test that sees it, or drop it.")
    elif case.role == _VARIANT:
        for outcome in failed:
            if outcome.test not in case.may_lose:
                yield breach_of(
                    topic, f"variant {case.name} loses {outcome.test}: {outcome.message}", "Let the test accept it."
                )


def _kill(topic: Topic, case: _Case, outcomes: Sequence[Outcome]) -> Kill:
    lost = [outcome for outcome in outcomes if outcome.result is not Result.PASSED]
    named = tuple(sorted({outcome.mistake for outcome in lost if outcome.mistake}))
    return Kill(
        topic=topic.name,
        mistake=case.name,
        points_lost=add_points(outcome.max_points for outcome in lost),
        caught_by=tuple(outcome.test for outcome in lost),
        named=named,
        diagnosed=named == (case.says,),
    )
