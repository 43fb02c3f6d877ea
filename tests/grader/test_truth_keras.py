"""What was recorded is what Keras answers today, on every topic of the course."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader import truth
from grader.course import load_course, truth_path
from grader.errors import TruthError
from grader.suite.recording import ask_keras, record

pytestmark = pytest.mark.keras

COURSE = load_course(Path(__file__).parents[2])
TOPICS = [topic.name for topic in COURSE.topics]


@pytest.fixture(scope="module")
def live():
    """What Keras answers to every topic, with the seed of the recorded answers; the solutions pass with it."""
    sources, failed = ask_keras(COURSE, TOPICS, COURSE.seed)
    assert failed == []
    return sources


def assert_close(one, other):
    """The same kinds and, to nine digits, the same numbers."""
    assert type(one) is type(other)
    if isinstance(one, dict):
        assert list(one) == list(other)
        assert_close(list(one.values()), list(other.values()))
    elif isinstance(one, (list, tuple)):
        assert len(one) == len(other)
        for first, second in zip(one, other, strict=True):
            assert_close(first, second)
    elif isinstance(one, float):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)
    else:
        assert one == other


@pytest.mark.parametrize("topic", TOPICS)
def test_recorded_answers_are_what_keras_answers(live, topic):
    recorded = truth.read(truth_path(COURSE, topic))["answers"]
    asked = {test: answers for test, answers in live[topic].answers.items() if answers}
    assert recorded.keys() == asked.keys()
    for test, answers in recorded.items():
        assert [answer["question"] for answer in answers] == [answer["question"] for answer in asked[test]]
        assert_close([answer["value"] for answer in answers], [answer["value"] for answer in asked[test]])


def test_solutions_pass_with_the_answers_to_another_seed():
    sources, failed = ask_keras(COURSE, TOPICS, COURSE.seed + 1)
    assert failed == []
    assert all(any(sources[topic].answers.values()) for topic in TOPICS)


ORACLE = """
def sgd(w, gradient, learning_rate):
    import keras
    import numpy as np

    keras.config.set_floatx("float64")
    variable = keras.Variable(np.array(w))
    keras.optimizers.SGD(learning_rate=np.float64(learning_rate)).apply([np.array(gradient)], [variable])
    return np.array(variable.numpy())
"""
SUITE = '''
import numpy as np
from keras_double import sgd

from grader.suite import assert_matches


def test_keras(student, truth, rng):
    """Doubling is a step of minus one."""
    x = rng.normal(size=3)
    assert_matches(student.double(x), truth(sgd, x, x, -1.0))
'''


@pytest.fixture
def asking(toy_course):
    """The toy course with a test that asks Keras."""
    (toy_course / "tests/hidden/keras_double.py").write_text(ORACLE, "utf-8")
    (toy_course / "tests/hidden/test_double.py").write_text(SUITE, "utf-8")
    return load_course(toy_course)


@pytest.mark.parametrize("seed", [7, 8])
def test_record_writes_a_file_for_its_seed(asking, seed):
    [path] = record(asking, ["double"], seed)
    assert path == truth_path(asking, "double", seed)
    assert path.name == ("double.json" if seed == asking.seed else "double.seed-8.json")
    content = truth.read(path)
    assert (content["seed"], list(content["answers"])) == (seed, ["test_keras"])


def test_record_when_the_solution_is_wrong_writes_nothing(asking):
    solution = asking.root / "solutions/double.py"
    solution.write_text(solution.read_text("utf-8").replace("return 2.0 * x", "return 2.5 * x"), "utf-8")
    with pytest.raises(TruthError, match="the solution of double does not pass test_keras") as caught:
        record(asking, ["double"], 7)
    assert "nothing was written" in caught.value.remedy
    assert not truth_path(asking, "double").exists()
