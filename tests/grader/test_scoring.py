"""Scores: sums without noise; missing, zero and not graded are three different things."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import Grade, Isolation, Outcome, Result, Status, Submission, Topic, TopicScore
from grader.scoring import add_points, grade_of, score_topic

ADAM = Topic(name="adam", title="Adam", max_score=20.0)
SUBMISSION = Submission(student_id="ada", modules={}, submitted_at="2026-11-23T17:24:09+00:00")


def outcome(points: float, result: Result = Result.PASSED) -> Outcome:
    return Outcome(topic="adam", test="test_x", sentence="X.", result=result, points=points, max_points=2.0)


def scored(status: Status, score: float | None = None, topic: str = "adam") -> TopicScore:
    return TopicScore(topic=topic, status=status, score=score, max_score=10.0)


def grade(*scores: TopicScore) -> Grade:
    return grade_of(SUBMISSION, scores, graded_at="2026-11-24T08:00:00+00:00", isolation=Isolation.FULL)


def test_score_topic_adds_the_points():
    outcomes = (outcome(2.0), outcome(0.0, Result.WRONG_VALUE), outcome(0.5))
    assert score_topic(ADAM, outcomes) == TopicScore(
        topic="adam", status=Status.GRADED, score=2.5, max_score=20.0, outcomes=outcomes
    )


def test_score_topic_when_everything_is_wrong_is_a_graded_zero():
    score = score_topic(ADAM, (outcome(0.0, Result.CRASHED), outcome(0.0, Result.TIMEOUT)))
    assert (score.status, score.score) == (Status.GRADED, 0.0)


def test_score_topic_when_missing_has_no_score():
    assert score_topic(ADAM, None) == TopicScore(
        topic="adam", status=Status.MISSING, score=None, max_score=20.0, outcomes=()
    )


def test_score_topic_when_one_outcome_is_not_graded_has_no_score_but_keeps_the_outcomes():
    outcomes = (outcome(2.0), outcome(0.0, Result.NOT_GRADED))
    assert score_topic(ADAM, outcomes) == TopicScore(
        topic="adam", status=Status.NOT_GRADED, score=None, max_score=20.0, outcomes=outcomes
    )


def test_score_topic_when_no_test_ran_is_not_graded():
    score = score_topic(ADAM, ())
    assert (score.status, score.score) == (Status.NOT_GRADED, None)


def test_add_points_shows_no_noise():
    assert repr(add_points([0.1, 0.2])) == "0.3"
    assert repr(add_points([0.1] * 10)) == "1.0"
    assert repr(add_points([1 / 3] * 3)) == "1.0"
    assert repr(add_points([])) == "0.0"


@given(st.lists(st.integers(0, 2000)), st.randoms())
def test_add_points_when_points_are_hundredths_is_exact_in_any_order(hundredths, random):
    points = [number / 100 for number in hundredths]
    random.shuffle(points)
    assert add_points(points) == sum(hundredths) / 100


def test_grade_of_adds_the_topics():
    topics = (scored(Status.GRADED, 0.1), scored(Status.GRADED, 0.2, "dropout"))
    assert grade(*topics) == Grade(
        student_id="ada",
        status=Status.GRADED,
        score=0.3,
        max_score=20.0,
        topics=topics,
        needs_manual_grade=False,
        submitted_at="2026-11-23T17:24:09+00:00",
        graded_at="2026-11-24T08:00:00+00:00",
        isolation=Isolation.FULL,
    )


@pytest.mark.parametrize(
    ("scores", "status", "total"),
    [
        ([scored(Status.GRADED, 0.0)], Status.GRADED, 0.0),
        ([scored(Status.MISSING), scored(Status.GRADED, 4.0)], Status.GRADED, 4.0),
        ([scored(Status.MISSING), scored(Status.GRADED, 0.0)], Status.GRADED, 0.0),
        ([scored(Status.MISSING), scored(Status.MISSING)], Status.MISSING, 0.0),
        ([scored(Status.NOT_GRADED), scored(Status.GRADED, 4.0)], Status.NOT_GRADED, None),
        ([scored(Status.NOT_GRADED), scored(Status.MISSING)], Status.NOT_GRADED, None),
    ],
)
def test_grade_of_keeps_missing_zero_and_not_graded_apart(scores, status, total):
    result = grade(*scores)
    assert (result.status, result.score) == (status, total)
    assert result.needs_manual_grade is (status is Status.NOT_GRADED)
    assert result.max_score == 10.0 * len(scores)
