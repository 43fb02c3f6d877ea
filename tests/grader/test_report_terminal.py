"""What students and instructors see: the whole page, the words for each failure, and the edges of the window."""

import io
import re
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.model import (
    Comparison,
    Grade,
    Isolation,
    Line,
    Outcome,
    Result,
    Status,
    SuiteKind,
    Topic,
    TopicScore,
)
from grader.report.check import render_check
from grader.report.classroom import abbreviations, render_class
from grader.report.progress import Stage, as_run, failures, stage_of
from grader.report.terminal import Terminal

TITLES = {
    "gradient_descent": "Gradient descent",
    "momentum": "Momentum and Nesterov",
    "adagrad": "AdaGrad",
    "adam": "Adam",
    "dropout": "Dropout",
    "early_stopping": "Early stopping",
}
COURSE = (
    *("gradient_descent", "forward_propagation", "chain_rule", "backpropagation", "momentum", "adagrad", "rmsprop"),
    *("adam", "learning_rate_schedules", "weight_regularization", "dropout", "early_stopping"),
    *("batch_normalization", "training_run"),
)
FAILING = [result for result in Result if result is not Result.PASSED]


def topics_of(*names: str) -> tuple[Topic, ...]:
    return tuple(Topic(name=name, title=TITLES.get(name, name), max_score=20) for name in names)


def outcome(
    sentence: str,
    result: Result,
    message: str = "",
    *,
    points: float = 2,
    output: str = "",
    mistake: str = "",
    hint: str = "",
) -> Outcome:
    return Outcome(
        topic="momentum",
        test="test_" + sentence.lower().replace(" ", "_"),
        sentence=sentence,
        result=result,
        points=points if result is Result.PASSED else 0.0,
        max_points=points,
        message=message,
        output=output,
        mistake=mistake,
        hint=hint,
    )


def passing(points: float) -> Outcome:
    return outcome(f"Worth {points}.", Result.PASSED, points=points)


def scored(topic: str, *outcomes: Outcome) -> TopicScore:
    """A topic of 20 points with these outcomes."""
    ungraded = not outcomes or any(one.result is Result.NOT_GRADED for one in outcomes)
    return TopicScore(
        topic=topic,
        status=Status.NOT_GRADED if ungraded else Status.GRADED,
        score=None if ungraded else sum(one.points for one in outcomes),
        max_score=20,
        outcomes=outcomes,
    )


def missing(topic: str) -> TopicScore:
    return TopicScore(topic=topic, status=Status.MISSING, score=None, max_score=20)


def plain(topic: str, score: float) -> TopicScore:
    """As the gradebook gives it: without outcomes."""
    return TopicScore(topic=topic, status=Status.GRADED, score=score, max_score=20)


def grade_of(*scores: TopicScore, student: str = "ada") -> Grade:
    states = {score.status for score in scores}
    status = Status.NOT_GRADED if Status.NOT_GRADED in states else Status.GRADED
    if states == {Status.MISSING}:
        status = Status.MISSING
    return Grade(
        student_id=student,
        status=status,
        score=None if status is Status.NOT_GRADED else sum(score.score or 0.0 for score in scores),
        max_score=sum(score.max_score for score in scores),
        topics=scores,
        needs_manual_grade=status is Status.NOT_GRADED,
        submitted_at=None,
        graded_at="2026-01-01T00:00:00Z",
        isolation=Isolation.NONE,
    )


class Screen:
    """A terminal that writes into a text."""

    def __init__(self, width: int = 80, encoding: str = "utf-8", *, styles: bool = False) -> None:
        self._bytes = io.BytesIO()
        self._encoding = encoding
        self._file = io.TextIOWrapper(self._bytes, encoding=encoding, newline="\n")
        self.terminal = Terminal(self._file, width=width, styles=styles)

    @property
    def text(self) -> str:
        self._file.flush()
        return self._bytes.getvalue().decode(self._encoding)


