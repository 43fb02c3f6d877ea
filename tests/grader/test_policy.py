"""Late penalties, late days, extensions, overrides: from the suite's points to the score that counts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.model import (
    Adjustment,
    Extension,
    Grade,
    Isolation,
    Override,
    PercentOf,
    Policy,
    Status,
    Submission,
    TopicScore,
)
from grader.policy import current_overrides, final_grades
from grader.scoring import grade_of

DUE = datetime(2026, 12, 4, 22, 59, tzinfo=UTC)
LATER = DUE + timedelta(days=14)
MAX = 20.0


def at(moment: datetime, **late: float) -> str:
    return (moment + timedelta(**late)).isoformat(timespec="seconds")


def scored(topic: str = "adam", score: float | None = 16.0, when: str | None = None) -> TopicScore:
    return TopicScore(topic=topic, status=Status.GRADED, score=score, max_score=MAX, submitted_at=when)


def missing(topic: str = "adam") -> TopicScore:
    return TopicScore(topic=topic, status=Status.MISSING, score=None, max_score=MAX)


def not_graded(topic: str = "adam", when: str | None = None) -> TopicScore:
    return TopicScore(topic=topic, status=Status.NOT_GRADED, score=None, max_score=MAX, submitted_at=when)


def grade(*scores: TopicScore, submitted_at: str | None = None, student: str = "ada") -> Grade:
    submission = Submission(student_id=student, modules={}, submitted_at=submitted_at)
    return grade_of(submission, scores, graded_at="2027-01-01T00:00:00+00:00", isolation=Isolation.FULL)


def policy(**changes: Any) -> Policy:
    return Policy(**({"due": {"adam": DUE, "dropout": DUE}, "percent_per_day": 10.0} | changes))


def override(score: float | None, topic: str = "adam", student: str = "ada") -> Override:
    return Override(
        student_id=student, topic=topic, score=score, why="A fair one.", who="kim", set_at="2027-01-02T00:00:00+00:00"
    )


def final(one: Grade, rules: Policy, *extensions: Extension, overrides: tuple[Override, ...] = ()) -> Grade:
    [result] = final_grades([one], rules, extensions, overrides)
    return result


def final_topic(score: TopicScore, rules: Policy, *extensions: Extension) -> TopicScore:
    return final(grade(score), rules, *extensions).topics[0]


# --- late


def test_final_when_nothing_is_due_is_the_grade_itself():
    one = grade(scored(when=at(LATER)))
    assert final(one, Policy()) is one


def test_final_when_in_time_is_the_grade_itself():
    one = grade(scored(when=at(DUE)), missing("dropout"))
    assert final(one, policy()) is one


@pytest.mark.parametrize(
    ("late", "days", "score"),
    [
        ({"seconds": 1}, 1, 14.0),
        ({"days": 1}, 1, 14.0),
        ({"days": 1, "seconds": 1}, 2, 12.0),
        ({"days": 7.5}, 8, 0.0),
        ({"days": 400}, 400, 0.0),
    ],
)
def test_final_when_late_takes_off_each_day_that_has_begun(late, days, score):
    result = final_topic(scored(when=at(DUE, **late)), policy())
    assert result.score == score
    assert result.adjustment == Adjustment(auto_score=16.0, days_late=days, penalty=16.0 - score)


def test_final_when_late_takes_a_share_of_what_was_earned_if_told():
    result = final_topic(scored(score=10.0, when=at(DUE, days=2)), policy(percent_of=PercentOf.SCORE))
    assert result.score == 8.0


@pytest.mark.parametrize(("minutes", "days"), [(10, 0), (10.1, 1)])
def test_final_when_within_the_grace_is_not_late_and_beyond_it_is_since_the_due_date(minutes, days):
    result = final_topic(scored(when=at(DUE, minutes=minutes)), policy(grace_minutes=10.0))
    assert result.score == 16.0 - 2 * days


@pytest.mark.parametrize(("late", "score"), [(3, 10.0), (3.1, 0.0)])
def test_final_when_after_the_cutoff_counts_nothing(late, score):
    assert final_topic(scored(when=at(DUE, days=late)), policy(cutoff_days=3)).score == score


def test_final_when_cut_off_at_once_needs_no_percentage():
    result = final_topic(scored(when=at(DUE, seconds=1)), policy(cutoff_days=0, percent_per_day=0.0))
    assert (result.score, result.adjustment.penalty) == (0.0, 16.0)


def test_final_adds_up_the_topics_and_knows_each_due_date():
    rules = policy(due={"adam": DUE, "dropout": LATER})
    one = grade(
        scored("adam", when=at(DUE, days=1)),
        scored("dropout", when=at(DUE, days=1)),
        scored("momentum", when=at(DUE, days=1)),
    )
    result = final(one, rules)
    assert [topic.score for topic in result.topics] == [14.0, 16.0, 16.0]
    assert (result.score, result.max_score) == (46.0, 60.0)


def test_final_when_the_time_of_a_topic_is_unknown_does_not_take_the_time_of_another():
    one = grade(scored("adam"), scored("dropout", when=at(DUE)), submitted_at=at(DUE, days=1))
    assert [topic.score for topic in final(one, policy()).topics] == [16.0, 16.0]


def test_final_when_nobody_knows_the_time_is_not_late():
    one = grade(scored())
    assert final(one, policy()) is one


def test_final_keeps_missing_zero_and_not_graded_apart():
    late = at(DUE, days=1)
    one = grade(missing("adam"), scored("dropout", 0.0, late), not_graded("momentum", late), submitted_at=late)
    result = final(one, policy(due=dict.fromkeys(("adam", "dropout", "momentum"), DUE)))
    assert [(topic.status, topic.score) for topic in result.topics] == [
        (Status.MISSING, None),
        (Status.GRADED, 0.0),
        (Status.NOT_GRADED, None),
    ]
    assert [topic.adjustment for topic in result.topics] == [
        None,
        Adjustment(auto_score=0.0, days_late=1),
        Adjustment(auto_score=None, days_late=1),
    ]
    assert (result.status, result.score, result.needs_manual_grade) == (Status.NOT_GRADED, None, True)


def test_final_leaves_everything_else_as_it_is():
    one = grade(scored(when=at(DUE, days=1)), submitted_at=at(DUE, days=1))
    result = final(one, policy())
    assert (result.student_id, result.submitted_at, result.graded_at, result.isolation) == (
        one.student_id,
        one.submitted_at,
        one.graded_at,
        one.isolation,
    )
    assert (result.topics[0].max_score, result.topics[0].submitted_at) == (MAX, at(DUE, days=1))


# --- late days


def test_late_days_pay_for_the_earliest_due_dates_first():
    rules = policy(due={"adam": LATER, "dropout": DUE}, late_days=3)
    one = grade(scored("adam", when=at(LATER, days=2)), scored("dropout", when=at(DUE, days=2)))
    result = final(one, rules)
    assert [topic.score for topic in result.topics] == [14.0, 16.0]
    assert [topic.adjustment.free_days for topic in result.topics] == [1, 2]
    assert [topic.adjustment.penalty for topic in result.topics] == [2.0, 0.0]


def test_late_days_are_shared_by_topics_that_were_due_at_the_same_time():
    rules = policy(late_days=2)
    one = grade(scored("adam", when=at(DUE, days=1)), scored("dropout", when=at(DUE, days=3)))
    result = final(one, rules)
    assert [topic.adjustment.free_days for topic in result.topics] == [1, 2]
    assert [topic.score for topic in result.topics] == [16.0, 14.0]


@pytest.mark.parametrize("wasted", [scored("adam", 0.0, at(DUE, days=3)), not_graded("adam", at(DUE, days=3))])
def test_late_days_are_not_spent_where_there_are_no_points(wasted):
    rules = policy(due={"adam": DUE, "dropout": LATER}, late_days=3)
    result = final(grade(wasted, scored("dropout", when=at(LATER, days=3))), rules)
    assert result.topics[1].adjustment.free_days == 3


def test_late_days_are_not_spent_after_the_cutoff():
    rules = policy(due={"adam": DUE, "dropout": LATER}, late_days=3, cutoff_days=5)
    result = final(grade(scored("adam", when=at(DUE, days=6)), scored("dropout", when=at(LATER, days=3))), rules)
    assert [topic.score for topic in result.topics] == [0.0, 16.0]


def test_late_days_are_not_spent_on_a_topic_with_an_override():
    rules = policy(due={"adam": DUE, "dropout": LATER}, late_days=3)
    one = grade(scored("adam", when=at(DUE, days=3)), scored("dropout", when=at(LATER, days=3)))
    result = final(one, rules, overrides=(override(12.0),))
    assert [topic.score for topic in result.topics] == [12.0, 16.0]


# --- extensions


def test_extension_in_days_moves_the_due_date_and_the_cutoff():
    rules = policy(cutoff_days=2)
    more = Extension(student_id="ada", topic="adam", days=1.5)
    assert final_topic(scored(when=at(DUE, days=1.5)), rules, more).score == 16.0
    assert final_topic(scored(when=at(DUE, days=3.5)), rules, more).score == 12.0
    assert final_topic(scored(when=at(DUE, days=3.6)), rules, more).score == 0.0


def test_extension_until_a_moment_is_a_due_date_of_ones_own():
    more = Extension(student_id="ada", topic=None, until=DUE + timedelta(days=5))
    assert final_topic(scored(when=at(DUE, days=5)), policy(), more).score == 16.0
    assert final_topic(scored(when=at(DUE, days=5.5)), policy(), more).score == 14.0


def test_extension_of_a_topic_precedes_the_one_of_all_topics():
    everywhere = Extension(student_id="ada", topic=None, days=5)
    here = Extension(student_id="ada", topic="adam", days=1)
    one = grade(scored("adam", when=at(DUE, days=2)), scored("dropout", when=at(DUE, days=2)))
    assert [topic.score for topic in final(one, policy(), everywhere, here).topics] == [14.0, 16.0]


def test_extension_of_somebody_else_changes_nothing():
    more = Extension(student_id="ben", topic=None, days=5)
    assert final_topic(scored(when=at(DUE, days=1)), policy(), more).score == 14.0


def test_extension_that_ends_before_the_due_date_takes_nothing_away():
    more = Extension(student_id="ada", topic=None, until=DUE - timedelta(days=5))
    one = grade(scored(when=at(DUE)))
    assert final(one, policy(), more) is one


def test_extension_where_nothing_is_due_changes_nothing():
    one = grade(scored("momentum", when=at(LATER)))
    assert final(one, policy(), Extension(student_id="ada", topic="momentum", days=1)) is one


# --- overrides


def test_override_counts_as_it_is():
    result = final(grade(scored(when=at(DUE, days=2))), policy(), overrides=(override(18.0),))
    assert (result.score, result.topics[0].score) == (18.0, 18.0)
    assert result.topics[0].adjustment == Adjustment(auto_score=16.0, days_late=2, manual_score=18.0, why="A fair one.")


@pytest.mark.parametrize("score", [missing(), not_graded(), scored(score=3.0)])
def test_override_settles_what_was_missing_or_not_graded(score):
    result = final(grade(score), Policy(), overrides=(override(7.5),))
    assert (result.status, result.score, result.needs_manual_grade) == (Status.GRADED, 7.5, False)
    assert result.topics[0].adjustment.auto_score == score.score


def test_override_of_zero_is_a_score():
    result = final(grade(scored()), Policy(), overrides=(override(0.0),))
    assert (result.status, result.score) == (Status.GRADED, 0.0)


def test_override_when_there_are_several_the_newest_counts():
    result = final(grade(scored()), Policy(), overrides=(override(1.0), override(2.0), override(3.0, "dropout")))
    assert result.topics[0].score == 2.0


def test_override_that_was_taken_back_gives_the_score_of_the_suite_again():
    one = grade(scored())
    assert final(one, Policy(), overrides=(override(1.0), override(None))) is one
    assert final(one, Policy(), overrides=(override(1.0), override(None), override(4.0))).score == 4.0


def test_override_of_somebody_else_or_of_another_topic_changes_nothing():
    result = final(grade(scored()), Policy(), overrides=(override(1.0, student="ben"), override(1.0, "dropout")))
    assert result.score == 16.0


def test_current_overrides_are_the_newest_that_were_not_taken_back():
    overrides = [
        override(1.0),
        override(2.0, student="ben"),
        override(3.0, "dropout"),
        override(None),
        override(5.0, "dropout"),
    ]
    assert current_overrides(overrides) == {"ada": {"dropout": overrides[4]}, "ben": {"adam": overrides[1]}}


# --- all together


def test_final_grades_come_one_by_one():
    taken = []

    def source():
        for name in ("ada", "ben"):
            taken.append(name)
            yield grade(scored(), student=name)

    assert next(final_grades(source(), policy())).student_id == "ada"
    assert taken == ["ada"]


whole = st.integers(0, 30)
points = st.integers(0, int(MAX) * 10**6).map(lambda millionths: millionths / 10**6)  # as fine as scores are
scores = st.builds(scored, st.just("adam"), points, st.builds(lambda days: at(DUE, days=days), st.floats(-30, 30)))


@given(scores, whole, st.one_of(st.none(), whole), st.floats(0, 100), st.sampled_from(PercentOf), st.floats(0, 2000))
def test_final_score_is_never_below_zero_nor_above_what_was_earned(score, free, cutoff, percent, of, grace):
    rules = policy(late_days=free, cutoff_days=cutoff, percent_per_day=percent, percent_of=of, grace_minutes=grace)
    result = final_topic(score, rules)
    assert 0 <= result.score <= score.score
    if result.adjustment:
        assert result.score == pytest.approx(score.score - result.adjustment.penalty, abs=1e-5)
        assert 0 <= result.adjustment.free_days <= min(free, result.adjustment.days_late)


@given(scores, st.floats(0, 20), whole)
def test_more_time_never_costs_points(score, days, free):
    rules = policy(late_days=free, cutoff_days=9)
    more = Extension(student_id="ada", topic=None, days=days)
    assert final_topic(score, rules, more).score >= final_topic(score, rules).score
