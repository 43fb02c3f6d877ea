"""What Keras answered is replayed exactly, without Keras, and only to the question that was asked."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from grader import truth
from grader.errors import TruthError
from grader.truth import Live, Recorded, question

QUICK = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

DTYPES = (
    nps.boolean_dtypes()
    | nps.integer_dtypes(endianness="?")
    | nps.unsigned_integer_dtypes(endianness="?")
    | nps.floating_dtypes(endianness="?", sizes=(16, 32, 64))
)
ARRAYS = nps.arrays(DTYPES, nps.array_shapes(min_dims=0, min_side=0, max_dims=3, max_side=3))
ANSWERS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec="utf-8")) | ARRAYS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)


def oracle(*args, **kwargs):
    """Stands for what asks Keras; a replay must not call it."""
    raise AssertionError("the oracle was asked")


def asked(answers):
    """A live source that was asked by the test `test_it`, one question for each answer."""
    live = Live()
    ask = live.for_test("test_it")
    for number, answer in enumerate(answers):

        def oracle(number, answer=answer):
            return answer

        ask(oracle, number)
    return live


def recorded(folder, answers, seed=7):
    path = folder / "adam.json"
    truth.write(path, seed, asked(answers).answers)
    return path


def same(one, other):
    """Whether two answers are the same in kind and in every bit."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    return repr(one) == repr(other)


