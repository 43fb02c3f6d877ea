"""One session grades many submissions: outcomes in teaching order, and no submission touches another's."""

from __future__ import annotations

import itertools
import os
import random
import re
import sys

import pytest
from _pytest import main
from grading import RIGHT, WALKS, add, doubling, grade_all, job, outcomes_of, returning, with_limits

from grader.errors import CourseError, IsolationError
from grader.model import Isolation, Module, Result, SuiteKind


def test_right_answers_earn_everything_in_teaching_order(toy_course):
    found = grade_all(toy_course, [job("ada", {"double": RIGHT, "walk": WALKS})])
    assert list(found) == [("ada", "double"), ("ada", "walk")]
    double, walk = found.values()
    assert [(o.test, o.points, o.max_points) for o in double] == [
        ("test_vector", 2.0, 2.0),
        ("test_both", 1.0, 1.0),
        ("test_argument_stays", 1.0, 1.0),
    ]
    assert [o.sentence for o in walk] == ["Four steps down a bowl.", "Two counters count by themselves."]
    for outcome in (*double, *walk):
        assert outcome.result is Result.PASSED
        assert (outcome.message, outcome.mistake, outcome.hint, outcome.output) == ("", "", "", "")


AT_IMPORT = {
    "def double(x):\n    raise NotImplementedError()": (
        "not_implemented",
        "double() is not written yet (double.py, line 2).",
    ),
    "": ("not_implemented", "double is not in double.py. Keep the names as the stub has them."),
    "def double(x:\n    return": (
        "exception",
        "SyntaxError: '(' was never closed\ndouble.py, line 1:\n    def double(x:",
    ),
    "import scipy": ("forbidden", "scipy cannot be imported here: only NumPy and the standard library can."),
    "exit()": ("exception", "double.py stopped Python (exit() or sys.exit()). Remove that call.\ndouble.py, line 1:"),
    "while True: pass": ("timeout", "No answer after 0.5 seconds. Is there a loop that never ends?"),
    "import os\nos._exit(0)": ("crashed", "Python ended itself in the middle of this call (exit code 0)."),
    "1/0": ("exception", "ZeroDivisionError: division by zero\ndouble.py, line 1:\n    1/0"),
    "x = '\0'": ("exception", "SyntaxError"),
}
ANSWERS = {
    "None": ("wrong_type", "Expected an array of shape (5,) for the double, got None"),
    "[2.0 * a for a in x]": ("wrong_type", "Expected an array of shape (5,) for the double, got a list of 5."),
    "double": ("wrong_type", "Expected an array of shape (5,) for the double, got <function double>."),
    "(2 * x).astype(int)": ("wrong_type", "Whole numbers (int64) in the double, where decimals are expected."),
    "x @ x": ("wrong_shape", "Expected shape (5,) for the double, got ()."),
    "np.outer(x, x)": ("wrong_shape", "Expected shape (5,) for the double, got (5, 5)."),
    "np.zeros(1 << 22)": ("wrong_shape", "The answer is larger than 16 MB."),
    "x * np.nan": ("wrong_value", "NaN (not a number) in the double, first at index [0]."),
    "x + 1": ("wrong_value", "Wrong values in the double, first at index [0]."),
    "x.no": (
        "exception",
        "AttributeError: 'numpy.ndarray' object has no attribute 'no'\ndouble.py, line 5, in double:\n    return x.no",
    ),
    "open('/etc/passwd')": ("forbidden", "PermissionError"),
    "np.ones(1 << 37)": ("memory", "More than 1024 MB of memory was asked for."),
    "os.abort()": ("crashed", "Python stopped in the middle of this call"),
}


@pytest.fixture(scope="module")
def wrong(make_toy_course, tmp_path_factory):
    """The outcomes of all that is wrong above, in one session."""
    root = make_toy_course(tmp_path_factory.mktemp("wrong") / "course")
    sources = {**{source: source for source in AT_IMPORT}, **{answer: returning(answer) for answer in ANSWERS}}
    jobs = [job(name, {"double": source}) for name, source in sources.items()]
    try:
        return grade_all(root, jobs, isolation=Isolation.FULL)
    except IsolationError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("source", AT_IMPORT)
