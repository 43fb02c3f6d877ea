"""A test whose answers have all come before is not run again, and nothing but the time shows it."""

from __future__ import annotations

import random
import re

import pytest
from grading import RIGHT, WALKS, add, doubling, grade_all, job, module, returning, with_limits
from msgspec.structs import replace

from grader.course import load_course
from grader.model import Isolation, Limits, Result
from grader.sandbox.levels import open_sandbox
from grader.suite import session
from grader.suite.conversations import Conversations
from grader.suite.subject import Control

SOURCES = {
    "right": RIGHT,
    "right, too": "import numpy as np\n" + RIGHT,
    "adds": returning("x + x"),
    "triples": returning("3.0 * x"),
    "spoils": doubling("x *= 2.0; return x"),
    "prints": 'print("loading")\n' + doubling('print("doubling"); return 2.0 * x'),
    "unfinished": "def double(x):\n    raise NotImplementedError\n",
    "raises": doubling("return x.no"),
    "raises further down": "\n" + doubling("return x.no"),
    "remembers": doubling("seen = sys.__dict__.setdefault('seen', []); seen.append(1); return x * (1 + len(seen))"),
    "ends": doubling("os._exit(3)"),
    "huge": returning("np.zeros(1 << 23)"),
    "broken": "def double(x:\n",
}
WALKERS = {
    "right": WALKS,
    "one step short": WALKS.replace("range(steps)", "range(steps - 1)"),
    "asks once": WALKS.replace("for _", "once = slope(x)\n    for _").replace("slope(points[-1])", "once"),
    "asks nonsense": WALKS.replace("slope(points[-1])", "slope('x')"),
    "one counter": WALKS.replace("self.total = start", "Counter.total = start").replace(
        "self.total +=", "Counter.total +="
    ),
    "own exception": WALKS.replace("points = [x]", "raise ValueError(steps)"),
}


def everybody() -> list[tuple[str, str]]:
    """All pairs twice, in an order of their own."""
    pairs = [(one, other) for one in SOURCES for other in WALKERS][::3] * 2
    random.Random(4).shuffle(pairs)
    return pairs


@pytest.fixture
def run_tests(monkeypatch):
    """The names of the tests that are really run."""
    names: list[str] = []
    protocol = session.runtestprotocol

    def noted(item, **options):
        names.append(item.name)
        return protocol(item, **options)

    monkeypatch.setattr(session, "runtestprotocol", noted)
    return names


def test_a_class_that_is_remembered_has_the_outcomes_of_one_that_is_not(toy_course):
    with_limits(toy_course, call_seconds=5.0, topic_seconds=20.0, submission_seconds=60.0)
    jobs = [
        job(f"{number}", {"double": SOURCES[one], "walk": WALKERS[other]})
        for number, (one, other) in enumerate(everybody())
    ]
    plain, remembered = grade_all(toy_course, jobs), grade_all(toy_course, jobs, remember=True)
    assert list(remembered) == list(plain)
    for key, outcomes in plain.items():
        assert remembered[key] == outcomes, key


def test_the_same_answers_are_judged_once(toy_course, run_tests):
    grade_all(toy_course, [job("ada", {"double": RIGHT, "walk": WALKS})], remember=True)
    alone = list(run_tests)
    run_tests.clear()
    jobs = [job(f"{number}", {"double": RIGHT, "walk": WALKS}) for number in range(5)]
    found = grade_all(toy_course, jobs, remember=True)
    assert run_tests == alone
    assert all(outcome.result is Result.PASSED for outcomes in found.values() for outcome in outcomes)


def test_a_stub_that_nobody_has_touched_is_looked_at_once(toy_course, monkeypatch):
    loaded: list[Control] = []
    load = Control._load
    monkeypatch.setattr(Control, "_load", lambda control: loaded.append(control) or load(control))
    stub = "def double(x):\n    raise NotImplementedError\n\n\ndef both(x):\n    raise NotImplementedError\n"
    begun = stub.replace("raise NotImplementedError\n\n\ndef", "return 2.0 * x\n\n\ndef")
    jobs = [job(str(number), {"double": source}) for number, source in enumerate([stub, begun, stub, begun, stub])]
    found = grade_all(toy_course, jobs, topics=["double"], remember=True)
    sources = [control.module.source.decode() for control in loaded]
    assert [source for source in sources if source in (stub, begun)] == [stub, begun, begun]
    assert found == grade_all(toy_course, jobs, topics=["double"])
    assert {outcome.result for outcome in found["4", "double"]} == {Result.NOT_IMPLEMENTED}
    assert [outcome.result for outcome in found["3", "double"]] != [outcome.result for outcome in found["4", "double"]]