def plain_nan(value):
    """The value, with the one NaN that text can hold."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return np.where(np.isnan(value), np.array(np.nan, value.dtype), value).astype(value.dtype)
    if isinstance(value, (list, tuple)):
        return type(value)(map(plain_nan, value))
    return {key: plain_nan(item) for key, item in value.items()} if isinstance(value, dict) else value


@QUICK
@given(st.lists(ANSWERS, min_size=1, max_size=3))
@example([float("nan"), float("inf"), -0.0, 0.1 + 0.2, 5e-324])
@example([np.array([np.nan, -np.inf, 0.1]), np.zeros((0, 3)), np.array(2.5, dtype="f4"), np.array([2**64 - 1], "u8")])
@example(
    [(1.0, [2.0, (3.0,)]), {"a": (1,), "data": [], "tuple": {}, "dict": None}, "[  a\n  b ]", ["a  b", "[ 1,  2 ]"]]
)
def test_answers_are_replayed_exactly(tmp_path_factory, answers):
    answers = [plain_nan(answer) for answer in answers]
    path = recorded(tmp_path_factory.mktemp("truth"), answers)
    replay = Recorded(path, 7).for_test("test_it")
    for number, answer in enumerate(answers):
        assert same(replay(oracle, number), answer)


@QUICK
@given(ANSWERS)
def test_a_live_answer_is_the_one_that_will_be_replayed(tmp_path_factory, answer):
    live = Live()
    answered = live.for_test("test_it")(lambda: plain_nan(answer))
    path = tmp_path_factory.mktemp("truth") / "adam.json"
    truth.write(path, 7, live.answers)
    assert same(Recorded(path, 7).for_test("test_it")(lambda: None), answered)


@pytest.mark.parametrize(
    ("answer", "arrives"),
    [
        (np.float32(0.1), float(np.float32(0.1))),
        (np.float64(0.1), 0.1),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ({1: 2.0}, {"1": 2.0}),
    ],
    ids=repr,
)
def test_relatives_of_plain_answers_arrive_as_plain_answers(answer, arrives):
    assert same(Live().for_test("test_it")(lambda: answer), arrives)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(object(), id="object"),
        1j,
        np.complex128(1j),
        np.array([1j]),
        np.array(["a"]),
        np.array([None]),
        np.longdouble(1),
        {1, 2},
        b"x",
    ],
    ids=repr,
)
def test_an_oracle_that_answers_with_anything_else_is_told(answer):
    with pytest.raises(TypeError, match="an oracle must answer with plain data"):
        Live().for_test("test_it")(lambda: [answer])


def test_every_replay_begins_anew(tmp_path):
    source = Recorded(recorded(tmp_path, [1.5, 2.5]), 7)
    for _ in range(2):
        replay = source.for_test("test_it")
        assert (replay(oracle, 0), replay(oracle, 1)) == (1.5, 2.5)
    live = asked([1.5, 2.5])
    live.for_test("test_it")(lambda: 3.5)
    assert [answer["value"] for answer in live.answers["test_it"]] == [3.5]


def test_an_answer_that_is_changed_changes_no_other(tmp_path):
    source = Recorded(recorded(tmp_path, [np.ones(3)]), 7)
    source.for_test("test_it")(oracle, 0)[:] = 9
    np.testing.assert_array_equal(source.for_test("test_it")(oracle, 0), np.ones(3))


ASKED = (
    oracle,
    (np.array([1.0, 2.0]), "Adam", 3, None, [0.5, {"a": (1.5,)}]),
    {"learning_rate": 0.1, "nesterov": True},
)


@pytest.mark.parametrize(
    ("w", "parts", "settings"),
    [
        (np.array([1.0, 2.0]), [0.5, {"a": (1.5,)}], {"nesterov": True, "learning_rate": 0.1}),
        (np.array([1.0 + 1e-13, 2.0]), [0.5, {"a": [1.5]}], {"learning_rate": 0.1 + 1e-15, "nesterov": True}),
        (np.array([1, 2], dtype="f4"), (0.5, {"a": (1.5,)}), {"learning_rate": np.float64(0.1), "nesterov": True}),
    ],
    ids=["order of names", "noise", "kind of float"],
)
def test_the_same_question_is_recognised(w, parts, settings):
    assert question(oracle, (w, "Adam", 3, None, parts), settings) == question(*ASKED)


def other_oracle():
    pass


@pytest.mark.parametrize(
    "change",
    [
        lambda _, a, k: (other_oracle, a, k),
        lambda f, a, k: (f, (a[0] + 1e-6, *a[1:]), k),
        lambda f, a, k: (f, (a[0][:1], *a[1:]), k),
        lambda f, a, k: (f, (a[0][None], *a[1:]), k),
        lambda f, a, k: (f, (-a[0], *a[1:]), k),
        lambda f, a, k: (f, (a[0], "SGD", *a[2:]), k),
        lambda f, a, k: (f, (*a[:2], 4, *a[3:]), k),
        lambda f, a, k: (f, (*a[:2], 3.0, *a[3:]), k),
        lambda f, a, k: (f, (*a[:4], [0.5, {"b": (1.5,)}]), k),
        lambda f, a, k: (f, (*a, 1), k),
        lambda f, a, k: (f, a, {**k, "learning_rate": 0.2}),
        lambda f, a, _: (f, a, {"learning_rate": 0.1}),
        lambda f, a, k: (f, a, {**k, "nesterov": False}),
        lambda f, a, k: (f, (a[0] * np.nan, *a[1:]), k),
        lambda f, a, k: (f, (a[0].astype(int), *a[1:]), k),
    ],
)
def test_another_question_is_told_from_the_one_that_was_asked(change):
    assert question(*change(*ASKED)) != question(*ASKED)


def test_a_question_is_plain_data():
    with pytest.raises(TypeError, match="truth\\(\\) takes plain data, not function"):
        question(oracle, (lambda w: w,), {})


def replay_error(path, seed=7, *args, test="test_it"):
    with pytest.raises(TruthError) as caught:
        Recorded(path, seed).for_test(test)(oracle, *(args or (0,)))
    return caught.value


def test_a_question_that_has_changed_is_refused(tmp_path):
    path = recorded(tmp_path, [1.5])
    error = replay_error(path, 7, 99)
    assert error.problem == "adam.json answers another question than test_it asks."
    assert error.remedy == "Run `grade truth record adam --seed 7`."


def test_a_question_more_than_was_recorded_is_refused(tmp_path):
    replay = Recorded(recorded(tmp_path, [1.5]), 7).for_test("test_it")
    replay(oracle, 0)
    with pytest.raises(TruthError, match=r"adam\.json has no answer 2 for test_it\."):
        replay(oracle, 1)
    assert (
        replay_error(tmp_path / "adam.json", test="test_other").problem == "adam.json has no answer 1 for test_other."
    )


def test_another_seed_is_refused(tmp_path):
    error = replay_error(recorded(tmp_path, [1.5], seed=8))
    assert error.problem == "adam.json was recorded with seed 8, not 7."
    assert error.remedy == "Run `grade truth record adam --seed 7`."
    seeded = tmp_path / "adam.seed-9.json"
    (tmp_path / "adam.json").rename(seeded)
    assert replay_error(seeded, 9).remedy == "Run `grade truth record adam --seed 9`."


def test_a_missing_file_is_refused(tmp_path):
    error = replay_error(tmp_path / "adam.json")
    assert error.problem == "Keras' answers are missing: adam.json."
    assert error.remedy == "Run `grade truth record` where Keras is installed."


GOOD = {"version": 1, "seed": 7, "answers": {"test_it": [{"question": question(oracle, (0,), {}), "value": 1.5}]}}
VALUE = "value"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "null",
        "[]",
        '"text"',
        "{}",
        b"\xff\xfe",
        json.dumps({**GOOD, "version": 2}),
        json.dumps({**GOOD, "version": "1"}),
        *(json.dumps({key: value for key, value in GOOD.items() if key != lacking}) for lacking in ("seed", "answers")),
        *(json.dumps({**GOOD, "answers": answers}) for answers in ([], None, {"test_it": {}}, {"test_it": [5]})),
        json.dumps({**GOOD, "answers": {"test_it": [{"value": 1.5}]}}),
        json.dumps({**GOOD, "answers": {"test_it": [{"question": "x"}]}}),
        json.dumps({**GOOD, "seed": "7"}),
        *(
            json.dumps(GOOD).replace("1.5", json.dumps(value))
            for value in (
                {"nonsense": 1},
                {"dtype": "<f8", "shape": [2], "data": [1.0]},
                {"dtype": "<f8", "shape": [1], "data": ["a"]},
                {"dtype": "no", "shape": [1], "data": [1.0]},
                {"dtype": "<f8", "data": [1.0]},
                {"tuple": 5},
                {"dict": [1]},
            )
        ),
    ],
)
def test_a_broken_file_is_refused_with_a_remedy(tmp_path, content):
    path = tmp_path / "adam.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    error = replay_error(path)
    assert "adam.json" in error.problem
    assert error.remedy.startswith("Run `grade truth record")


def test_a_folder_in_place_of_the_file_is_refused(tmp_path):
    (tmp_path / "adam.json").mkdir()
    assert "adam.json cannot be read" in replay_error(tmp_path / "adam.json").problem


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = recorded(tmp_path / "new" / "folder", [np.arange(3.0)])
    assert [file.name for file in path.parent.iterdir()] == ["adam.json"]
    content = json.loads(path.read_text("utf-8"))
    assert (content["version"], content["seed"], list(content["answers"])) == (1, 7, ["test_it"])
    assert {"keras", "tensorflow", "numpy"} <= set(content)
    assert '"data": [0.0, 1.0, 2.0]' in path.read_text("utf-8")
    before = path.read_bytes()
    with pytest.raises(TypeError):
        truth.write(path, 7, {"test_it": [{"question": "x", "value": object()}]})
    assert path.read_bytes() == before


def test_tests_that_ask_nothing_are_not_written(tmp_path):
    live = asked([1.5])
    live.for_test("test_nothing")
    truth.write(tmp_path / "adam.json", 7, live.answers)
    assert list(truth.read(tmp_path / "adam.json")["answers"]) == ["test_it"]


def test_replay_needs_no_keras():
    code = """
import sys
from pathlib import Path

for name in ("keras", "tensorflow"):
    sys.modules[name] = None  # an import fails

from grader.course import load_course
from grader.diagnosis import solution_module
from grader.model import Isolation, Submission, SuiteKind
from grader.sandbox.levels import open_sandbox
from grader.suite.bench import Bench
from grader.suite.session import Job, grade

course = load_course(Path(sys.argv[1]))
topics = ("adam", "dropout")
submission = Submission(student_id="ada", modules={topic: solution_module(course, topic) for topic in topics})
bench = Bench(course, SuiteKind.HIDDEN, open_sandbox(Isolation.PARTIAL, course.limits))
found = []
grade(bench, topics, [Job(submission=submission, topics=topics)], lambda *delivered: found.extend(delivered[-1]))
bench.close()
print({str(outcome.result) for outcome in found}, len(found) > 20)
print([name for name in sys.modules if name.partition(".")[0] in ("keras", "tensorflow", "jax") and sys.modules[name]])
"""
    repository = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, repository], cwd=repository, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["{'passed'} True", "[]"], done.stderr