def check(*scores: TopicScore, kind: SuiteKind = SuiteKind.HIDDEN, width: int = 80, encoding: str = "utf-8") -> str:
    """The page of a student with these scores."""
    screen = Screen(width, encoding)
    render_check(grade_of(*scores), topics_of(*(score.topic for score in scores)), kind, screen.terminal)
    return screen.text


def classroom(grades: Sequence[Grade], *names: str, width: int = 80, limit: int | None = None) -> str:
    screen = Screen(width)
    render_class(iter(grades), topics_of(*names), screen.terminal, limit)
    return screen.text


def widest(text: str) -> int:
    return max(cell_len(line) for line in text.split("\n"))


# --- grade check: the page

WORK = (
    scored("gradient_descent", passing(20)),
    scored(
        "momentum",
        passing(11.5),
        outcome(
            "Ten steps follow Keras.",
            Result.WRONG_VALUE,
            "The weights differ first at step 4, entry [2].\nLargest difference: 0.31.",
            mistake="a velocity without the rate",
            hint="What does the velocity remember?",
            output="velocity [0.1 0.2]\n",
        ),
        outcome("Nesterov looks ahead.", Result.WRONG_SHAPE, "Expected shape (3,), got (3, 1)."),
        outcome("It comes to rest.", Result.TIMEOUT, "No answer after 2.0 seconds."),
        outcome("A second object has a velocity of its own.", Result.TIMEOUT, "No answer after 2.0 seconds."),
        outcome("The arguments stay as they are.", Result.WRONG_VALUE, "w was changed.", points=0.5),
    ),
    scored(
        "adagrad",
        *(
            outcome(f"Sentence {n}.", Result.EXCEPTION, "SyntaxError: unmatched ')'\nadagrad.py, line 31:\n    a = b)")
            for n in range(10)
        ),
    ),
    scored("adam", *(outcome(f"Adam {n}.", Result.NOT_IMPLEMENTED, f"f{n}() is not written yet.") for n in range(10))),
    missing("dropout"),
    scored("early_stopping", outcome("It waits.", Result.NOT_GRADED, "The grader failed: no truth.")),
)

PAGE = """
 ✓ gradient_descent  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━    20 / 20  done
 ● momentum          ━━━━━━━━━━━━━━━━━─────────────  11.5 / 20  in progress
 ● adagrad           ──────────────────────────────     0 / 20  in progress
 ○ adam              ──────────────────────────────     0 / 20  not started
 – dropout                                              – / 20  no file
 ? early_stopping                                       – / 20  not graded

momentum.py  Momentum and Nesterov  ·  1 of 6 tests passed
────────────────────────────────────────────────────────────────────────────────
  These are the numbers of a velocity without the rate.
  Hint: What does the velocity remember?

  Ten steps follow Keras.
  The numbers are wrong. (2 points)

    The weights differ first at step 4, entry [2].
    Largest difference: 0.31.

  The code printed:
  │ velocity [0.1 0.2]

  And then:
  · Nesterov looks ahead.            wrong shape
  · It comes to rest.                too slow, 2 tests
  · The arguments stay as they are.  wrong numbers

adagrad.py  AdaGrad  ·  0 of 10 tests passed
────────────────────────────────────────────────────────────────────────────────
  All 10 tests end in the same way.
  Python stopped with an error. (20 points)

    SyntaxError: unmatched ')'
    adagrad.py, line 31:
        a = b)

adam.py  Adam  ·  not started
────────────────────────────────────────────────────────────────────────────────
  Adam 0.
  This is still to be written. (2 points)

    f0() is not written yet.

early_stopping.py  Early stopping  ·  0 of 1 test passed
────────────────────────────────────────────────────────────────────────────────
  It waits.
  The grader itself failed here. This costs no points; please report it.

    The grader failed: no truth.

Not found: dropout.py
  Is this the right folder? A lost file can be replaced by its stub; a renamed
  one needs its old name back.

────────────────────────────────────────────────────────────────────────────────
31.5 of 120 points, 1 topic not graded
Scored by the hidden tests, which give the grade.
Next: correct momentum.py, then run `grade check momentum`. Stuck?
`grade hint momentum`.
"""