def test_a_module_that_does_not_load_fails_every_test_and_says_why(wrong, source):
    result, message = AT_IMPORT[source]
    for outcome in wrong[source, "double"]:
        assert (outcome.result, outcome.points) == (result, 0.0)
        assert outcome.message.startswith(message) or outcome.message.startswith("both is not in double.py.")


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_wrong_answer_costs_the_points_of_its_tests_and_says_why(wrong, answer):
    result, message = ANSWERS[answer]
    first, second, third = wrong[answer, "double"]
    assert first.result is Result(result)
    assert first.message.startswith(message)
    assert [o.points for o in (first, second, third)] == [0.0, 1.0, 0.0]


def test_a_test_that_loses_its_worker_leaves_the_next_one_whole(toy_course):
    source = RIGHT.replace("return 2.0 * x", "import os\n    return 2.0 * x if len(x) != 5 else os._exit(1)")
    assert [o.result for o in outcomes_of(toy_course, "double", source)] == ["crashed", "passed", "passed"]


def test_a_module_that_could_not_be_read_fails_and_one_that_we_may_not_read_is_not_graded(toy_course):
    problem = Module(topic="double", filename="double.py", source=b"", problem="double.py is a folder.")
    denied = Module(topic="double", filename="double.py", source=b"", problem="It may not be read.", denied=True)
    for handed_in, result in ((problem, Result.EXCEPTION), (denied, Result.NOT_GRADED)):
        for outcome in outcomes_of(toy_course, "double", handed_in):
            assert (outcome.result, outcome.message) == (result, handed_in.problem)


CLASS = {
    "right": RIGHT,
    "tripled": RIGHT.replace("2.0", "3.0"),
    "stub": "def double(x):\n    raise NotImplementedError\n\ndef both(x):\n    raise NotImplementedError\n",
    "syntax": "def double(",
    "crash": doubling("os._exit(1)"),
    "loop": doubling("while True: pass"),
    "vandal": "import numpy as np\nnp.random = np.multiply = np.array = None\nx = np.pi = 7\n" + RIGHT,
    "spoils": doubling("x *= 2.0; return x"),
    "remembers": doubling("seen = sys.__dict__.setdefault('seen', []); seen.append(1); return x * len(seen)"),
    "shares": "import numpy as np\n" + RIGHT.replace("2.0 * x", "np.__dict__.setdefault('factor', 2.0) * x"),
    "raises": "np = None\nfactor = 5.0\n" + RIGHT.replace("2.0", "np.factor"),
    "exits": doubling("sys.exit()"),
    "huge": returning("np.zeros(1 << 23)"),
}  # fmt: skip


def test_no_submission_changes_the_outcome_of_another_in_any_order(toy_course):
    with_limits(toy_course, topic_seconds=1.0)
    alone = {name: outcomes_of(toy_course, "double", source) for name, source in CLASS.items()}
    assert {outcome.mistake for outcome in alone["tripled"]} == {"three times x"}
    assert not any(o.result is Result.NOT_GRADED for outcomes in alone.values() for o in outcomes)
    shuffled = random.Random(2026)
    for _ in range(4):
        names = [*CLASS, "right", "tripled"]
        shuffled.shuffle(names)
        jobs = [job(f"{position} {name}", {"double": CLASS[name]}) for position, name in enumerate(names)]
        found = grade_all(toy_course, jobs)
        assert {key: [o.result for o in found[key]] for key in found} == {
            (f"{position} {name}", "double"): [o.result for o in alone[name]] for position, name in enumerate(names)
        }
        assert [found[f"{position} {name}", "double"] for position, name in enumerate(names)] == [
            alone[n] for n in names
        ]


SHARED = """
from grader.model import Mistake

COUNTER = '''
class Counter:
    total = 0.0

    def __init__(self, start):
        Counter.total += start

    def add(self, amount):
        Counter.total += amount
        return self.total
'''
MISTAKES = (
    Mistake(
        name="shared", says="a counter that all share", hint="Whose total is it?", code=COUNTER, remembers=True
    ),
)
"""


