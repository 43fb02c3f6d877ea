"""Hints come in stages, from the general to the concrete, and from what there is."""

from __future__ import annotations

import msgspec
import pytest

from grader.course import load_course
from grader.model import Outcome, Result, Status, TopicScore
from grader.student.handout import Section, markdown, sections
from grader.student.hints import functions_of, hints_for
from grader.student.work import EXERCISES, check_work, choose_suites, find_renamed, find_work, read_work

HANDOUT = sections(
    markdown('''"""Momentum.

The idea
    Momentum remembers.

The rules
    v = m * v
    w = w + v

The tape
    A list of operations.

What we grade, where sources differ
    - Keras.

In numbers
    1    0.9    0.81

A training run (fit, predict)
    Its loss is a mean.

In numbers: the run
    2    0.5
"""

def fit(w):
    pass
''')
)


def failed(**fields) -> TopicScore:
    outcome = Outcome(
        topic="momentum", test="test_it", sentence="It steps.", result=Result.WRONG_VALUE, points=0, max_points=1
    )
    outcomes = (msgspec.structs.replace(outcome, **fields),)
    return TopicScore(topic="momentum", status=Status.GRADED, score=0, max_score=1, outcomes=outcomes)


def titles(score: TopicScore, handout: tuple[Section, ...] = HANDOUT) -> list[str]:
    return [hint.title for hint in hints_for(score, handout)]


def test_stages_go_from_the_idea_to_the_numbers():
    hints = hints_for(failed(), HANDOUT)
    assert [hint.title for hint in hints] == [
        "The handout: The idea",
        "The formula is here",
        "Follow these numbers by hand",
    ]
    assert hints[0].text == "Momentum remembers."
    assert hints[1].text == "The rules\n\n  v = m * v\n  w = w + v\n\nThe tape\n\nA list of operations."
    assert "0.81" in hints[2].text
    assert "0.5" in hints[2].text


def test_hint_of_a_named_mistake_comes_after_the_idea():
    hints = hints_for(failed(mistake="a velocity without the rate", hint="Look at v."), HANDOUT)
    assert (hints[1].title, hints[1].text) == ("These are the numbers of a velocity without the rate", "Look at v.")
    assert len(hints) == 4


def test_hints_of_the_author_come_first_and_in_place_of_the_idea():
    hints = hints_for(failed(hints=("What is v?", "Which sign?")), HANDOUT)
    assert [hint.text for hint in hints][:2] == ["What is v?", "Which sign?"]
    assert hints[2].title == "The formula is here"


def test_section_that_names_the_function_is_shown_with_the_rules():
    assert "Its loss is a mean." in hints_for(failed(call=("fit(w=1.0)",)), HANDOUT)[1].text
    assert "Its loss is a mean." not in hints_for(failed(call=("step(w=1.0)",)), HANDOUT)[1].text
    unwritten = failed(message="fit() is not written yet (momentum.py, line 3).")
    assert "Its loss is a mean." in hints_for(unwritten, HANDOUT)[1].text


@pytest.mark.parametrize(
    ("call", "message", "names"),
    [
        (("step(", "    w=np.array([1.0]),", ")"), "", {"step"}),
        (("adam = Adam(rate=0.1)", "adam.update(w=1)", "# half: f(x)"), "", {"Adam", "update"}),
        ((), "fit() is not written yet", {"fit"}),
        ((), "nothing", set()),
    ],
)
def test_functions_are_read_from_the_call_or_from_the_message(call, message, names):
    [outcome] = failed(call=call).outcomes
    [said] = failed(message=message).outcomes
    assert functions_of(outcome if call else said) == names


def test_short_handout_gives_few_stages_and_none_gives_only_hints():
    assert titles(failed(), sections("# A\n\n## What to write\n\n- `f()`\n")) == []
    assert titles(failed(), sections("# A\n\n## Idea\n\nText.\n")) == ["The handout: Idea"]
    assert titles(failed(hints=("Look.",)), ()) == ["A hint"]


def test_there_is_no_hint_when_nothing_is_left_to_fix():
    passed = failed(result=Result.PASSED)
    assert hints_for(passed, HANDOUT) == ()


# --- where the work is


def test_work_is_looked_for_here_or_in_exercises_of_the_kit(toy_course, tmp_path, monkeypatch):
    course = load_course(toy_course)
    (toy_course / EXERCISES).mkdir()
    (tmp_path / "elsewhere" / EXERCISES).mkdir(parents=True)
    monkeypatch.chdir(toy_course)
    assert find_work(course, None) == toy_course / EXERCISES
    monkeypatch.chdir(toy_course / EXERCISES)
    assert find_work(course, None) == toy_course / EXERCISES
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert find_work(course, None) == tmp_path / "elsewhere"
    assert find_work(course, tmp_path) == tmp_path
    monkeypatch.chdir(toy_course)
    (toy_course / "double.py").write_text("x = 1\n")
    assert find_work(course, None) == toy_course


def test_renamed_file_is_recognised_by_what_it_defines(toy_course, tmp_path):
    course = load_course(toy_course)
    (tmp_path / "my_double.py").write_text("def double(x):\n    return x\n\ndef both(x):\n    return x\n")
    (tmp_path / "broken.py").write_text("def double(:\n")
    (tmp_path / "other.py").write_text("def helper(x):\n    return x\n")
    assert find_renamed(course, tmp_path, course.topics) == {"double": "my_double.py"}
    assert find_renamed(course, tmp_path, course.topics[1:]) == {}


def test_check_of_public_suites_counts_their_own_points(toy_course, tmp_path):
    course = load_course(toy_course)
    (tmp_path / "double.py").write_text("def double(x):\n    return 2.0 * x\n")
    kind = choose_suites(course, course.topics, public=True)
    grade = check_work(course, course.topics[:1], kind, read_work(course, tmp_path, course.topics))
    assert (grade.score, grade.max_score) == (1.0, 1.0)