def test_page_of_a_student_in_the_middle_of_it() -> None:
    assert check(*WORK) == PAGE


def test_page_is_ascii_where_there_is_no_unicode() -> None:
    text = check(*WORK, encoding="ascii")
    assert " + gradient_descent  ##############################    20 / 20  done" in text
    assert " * momentum          #################-------------  11.5 / 20  in progress" in text
    assert "  | velocity [0.1 0.2]" in text


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp437", "gbk"])
@pytest.mark.parametrize("width", [1, 8, 20, 33, 47, 60, 79, 80, 120, 200])
def test_page_is_never_wider_than_the_console(width: int, encoding: str) -> None:
    assert widest(check(*WORK, width=width, encoding=encoding)) <= width


@pytest.mark.parametrize("width", [24, 40, 60])
def test_narrow_page_keeps_marks_and_points(width: int) -> None:
    lines = check(*WORK, width=width).splitlines()
    assert [line[1] for line in lines[1:7]] == ["✓", "●", "●", "○", "–", "?"]
    assert "11.5 / 20" in lines[2]


# --- grade check: topics


def test_untouched_topics_are_explained_once() -> None:
    text = check(*(scored(name, outcome("One step.", Result.NOT_IMPLEMENTED)) for name in ("momentum", "adam")))
    assert text.count("not started") == 3  # two bars, one section
    assert "momentum.py  Momentum" in text
    assert "adam.py  " not in text
    assert "This is still to be written. (2 points)" in text
    assert "Next: begin with momentum.py, then run `grade check momentum`." in text


def test_page_says_so_when_everything_is_done() -> None:
    text = check(scored("momentum", passing(20)), scored("adam", passing(12), passing(8)))
    assert "40 of 40 points" in text
    assert "Everything here is done." in text
    assert "────\n40 of" in text
    assert "passed" not in text


def test_only_the_topics_asked_for_are_shown_and_summed() -> None:
    screen = Screen()
    grade = grade_of(scored("momentum", passing(20)), scored("adam", passing(4), outcome("B.", Result.MEMORY)))
    render_check(grade, topics_of("adam", "dropout"), SuiteKind.HIDDEN, screen.terminal)
    assert "momentum" not in screen.text
    assert "dropout" not in screen.text
    assert "4 of 20 points" in screen.text


def test_missing_files_are_listed_together() -> None:
    text = check(missing("momentum"), missing("adam"))
    assert "Not found: momentum.py, adam.py" in text
    assert "Next: bring back momentum.py" in text


def test_topic_that_is_not_graded_without_an_outcome_is_explained() -> None:
    text = check(scored("momentum"))
    assert "– / 20  not graded" in text
    assert "The grader itself failed here." in text
    assert "0 of 20 points, 1 topic not graded" in text
    assert "Next: report what the grader could not do" in text


def test_failure_of_the_grader_is_shown_before_those_of_the_student() -> None:
    text = check(scored("momentum", outcome("A.", Result.WRONG_TYPE), outcome("B.", Result.NOT_GRADED, "No truth.")))
    assert text.index("No truth.") < text.index("· A.")


@pytest.mark.parametrize(
    ("score", "filled"), [(0.0, 0), (0.01, 1), (10.0, 15), (19.99, 29), (20 - 1e-12, 30), (20.0, 30)]
)
def test_bar_is_full_only_at_the_end_and_empty_only_at_the_start(score: float, filled: int) -> None:
    line = check(plain("momentum", score)).splitlines()[1]
    assert line.count("━") == filled
    assert line.count("━") + line.count("─") == 30


def test_public_tests_are_scored_by_their_own_points() -> None:
    text = check(
        scored("momentum", passing(2), outcome("B.", Result.WRONG_TYPE, points=1)),
        scored("adam", passing(3)),
        missing("dropout"),
        kind=SuiteKind.PUBLIC,
    )
    assert "2 / 3  in progress" in text
    assert "3 / 3  done" in text
    assert "–      no file" in text
    assert "5 of 6 points" in text
    assert "Scored by the public tests." in text
    assert "hidden tests" not in text


