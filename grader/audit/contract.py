"""The authors' contract: stubs earn nothing, solutions everything, mistakes lose, other right answers do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from grader import diagnosis
from grader.audit.catalogue import check_catalogue, check_number
from grader.audit.findings import Audit, Breach, breach_of
from grader.audit.matrix import Case, Role, check_cost, check_names, check_told, convention_of, kill_of
from grader.audit.parts import check_parts, check_strays
from grader.audit.running import Entry, Outcomes, Sources, run
from grader.course import solution_path, suite_path
from grader.errors import GraderError
from grader.model import Course, Mistake, Module, Outcome, Result, SuiteKind, Topic, Variant
from grader.release import make_stub
from grader.scoring import add_points

MIN_TESTS = 12
"""Of a hidden suite."""


def audit(course: Course, topics: Sequence[Topic]) -> Audit:
    """Check these topics of a course.

    Raises:
        CourseError: if a suite cannot be collected.
    """
    breaches = [breach for topic in topics for breach in check_parts(course, topic)] + list(check_strays(course))
    cases: dict[str, list[Case]] = {}
    for topic in topics:
        cases[topic.name], found = _cases(course, topic)
        breaches += found
    if len(topics) == len(course.topics):
        breaches += check_number(course, sum(case.role is Role.MISTAKE for of in cases.values() for case in of))
    sources = Sources(course)
    hidden = run(course, _entries(course, cases, SuiteKind.HIDDEN), diagnose=True, source=sources)
    public = run(course, _entries(course, cases, SuiteKind.PUBLIC), diagnose=False, kind=SuiteKind.PUBLIC)
    answer = Audit(breaches=tuple(breaches))
    for topic in topics:
        results = _results(topic, cases[topic.name], hidden)
        answer = _with_topic(answer, topic, results, [*_check_public(topic, cases[topic.name], public)])
        if results and all(outcome.result is Result.PASSED for outcome in results[0][1]):
            answer = answer.adding(sources.unasked(topic))
    return answer


def _results(
    topic: Topic, cases: Sequence[Case], outcomes: dict[tuple[str, str], Outcomes]
) -> list[tuple[Case, Outcomes]]:
    """The cases that were run, the solution first."""
    keyed = [(case, outcomes.get((topic.name, case.label), ())) for case in cases]
    return [(case, found) for case, found in keyed if found]


def _with_topic(answer: Audit, topic: Topic, results: Sequence[tuple[Case, Outcomes]], more: list[Breach]) -> Audit:
    """What one topic adds."""
    if not results:
        return answer.adding(more)
    kills = [kill_of(topic, case, found) for case, found in results if case.role is Role.MISTAKE]
    says = {case.says: kill for (case, _), kill in zip(_mistakes(results), kills, strict=True)}
    variants = [(case, found) for case, found in results if case.role is Role.VARIANT]
    if broken := next((outcome for outcome in results[0][1] if outcome.result is Result.NOT_GRADED), None):
        return answer.adding([_broken(topic, broken), *more])  # all others would say the same
    breaches = [
        *_check_suite(topic, results[0][1]),
        *(breach for case, found in results for breach in _check_case(topic, case, found)),
        *(breach for case, found in results for breach in check_names(topic, case, found, says)),
        *(breach for case, found in _mistakes(results) for breach in check_told(topic, case, found)),
        *more,
    ]
    return msgspec.structs.replace(
        answer,
        tests=answer.tests | {topic.name: len(results[0][1])},
        variants=answer.variants | {topic.name: len(variants)},
        kills=(*answer.kills, *kills),
        conventions=(*answer.conventions, *(loss for each in variants if (loss := convention_of(topic, *each)))),
    ).adding(breaches)


def _mistakes(results: Sequence[tuple[Case, Outcomes]]) -> list[tuple[Case, Outcomes]]:
    return [(case, found) for case, found in results if case.role is Role.MISTAKE]


def _cases(course: Course, topic: Topic) -> tuple[list[Case], list[Breach]]:
    """Everything of a topic that is run: the solution, the stub, mistakes, variants."""
    cases: list[Case] = []
    breaches: list[Breach] = []
    if not solution_path(course, topic.name).is_file():
        return [], []  # which has been said
    try:
        solution = diagnosis.solution_module(course, topic.name)
        stub = make_stub(solution.source.decode("utf-8")).encode("utf-8")
        mistakes = diagnosis.load_mistakes(course, topic.name)
        variants = diagnosis.load_variants(course, topic.name)
        cases.append(Case(role=Role.SOLUTION, name="", module=solution))
        cases.append(Case(role=Role.STUB, name="", module=msgspec.structs.replace(solution, source=stub)))
        breaches += check_catalogue(topic, mistakes, variants)
    except GraderError as error:
        return [], [breach_of(topic, error.problem, error.remedy)]
    edits: list[Mistake | Variant] = [*mistakes, *variants]
    for edit in edits:
        try:
            cases.append(_case_of(solution, edit))
        except GraderError as error:
            breaches.append(breach_of(topic, error.problem, error.remedy))
    return cases, breaches


def _case_of(solution: Module, edit: Mistake | Variant) -> Case:
    module = diagnosis.edited(solution, edit)
    if isinstance(edit, Mistake):
        return Case(role=Role.MISTAKE, name=edit.name, module=module, says=edit.says)
    return Case(role=Role.VARIANT, name=edit.name, module=module, may_lose=edit.may_lose)


def _entries(course: Course, cases: dict[str, list[Case]], kind: SuiteKind) -> Iterator[Entry]:
    """What can be run: a topic without a suite cannot. A public suite is tried on the solution and the stub."""
    roles = set(Role) if kind is SuiteKind.HIDDEN else {Role.SOLUTION, Role.STUB}
    for topic, of_topic in cases.items():
        if suite_path(course, kind, topic).is_file():
            for case in of_topic:
                if case.role in roles:
                    yield Entry(topic=topic, label=case.label, module=case.module)


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


def _check_case(topic: Topic, case: Case, outcomes: Sequence[Outcome]) -> Iterator[Breach]:
    """What is wrong with the outcomes of one case."""
    failed = [outcome for outcome in outcomes if outcome.result is not Result.PASSED]
    broken = [outcome for outcome in outcomes if outcome.result is Result.NOT_GRADED]
    if broken:
        yield _broken(topic, broken[0], f"{case.label}: ")
    elif case.role is Role.STUB:
        yield from _check_stub(topic, outcomes, "the stub")
    elif case.role is Role.SOLUTION and failed:
        yield breach_of(topic, f"the solution fails {failed[0].test}: {failed[0].message}", "Mend one of them.")
    elif case.role is Role.MISTAKE and not failed:
        yield breach_of(topic, f"mistake {case.name} loses nothing", "Add a test that sees it, or drop it.")
    elif case.role is Role.VARIANT:
        yield from check_cost(topic, case, [outcome for outcome in failed if outcome.test in case.may_lose])
        for outcome in failed:
            if outcome.test not in case.may_lose:
                yield breach_of(
                    topic, f"variant {case.name} loses {outcome.test}: {outcome.message}", "Let the test accept it."
                )


def _broken(topic: Topic, outcome: Outcome, label: str = "") -> Breach:
    """A test that could not be graded; its message may say what to do."""
    problem, _, remedy = outcome.message.partition("\n")
    return breach_of(topic, label + problem, remedy or f"Mend {outcome.test} in tests/hidden/test_{topic.name}.py.")


def _check_stub(topic: Topic, outcomes: Sequence[Outcome], what: str) -> Iterator[Breach]:
    """A stub imports, and no test finds anything in it."""
    passed = [outcome.test for outcome in outcomes if outcome.result is Result.PASSED]
    other = [o for o in outcomes if o.result not in (Result.PASSED, Result.NOT_IMPLEMENTED)]
    if passed:
        yield breach_of(topic, f"{what} passes {', '.join(passed)}", "Let the test ask for something.")
    if other:
        yield breach_of(
            topic,
            f"{what} ends {other[0].test} with {other[0].result.value}: {other[0].message}",
            "A stub imports, and its functions raise NotImplementedError.",
        )


def _check_public(topic: Topic, cases: Sequence[Case], outcomes: dict[tuple[str, str], Outcomes]) -> Iterator[Breach]:
    """Whether the public suite accepts the solution and not the stub."""
    suite = f"Mend tests/public/test_{topic.name}.py."
    for case, found in _results(topic, cases, outcomes):
        failed = [outcome for outcome in found if outcome.result is not Result.PASSED]
        if case.role is Role.SOLUTION and failed:
            problem = f"the solution fails the public {failed[0].test}: {failed[0].message}"
            yield breach_of(topic, problem, suite)
        if case.role is Role.STUB:
            yield from _check_stub(topic, found, "in the public suite the stub")