def test_another_answer_is_judged_by_the_test_itself(toy_course, run_tests):
    twice = WALKS.replace("self.total += amount", "self.total += amount if amount != 1.5 else 3.0")
    found = grade_all(toy_course, [job("ada", {"walk": WALKS}), job("eve", {"walk": twice})], remember=True)
    assert [outcome.result for outcome in found["ada", "walk"]] == [Result.PASSED, Result.PASSED]
    assert [outcome.result for outcome in found["eve", "walk"]] == [Result.PASSED, Result.WRONG_VALUE]
    assert run_tests == ["test_bowl", "test_counters", "test_counters"]


def test_a_line_that_is_named_stands_in_the_students_own_file(toy_course):
    ada = module("double", doubling("return x.no"))
    eve = replace(ada, filename="double.ipynb", cells=(1, 4))
    found = grade_all(toy_course, [job("ada", {"double": ada}), job("eve", {"double": eve})], remember=True)
    assert "double.py, line 5, in double" in found["ada", "double"][0].message
    assert "double.ipynb, code cell 2, line 2, in double" in found["eve", "double"][0].message


def test_slow_answers_are_not_remembered(toy_course):
    slow_at_first = doubling("import time; time.sleep(0.6 * (len(x) == 5)); return 2.0 * x")
    found = grade_all(
        toy_course, [job("slow", {"double": slow_at_first}), job("fast", {"double": RIGHT})], remember=True
    )
    assert [outcome.result for outcome in found["slow", "double"]] == [Result.TIMEOUT, Result.PASSED, Result.PASSED]
    assert all(outcome.result is Result.PASSED for outcome in found["fast", "double"])
    again = grade_all(
        toy_course, [job("fast", {"double": RIGHT}), job("slow", {"double": slow_at_first})], remember=True
    )
    assert again["slow", "double"] == found["slow", "double"]


def test_a_worker_that_dies_between_two_calls_is_missed_in_the_test_that_asks_it(toy_course):
    ends = WALKS.replace("return self.total", "answer = self.total; (amount == 5.0) and os.abort(); return answer")
    jobs = [job("ada", {"walk": WALKS}), job("eve", {"walk": "import os\n" + ends})]
    alone, remembered = grade_all(toy_course, jobs), grade_all(toy_course, jobs, remember=True)
    assert remembered == alone
    assert alone["eve", "walk"][1].result is Result.CRASHED


def test_a_suite_that_asks_otherwise_each_time_is_run_each_time(toy_course, run_tests):
    add(
        toy_course,
        "tests/hidden/test_double.py",
        """
        import itertools
        from grader.suite import assert_matches
        count = itertools.count()

        def test_one_more(student):
            \"\"\"A number is doubled.\"\"\"
            number = float(next(count))
            assert_matches(student.double(1.0), 2.0)
            assert_matches(student.double(number), 2.0 * number)
        """,
    )
    jobs = [job(name, {"double": RIGHT}) for name in ("ada", "eve", "bob")] + [job("uma", {"double": returning("3*x")})]
    found = grade_all(toy_course, jobs, topics=["double"], remember=True)
    assert [outcomes[0].result for outcomes in found.values()] == [*[Result.PASSED] * 3, Result.WRONG_VALUE]


def test_memory_that_is_full_remembers_no_more(toy_course):
    course = load_course(toy_course)
    seen, full = Conversations(), Conversations(most_bytes=0)
    sandbox = open_sandbox(Isolation.PARTIAL, course.limits)
    try:
        ended = _conversation(seen, sandbox, course.limits)
        assert _conversation(seen, sandbox, course.limits) is ended
        assert _conversation(full, sandbox, course.limits) is not _conversation(full, sandbox, course.limits)
    finally:
        sandbox.close()


def _conversation(seen: Conversations, sandbox, limits: Limits):
    """Ask a worker for the double of 3, with what was seen before; how it has ended."""
    from grader.model import Outcome
    from grader.sandbox.client import Budget, Client
    from grader.sandbox.tape import Track
    from grader.suite.conversations import Ended

    client = Client(sandbox.open(limits), limits, Budget(5.0))
    try:
        client.load("double", "double.py", RIGHT.encode())
        tape, ended = seen.hold("test", {"": client})
        if ended is None:
            client.start_test(1, Track(tape))
            assert client.call(0, "double", (3.0,), {}) == 6.0
            outcome = Outcome(
                topic="double", test="test", sentence="", result=Result.PASSED, points=1.0, max_points=1.0
            )
            ended = Ended(outcome=outcome, failure=None, where=None)
            seen.keep("test", tape, ended)
        return ended
    finally:
        client.close()


def test_mistakes_are_named_the_same(toy_course):
    jobs = [job(name, {"double": SOURCES[name]}) for name in ("triples", "adds", "spoils", "triples")]
    found = grade_all(
        toy_course, [*jobs[:3], replace(jobs[3], submission=replace(jobs[3].submission, student_id="x"))], remember=True
    )
    assert {outcome.mistake for outcome in found["triples", "double"]} == {"three times x", ""}  # `both` is right
    assert found["x", "double"] == found["triples", "double"]
    assert not any(re.search("three", outcome.mistake) for outcome in found["adds", "double"])