# --- grade check: what to fix


@pytest.mark.parametrize("result", FAILING)
def test_every_kind_of_failure_has_words_of_its_own(result: Result) -> None:
    text = check(scored("momentum", passing(1), outcome("A.", result), outcome("B.", result)))
    block = text.split("  A.\n")[1]
    sentence, short = (
        block.splitlines()[0].removesuffix("(2 points)").strip(),
        re.split(r"· B\. +", block)[1].splitlines()[0],
    )
    others = [
        check(scored("momentum", passing(1), outcome("A.", other), outcome("B.", other)))
        for other in FAILING
        if other is not result
    ]
    assert sentence.endswith(".")
    assert not any(sentence in other or f"  {short}\n" in other for other in others)
    assert "_" not in sentence + short


def test_tests_without_a_sentence_are_called_by_their_name() -> None:
    untold = [
        Outcome(topic="momentum", test=f"test_{n}[x]", sentence="", result=Result.MEMORY, points=0, max_points=1)
        for n in range(2)
    ]
    text = check(scored("momentum", *untold))
    assert "  test_0[x]\n  It asked for more memory than it may have. (1 point)\n" in text
    assert "  · test_1[x] " in text


def test_same_stop_is_shown_once_with_its_number() -> None:
    stop = "NameError: name 'b' is not defined"
    text = check(scored("momentum", passing(1), *(outcome(f"S{n}.", Result.EXCEPTION, stop) for n in range(4))))
    assert text.count("NameError") == 1
    assert "3 more tests ended in the same way." in text
    assert "And then" not in text


def test_same_mistake_is_shown_once_whatever_each_test_says() -> None:
    wrong = [
        outcome(f"S{n}.", Result.WRONG_VALUE, f"Step {n} is wrong.", mistake="one without decay") for n in range(3)
    ]
    text = check(scored("momentum", *wrong))
    assert "  S0.\n  The numbers are wrong. (6 points)\n" in text
    assert "Step 0 is wrong." in text
    assert text.count("the numbers of one without decay.") == 1
    assert "2 more tests ended in the same way." in text
    assert "S1." not in text


def test_wrong_answers_without_a_name_are_not_taken_for_one() -> None:
    wrong = [outcome(f"S{n}.", Result.WRONG_VALUE, "The answer is not right.") for n in range(3)]
    text = check(scored("momentum", *wrong))
    assert "  S0.\n  The numbers are wrong. (2 points)\n" in text
    assert "· S1." in text
    assert "· S2." in text


def test_other_failures_are_cut_off_after_five() -> None:
    wrong = [outcome(f"Sentence {n}.", Result.WRONG_VALUE, f"m{n}") for n in range(9)]
    text = check(scored("momentum", *wrong))
    assert [line for line in text.splitlines() if line.startswith("  · ")][-1].startswith("  · Sentence 5.")
    assert "  and 3 more\n" in text
    assert "m1" not in text


def test_long_messages_and_outputs_are_cut_with_the_number_of_lines_left() -> None:
    many = "\n".join(f"line {n}" for n in range(100))
    text = check(scored("momentum", outcome("A.", Result.EXCEPTION, many, output=many)))
    assert "    line 13\n    … and 86 more lines\n" in text
    assert "  │ line 7\n  │ … and 92 more lines\n" in text


def test_blank_output_is_not_mentioned() -> None:
    assert "printed" not in check(scored("momentum", outcome("A.", Result.MEMORY, output=" \n\x1b[0m\n")))


HOSTILE = "\x1b]0;owned\x07\x1b[2J[bold red]100[/] of 100 [link=x]y[/link] :smile: \rfake \u202eevil \udc80 [/nonsense]"
LITERAL = "[bold red]100[/] of 100 [link=x]y[/link] :smile:"