def test_a_mistake_that_keeps_state_is_named_in_any_order(toy_course):
    add(toy_course, "solutions/mistakes/walk.py", SHARED)
    add(toy_course, "tests/hidden/test_walk.py", '''
        from grader.suite import assert_matches


        def test_one(student):
            """One counter counts."""
            assert_matches(student.Counter(1.0).add(2.0), 3.0)


        def test_two(student):
            """Another counter counts."""
            assert_matches(student.Counter(2.0).add(2.0), 4.0)


        def test_three(student):
            """A third counter counts."""
            assert_matches(student.Counter(3.0).add(2.0), 5.0)
        ''')  # fmt: skip
    shared = {"walk": WALKS + SHARED.split("'''")[1]}
    only_last = {"walk": WALKS.replace("return self.total", "return self.total if self.total < 5 else 13.0")}
    orders = [[job("shared", shared), job("last", only_last)], [job("last", only_last), job("shared", shared)]]
    first, second = (grade_all(toy_course, order, topics=["walk"]) for order in orders)
    assert first == second
    assert [o.mistake for o in first["shared", "walk"]] == ["", *["a counter that all share"] * 2]


def test_jobs_are_taken_one_at_a_time(toy_course):
    events = []

    def jobs():
        for number in range(3):
            events.append(f"taken {number}")
            yield job(str(number), {"double": RIGHT})

    grade_all(toy_course, jobs(), deliver=lambda job, *_: events.append(f"delivered {job.submission.student_id}"))
    assert events == [f"{event} {number}" for number, event in itertools.product(range(3), ["taken", "delivered"])]


def test_an_error_of_who_takes_the_outcomes_ends_the_session_with_it(toy_course):
    def deliver(*_):
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        grade_all(toy_course, [job("ada", {"double": RIGHT})], deliver=deliver)


def test_what_is_printed_belongs_to_its_test_and_is_bounded(toy_course):
    source = doubling("print('double of', len(x)); print('a' * 10**6); return 2.0 * x")
    first, second, third = outcomes_of(toy_course, "double", "print('at import')\n" + source)
    assert first.output.startswith("at import\ndouble of 5\naaa")
    assert len(first.output) <= 2000
    assert second.output == ""
    assert third.output.startswith("double of 4\naaa")


def test_warnings_cost_nothing(toy_course):
    source = "import warnings\nimport numpy as np\nwarnings.simplefilter('error')\nnp.seterr(all='raise')\n"
    source += doubling("warnings.warn('old'); np.float64(1) / np.zeros(1); '\\d'; return 2.0 * x").replace(
        "import os", "import warnings, os"
    )
    assert [o.result for o in outcomes_of(toy_course, "double", source)] == ["passed"] * 3


def test_random_numbers_depend_on_seed_and_test_and_on_nothing_else(toy_course):
    source = doubling("print(x.sum()); return 2.0 * x")
    outputs = [[o.output for o in outcomes_of(toy_course, "double", source, seed=seed)] for seed in (None, 7, 8)]
    assert outputs[0] == outputs[1]
    assert outputs[0] != outputs[2]
    assert len({*outputs[0], *outputs[2]}) == 5  # test_both prints nothing
    both = grade_all(toy_course, [job("bob", {"double": "x"}), job("ada", {"walk": WALKS, "double": source})])
    assert [o.output for o in both["ada", "double"]] == outputs[0]


def test_time_of_a_topic_is_used_up_once(toy_course):
    with_limits(toy_course, call_seconds=0.3, topic_seconds=0.4)
    messages = [
        o.message for o in outcomes_of(toy_course, "double", CLASS["loop"].replace("return x,", "return double(x),"))
    ]
    assert messages[0].startswith("No answer after 0.3 seconds.")
    assert messages[1].startswith("No answer after 0.1 seconds.")
    assert messages[2] == "The time for this topic was used up before this call."