def test_text_of_students_is_printed_literally() -> None:
    bad = outcome(HOSTILE, Result.EXCEPTION, HOSTILE, output=HOSTILE, mistake=HOSTILE, hint=HOSTILE)
    text = check(scored("momentum", bad, outcome(HOSTILE, Result.WRONG_TYPE)), width=200)
    assert text.count(LITERAL) == 6
    assert not set("\x1b\x07\r\u202e\udc80") & set(text)


def test_text_of_students_cannot_steer_a_terminal_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen(200, styles=True)
    bad = outcome("A.", Result.EXCEPTION, HOSTILE, output=HOSTILE)
    render_check(grade_of(scored("momentum", bad)), topics_of("momentum"), SuiteKind.HIDDEN, screen.terminal)
    escapes = set(re.findall(r"\x1b[^m]*m?", screen.text))
    assert escapes
    assert all(re.fullmatch(r"\x1b\[[\d;]*m", escape) for escape in escapes)
    assert "\x07" not in screen.text


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec=None), max_size=200), st.integers(1, 130), st.sampled_from(["utf-8", "ascii"]))
def test_no_text_goes_over_the_edge(text: str, width: int, encoding: str) -> None:
    bad = [outcome(text, Result.EXCEPTION, text, output=text, hint=text), outcome(text, Result.WRONG_TYPE)]
    assert widest(check(scored("momentum", *bad), width=width, encoding=encoding)) <= width


# --- grade check: a public test


def line_of(place: str, expected: Sequence[str], got: Sequence[str]) -> Line:
    wrong = tuple(one != other for one, other in zip(expected, got, strict=True))
    return Line(place=place, expected=tuple(expected), got=tuple(got), wrong=wrong)


def compared(call: Sequence[str], comparison: Comparison, message: str = "Wrong values in w.") -> TopicScore:
    failed = outcome("It steps.", Result.WRONG_VALUE, message)
    return scored("momentum", passing(1), msgspec.structs.replace(failed, call=tuple(call), comparison=comparison))


STEPS = compared(
    ["momentum = Momentum(rate=0.1)", "momentum.update(", "    w=[1.0],", "    slope=half,", ")", "# half: Of w² / 2."],
    Comparison(
        axis="step",
        lines=(line_of("8", ["1"], ["1"]), line_of("9", ["-0.5"], ["0.25"]), line_of("10", ["-2"], ["-2.125"])),
        before=8,
        after=1,
        rtol=1e-4,
        atol=1e-6,
        times=2.0,
    ),
)
STEPS_SHOWN = """
    Wrong values in w.

    >>> momentum = Momentum(rate=0.1)
    >>> momentum.update(
    ...     w=[1.0],
    ...     slope=half,
    ... )
    # half: Of w² / 2.

    step  expected     got
          … 8 more lines above
    8      1           1
    9     -0.5      ≠  0.25
    10    -2        ≠ -2.125
          … 1 more line below
    Each value is 2 times what it should be.
    Allowed difference: 1e-06 + 0.0001 × |expected|.
"""


def test_call_expected_and_got_stand_side_by_side() -> None:
    assert STEPS_SHOWN in check(STEPS, kind=SuiteKind.PUBLIC)


def test_matrix_has_a_sign_at_each_cell_that_differs() -> None:
    grid = Comparison(axis="row", lines=(line_of("0", "123", "133"), line_of("1", "456", "457")))
    text = check(compared(["f(x)"], grid), kind=SuiteKind.PUBLIC)
    assert "    row  expected    got\n    0    1  2  3     1  ≠ 3    3\n    1    4  5  6     4    5  ≠ 7\n" in text
    assert "Allowed" not in text
    assert "times what" not in text


def test_a_single_value_has_no_place() -> None:
    text = check(
        compared(["f(x)"], Comparison(axis="index", lines=(line_of("", ["4"], ["6"]),))), kind=SuiteKind.PUBLIC
    )
    assert "    >>> f(x)\n\n    expected    got\n    4         ≠ 6\n" in text


def test_sides_stand_below_each_other_where_it_is_narrow() -> None:
    text = check(STEPS, kind=SuiteKind.PUBLIC, width=26)
    assert "    step 9\n    expected -0.5\n    got ≠ 0.25\n    step 10\n    expected -2\n    got ≠ -2.125\n" in text
    many = Comparison(axis="index", lines=tuple(line_of(str(n), ["1" * 20], ["2" * 20]) for n in range(5)))
    assert "    … 2 more lines\n" in check(compared([], many), kind=SuiteKind.PUBLIC, width=30)


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp437", "gbk"])
@pytest.mark.parametrize("width", [1, 8, 20, 33, 47, 60, 80, 200])
def test_sides_are_never_wider_than_the_console(width: int, encoding: str) -> None:
    text = check(STEPS, kind=SuiteKind.PUBLIC, width=width, encoding=encoding)
    assert widest(text) <= width
    assert encoding != "ascii" or width < 60 or "9     -0.5      !=  0.25" in text


def test_text_of_students_in_a_comparison_is_printed_literally() -> None:
    text = check(compared([HOSTILE], Comparison(axis="", lines=(line_of("", ["1"], [HOSTILE]),))), width=200)
    assert text.count(LITERAL) == 2
    assert not set("\x1b\x07\r\u202e\udc80") & set(text)


def test_file_that_looks_like_a_missing_one_is_named() -> None:
    screen = Screen()
    render_check(
        grade_of(missing("adam")),
        topics_of("adam"),
        SuiteKind.PUBLIC,
        screen.terminal,
        renamed={"adam": "my[b]adam.py"},
    )
    assert "  my[b]adam.py looks like adam.py: give it that name.\n" in screen.text


def test_what_is_next_after_everything_is_to_hand_in_where_there_are_no_hidden_tests() -> None:
    assert "`grade pack`" in check(scored("adam", passing(20)), kind=SuiteKind.PUBLIC)
    assert "`grade pack`" not in check(scored("adam", passing(20)), kind=SuiteKind.HIDDEN)


# --- colour


def test_there_is_no_escape_when_the_output_is_a_file() -> None:
    assert "\x1b" not in check(*WORK)


def test_terminal_gets_colour_and_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen(styles=True)
    render_check(grade_of(*WORK), topics_of(*(score.topic for score in WORK)), SuiteKind.HIDDEN, screen.terminal)
    assert "\x1b[32m ✓ \x1b[0m" in screen.text
    assert "\x1b[31m" in screen.text
    assert re.sub(r"\x1b\[[\d;]*m", "", screen.text) == PAGE


def test_no_color_is_honoured_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    screen = Screen(styles=True)
    render_check(grade_of(*WORK), topics_of(*(score.topic for score in WORK)), SuiteKind.HIDDEN, screen.terminal)
    codes = {code for found in re.findall(r"\x1b\[([\d;]*)m", screen.text) for code in found.split(";")}
    assert codes <= {"", "0", "1", "2"}


# --- stages and reasons


@pytest.mark.parametrize(
    ("score", "stage"),
    [
        (missing("adam"), Stage.MISSING),
        (scored("adam"), Stage.NOT_GRADED),
        (scored("adam", passing(20)), Stage.DONE),
        (plain("adam", 20), Stage.DONE),
        (plain("adam", 3), Stage.IN_PROGRESS),
        (plain("adam", 0), Stage.IN_PROGRESS),
        (scored("adam", passing(3)), Stage.DONE),
        (scored("adam", passing(0), outcome("A.", Result.NOT_IMPLEMENTED)), Stage.IN_PROGRESS),
        (scored("adam", outcome("A.", Result.NOT_IMPLEMENTED)), Stage.NOT_STARTED),
        (scored("adam", outcome("A.", Result.NOT_IMPLEMENTED), outcome("B.", Result.CRASHED)), Stage.IN_PROGRESS),
    ],
)
def test_stage_of_a_topic(score: TopicScore, stage: Stage) -> None:
    assert stage_of(score) is stage