def test_time_of_a_submission_is_shared_by_its_topics_and_by_no_other(toy_course):
    with_limits(toy_course, call_seconds=0.4, topic_seconds=1.0, submission_seconds=0.4)
    jobs = [job("bob", {"double": CLASS["loop"], "walk": WALKS}), job("ada", {"double": RIGHT, "walk": WALKS})]
    found = grade_all(toy_course, jobs)
    assert {o.result for o in found["bob", "walk"]} == {Result.TIMEOUT}
    assert {o.result for o in (*found["ada", "double"], *found["ada", "walk"])} == {Result.PASSED}


def test_public_suites_show_what_was_expected_and_hidden_ones_do_not(toy_course):
    [outcome] = outcomes_of(toy_course, "double", CLASS["tripled"], kind=SuiteKind.PUBLIC)
    assert outcome.message == "Wrong value for the answer: it is off by 2."
    assert outcome.call == ("double(x=2.0)",)
    [line] = outcome.comparison.lines
    assert (line.expected, line.got) == (("4",), ("6",))
    for outcome in outcomes_of(toy_course, "double", CLASS["tripled"]):
        assert (outcome.call, outcome.comparison) == ((), None)
        assert not re.search(r"off by \d|error is", outcome.message)


def test_mistakes_are_not_named_where_nobody_asks(toy_course):
    assert {o.mistake for o in outcomes_of(toy_course, "double", CLASS["tripled"], diagnose=False)} == {""}


def test_nothing_but_the_folder_of_the_suites_is_looked_through(toy_course, monkeypatch):
    seen = []
    ignore = main.pytest_ignore_collect

    def noted(collection_path, config):
        seen.append(collection_path)
        return ignore(collection_path, config)

    monkeypatch.setattr(main, "pytest_ignore_collect", noted)
    grade_all(toy_course, [job("ada", {"double": RIGHT})], topics=["double"])
    suites = toy_course / "tests" / "hidden"
    assert {path.parent for path in seen} == {suites}


def test_suites_are_collected_anew_in_each_session(toy_course):
    paths, modules = list(sys.path), set(sys.modules)
    add(toy_course, "tests/hidden/beside.py", "FACTOR = 2.0")
    suite = """
        from beside import FACTOR
        from grader.suite import assert_matches


        def test_it(student):
            assert_matches(student.double(1.5), 1.5 * FACTOR)
    """
    add(toy_course, "tests/hidden/test_double.py", suite)
    assert [o.result for o in outcomes_of(toy_course, "double", RIGHT)] == ["passed"]
    add(toy_course, "tests/hidden/beside.py", "FACTOR = 5.0 + 1 - 1")
    assert [o.result for o in outcomes_of(toy_course, "double", RIGHT)] == ["wrong_value"]
    assert sys.path == paths
    assert not [name for name in set(sys.modules) - modules if "beside" in name or "double" in name]


@pytest.mark.parametrize("broken", ["def test_it(:", "import no_such_module", "1 / 0"])
def test_a_suite_that_cannot_be_collected_is_the_courses_error(toy_course, broken):
    add(toy_course, "tests/hidden/test_walk.py", broken)
    with pytest.raises(CourseError, match=r"(?s)A suite cannot be collected\..*test_walk") as caught:
        grade_all(toy_course, [job("ada", {"double": RIGHT})])
    assert "Mend the suite" in caught.value.remedy


def test_surroundings_have_no_say(toy_course, monkeypatch):
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k nothing --no-such-option")
    monkeypatch.setenv("PYTEST_PLUGINS", "no_such_plugin")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "")
    add(toy_course, "conftest.py", "raise RuntimeError")
    add(toy_course, "tests/conftest.py", "raise RuntimeError")
    add(toy_course, "pytest.ini", "[pytest]\naddopts = -k nothing\n")
    monkeypatch.chdir(toy_course)
    assert [o.result for o in outcomes_of(toy_course, "double", RIGHT)] == ["passed"] * 3
    assert os.environ["PYTEST_ADDOPTS"] == "-k nothing --no-such-option"
    assert os.environ["PYTEST_PLUGINS"] == "no_such_plugin"
    assert os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] == ""