def test_failures_stand_in_the_order_of_the_tests() -> None:
    score = scored(
        "adam",
        outcome("A.", Result.TIMEOUT, "slow"),
        passing(1),
        outcome("B.", Result.WRONG_VALUE, "x"),
        outcome("C.", Result.TIMEOUT, "slow"),
        outcome("D.", Result.CRASHED, "slow"),
    )
    found = [(failure.first.sentence, failure.tests, failure.points) for failure in failures(score)]
    assert found == [("A.", 2, 4.0), ("B.", 1, 2.0), ("D.", 1, 2.0)]


def test_hidden_scores_are_taken_as_they_are() -> None:
    score = scored("adam", passing(3))
    assert as_run(score, SuiteKind.HIDDEN) is score
    assert as_run(score, SuiteKind.PUBLIC).max_score == 3


# --- grade batch: the class

FOUR = ("gradient_descent", "momentum", "adam", "dropout")
CLASS = (
    grade_of(*(plain(name, 20) for name in FOUR), student="ada.lovelace"),
    grade_of(plain(FOUR[0], 8.5), plain(FOUR[1], 0), missing(FOUR[2]), plain(FOUR[3], 20), student="grace"),
    grade_of(*(missing(name) for name in FOUR), student="nobody"),
    grade_of(plain(FOUR[0], 20), plain(FOUR[1], 19), plain(FOUR[2], 1), scored(FOUR[3]), student="王小明"),
)

TABLE = """\
              gradient_descent  momentum     adam     dropout       total
ada.lovelace                20        20       20          20          80
grace                      8.5         0  missing          20        28.5
nobody                 missing   missing  missing     missing     missing
王小明                      20        19        1  not graded  not graded
─────────────────────────────────────────────────────────────────────────
mean                      12.1       9.8      5.2        13.3        36.2
out of                      20        20       20          20          80

4 students: 2 graded, 1 handed in nothing, 1 not graded.
Mean 36.2 of 80 points (45 %).
In a mean, what is missing counts 0 and what is not graded is left out.
Not graded is not zero: the grader itself failed there, and somebody must look.
"""


def test_class_of_four_topics_fits_into_80_columns() -> None:
    assert classroom(CLASS, *FOUR) == TABLE


def test_class_of_fourteen_topics_fits_into_80_columns() -> None:
    rows = [
        grade_of(*(plain(name, 18.25) for name in COURSE), student="ada.lovelace"),
        grade_of(*(missing(name) for name in COURSE[:-1]), scored(COURSE[-1]), student="grace"),
    ]
    assert classroom(rows, *COURSE) == (
        "             GD FP CR bac mom adag rms adam LRS WR dro ES BN TR total\n"
        "ada.lovelace 18 18 18  18  18   18  18   18  18 18  18 18 18 18   255\n"
        "grace         –  –  –   –   –    –   –    –   –  –   –  –  –  ?     ?\n"
        "─────────────────────────────────────────────────────────────────────\n"
        "mean          9  9  9   9   9    9   9    9   9  9   9  9  9 18   255\n"
        "out of       20 20 20  20  20   20  20   20  20 20  20 20 20 20   280\n"
        "\n"
        "GD gradient_descent   FP forward_propagation   CR chain_rule\n"
        "bac backpropagation   mom momentum   adag adagrad   rms rmsprop\n"
        "LRS learning_rate_schedules   WR weight_regularization   dro dropout\n"
        "ES early_stopping   BN batch_normalization   TR training_run\n"
        "– missing   ? not graded   points are rounded down\n"
        "\n"
        "2 students: 1 graded, 1 not graded.\n"
        "Mean 255.5 of 280 points (91 %).\n"
        "In a mean, what is missing counts 0 and what is not graded is left out.\n"
        "Not graded is not zero: the grader itself failed there, and somebody must look.\n"
    )


def test_decimals_are_shown_as_soon_as_there_is_room() -> None:
    rows = [grade_of(*(plain(name, 18.25) for name in COURSE), student="ada.lovelace")]
    text = classroom(rows, *COURSE, width=120)
    assert "18.25" in text
    assert "rounded" not in text


def test_only_totals_are_shown_where_no_topic_fits() -> None:
    text = classroom(CLASS, *FOUR, width=24)
    assert "ada.lovelace     80\n" in text
    assert "The topics need a wider" in text
    assert "momentum" not in text


@pytest.mark.parametrize("names", [FOUR, COURSE])
@pytest.mark.parametrize("width", [1, 10, 20, 30, 45, 60, 80, 100, 160])
def test_class_is_never_wider_than_the_console(width: int, names: tuple[str, ...]) -> None:
    rows = [grade_of(*(plain(name, 12.75) for name in names), student="an.identifier.that.goes.on.and.on@example.edu")]
    assert widest(classroom(rows, *names, width=width)) <= width


def test_rows_are_limited_but_mean_and_summary_are_of_all() -> None:
    rows = [grade_of(plain("adam", 20 if n < 2 else 0), student=f"s{n}") for n in range(1202)]
    text = classroom(rows, "adam", limit=2)
    assert "s1 " in text
    assert "s2" not in text
    assert "… and 1,200 more students\n" in text
    assert "1,202 students: 1,202 graded." in text
    assert "Mean 0 of 20" in text


def test_no_row_at_all_is_shown_when_the_limit_is_zero() -> None:
    text = classroom(CLASS, *FOUR, limit=0)
    assert "grace" not in text
    assert "more" not in text  # than none
    assert "4 students: " in text
    assert "mean " in text


def test_empty_class_is_said_to_be_empty() -> None:
    assert classroom([], *FOUR) == "There are no grades yet.\n"


def test_mean_is_not_graded_when_nobody_is() -> None:
    text = classroom([grade_of(scored("adam"))], "adam")
    assert re.search(r"mean +not graded +not graded\n", text)
    assert "Mean" not in text


def test_topic_that_a_grade_lacks_is_not_graded_in_it() -> None:
    text = classroom([grade_of(plain("adam", 20))], "adam", "dropout")
    assert re.search(r"ada +20 +not graded", text)


def test_note_on_means_is_left_out_when_there_is_nothing_to_note() -> None:
    text = classroom([CLASS[0]], *FOUR)
    assert "In a mean" not in text
    assert "Not graded" not in text


def test_identifiers_are_printed_literally_and_in_one_line() -> None:
    rows = [grade_of(plain("adam", 1), student=name) for name in ("[red]x[/]", "a\nb\x1b[2J", "\u202e", ":smile:")]
    lines = classroom(rows, "adam").splitlines()
    assert [line.split("  ")[0] for line in lines[1:5]] == ["[red]x[/]", "a b", r"'\u202e'", ":smile:"]


@pytest.mark.parametrize(
    ("score", "code"), [(20, "32"), (18, "32"), (15, ""), (10, ""), (9, "33"), (0.5, "33"), (0, "31")]
)
def test_scores_are_coloured_by_their_share(monkeypatch: pytest.MonkeyPatch, score: float, code: str) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    screen = Screen(styles=True)
    render_class([grade_of(plain("adam", score))], topics_of("adam"), screen.terminal)
    row = next(line for line in screen.text.splitlines() if line.startswith("ada"))
    assert re.findall(r"\x1b\[(\d+)m +[\d.]+\x1b", row) == ([code, code] if code else [])


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (("adam", "adagrad", "adamax"), ["adam", "adag", "adama"]),
        (("weight_regularization", "wide_resnet"), ["wei", "wid"]),
        (("gradient_descent", "a", "l1"), ["GD", "a", "l1"]),
        (("learning_rate", "learning_rate_schedules"), ["LR", "LRS"]),
    ],
)
def test_abbreviations_tell_topics_apart(names: tuple[str, ...], short: list[str]) -> None:
    assert abbreviations(names) == short
