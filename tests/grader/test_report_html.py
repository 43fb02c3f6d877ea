"""The report as files: what it counts, what it tells whom, and what it never tells."""

from __future__ import annotations

import random
import re
import statistics
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from classes import RIGHT, TOPICS, E, N, P, U, W, student
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.export.inputs import without_inputs
from grader.model import Adjustment, Grade, Outcome, Result, Status, TopicScore
from grader.report.html.figures import ClassTally
from grader.report.html.items import ItemTally, Note
from grader.report.html.mistakes import MistakeTally, Person
from grader.report.html.plots import COLUMNS, Cell, heat_map, histogram
from grader.report.html.site import page_name, write_report
from grader.report.html.student import view_of
from grader.report.progress import Stage

NOW = "2026-11-22T12:00:00+00:00"


def write(folder: Path, *grades: Grade) -> Path:
    write_report(grades, TOPICS, "A small course", folder, written_at=NOW)
    return folder


def page(site: Path, name: str) -> str:
    return (site / name).read_text("utf-8")


def shown(html: str) -> str:
    """The words of a page, without tags, style and script."""
    html = re.sub(r"<(style|script)>.*?</\1>", "", html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def figures_of(*grades: Grade):
    tally = ClassTally(TOPICS)
    for grade in grades:
        tally.add(grade)
    return tally.figures()


def items_of(*grades: Grade):
    tally = ItemTally(TOPICS)
    for grade in grades:
        tally.add(grade)
    return {item.test: item for item in tally.figures()}


def test_missing_zero_and_not_graded_are_three_things():
    double = figures_of(
        student("right", *RIGHT),
        student("zero", (W, W, W), (P, P)),
        student("stub", (U, U, U), (P, P)),
        student("missing", None, (P, P)),
        student("failed", (N, N, N), (P, P)),
    ).topics[0]
    assert (double.full, double.zero, double.not_started, double.missing, double.not_graded) == (1, 2, 1, 1, 1)
    assert double.mean == statistics.fmean([4, 0, 0, 0])  # missing counts zero, not graded is left out
    assert sum(double.counts) == 3


def test_totals_leave_out_who_is_not_graded():
    figures = figures_of(student("right", *RIGHT), student("failed", (N, P, P), (P, P)), student("none", None, None))
    assert figures.students == 3
    assert figures.statuses == {Status.GRADED: 1, Status.MISSING: 1, Status.NOT_GRADED: 1}
    assert (figures.total.mean, figures.total.median) == (3.5, 3.5)


def test_an_empty_class_has_no_mean():
    figures = figures_of()
    assert figures.total.mean is None
    assert figures.topics[0].median is None


@pytest.mark.parametrize(("score", "place"), [(0, 0), (0.001, 1), (0.4, 2), (3.999, 10), (4, 11), (5, 11)])
def test_neither_the_first_nor_the_last_bin_holds_more_than_its_name_says(score, place):
    tally = ClassTally(TOPICS[:1])
    one = TopicScore(topic="double", status=Status.GRADED, score=score, max_score=4)
    tally.add(Grade(**{**fields_of(student("x", *RIGHT)), "topics": (one,)}))
    assert [number for number, amount in enumerate(tally.figures().topics[0].counts) if amount] == [place]


def fields_of(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def test_discrimination_is_the_correlation_with_all_other_points():
    chance = random.Random(3)
    grades = []
    for number in range(40):
        good = chance.random()
        results = [P if chance.random() < good else W for _ in range(5)]
        grades.append(student(f"s{number}", results[:3], results[3:]))
    found = items_of(*grades)["test_both"]
    passed = [grade.topics[0].outcomes[1].result is P for grade in grades]
    rest = [(grade.score - grade.topics[0].outcomes[1].points) / 6 for grade in grades]
    assert found.tried == 40
    assert found.pass_rate == sum(passed) / 40
    assert found.discrimination == pytest.approx(np.corrcoef(passed, rest)[0, 1])


def test_discrimination_is_left_out_where_it_says_nothing():
    few = items_of(*(student(f"s{n}", (P if n % 2 else W, P, P), (P, P)) for n in range(9)))
    assert few["test_vector"].discrimination is None
    alike = items_of(*(student(f"s{n}", *RIGHT) for n in range(20)))
    assert alike["test_vector"].discrimination is None
    assert alike["test_vector"].note is Note.EVERYBODY


@pytest.mark.parametrize("result", [U, E, Result.TIMEOUT, Result.CRASHED])
def test_a_module_that_never_ran_tells_nothing_about_a_test(result):
    grades = [student("right", *RIGHT), student("never", (result,) * 3, (P, P), message="SyntaxError")]
    found = items_of(*grades)
    assert found["test_vector"].tried == 1
    assert found["test_bowl"].tried == 2


def test_an_untouched_stub_tells_nothing_whatever_each_function_says():
    stub = student("stub", (U, U, U), (P, P))
    outcomes = [
        Outcome(**{**fields_of(one), "message": f"f{place}() is not written yet."})
        for place, one in enumerate(stub.topics[0].outcomes)
    ]
    score = TopicScore(topic="double", status=Status.GRADED, score=0.0, max_score=4, outcomes=tuple(outcomes))
    assert "test_vector" not in items_of(Grade(**{**fields_of(stub), "topics": (score, stub.topics[1])}))


def test_wrong_answers_to_every_test_tell_something():
    assert items_of(student("wrong", (W, W, W), (P, P)))["test_vector"].note is Note.NOBODY


def test_a_test_that_the_good_ones_fail_is_named():
    good = [student(f"g{n}", (W, P, P), (P, P)) for n in range(10)]
    weak = [student(f"w{n}", (P, W, W), (W, W)) for n in range(10)]
    found = items_of(*good, *weak)
    assert found["test_vector"].note is Note.AGAINST
    assert found["test_both"].note is Note.NONE


def test_items_rest_on_what_the_tests_gave_not_on_what_was_set_by_hand():
    grades = [student(f"s{n}", (P if n % 2 else W, P, P), (P if n % 2 else W, W)) for n in range(20)]
    by_hand = [
        Grade(**{**fields_of(grade), "score": 7.0, "topics": tuple(set_by_hand(score) for score in grade.topics)})
        for grade in grades
    ]
    assert items_of(*by_hand) == items_of(*grades)


def set_by_hand(score: TopicScore) -> TopicScore:
    adjustment = Adjustment(auto_score=score.score, manual_score=score.max_score, why="a secret of staff")
    changed = {"score": score.max_score, "adjustment": adjustment}
    return TopicScore(**{**fields_of(score), **changed})


def test_a_mistake_counts_once_for_a_student():
    tally = MistakeTally(TOPICS)
    tripled = {"mistake": "three times x", "hint": "How often?"}
    tally.add(student("ada", (W, W, P), (P, P), **tripled), Person("ada", "students/ada.html"))
    tally.add(student("ben", (W, P, P), (W, P), **tripled), Person("ben", "students/ben.html"))
    tally.add(student("cleo", (W, P, P), (P, P)), Person("cleo", "students/cleo.html"))
    first, second = tally.figures()
    assert (first.topic, first.says, first.students, first.handed_in) == ("Doubling", "three times x", 2, 3)
    assert [person.name for person in first.people] == ["ada", "ben"]
    assert (second.topic, second.students) == ("Walking", 1)
    assert (tally.wrong, tally.named) == (5, 4)


def test_heat_map_of_a_large_class_shows_means_of_neighbours():
    rows = [(f"s{n}", [Cell(Status.GRADED, float(n % 5), 4.0)]) for n in range(10 * COLUMNS)]
    (strip,) = heat_map(rows, 1)
    assert len(strip) == COLUMNS
    assert {bar.says for bar in strip} == {
        f"s{10 * place} to s{10 * place + 9}, on average: 2 of 4" for place in range(COLUMNS)
    }


def test_heat_map_tells_missing_from_zero_by_more_than_its_colour():
    cells = [Cell(status, 0.0, 4.0) for status in Status]
    (strip,) = heat_map([(status.value, [cell]) for status, cell in zip(Status, cells, strict=True)], 1)
    assert len({bar.style for bar in strip}) == len({bar.height for bar in strip}) == 3


def test_histogram_shows_a_single_student_among_thousands():
    figures = figures_of(*(student(f"s{n}", *RIGHT) for n in range(3000)), student("one", (W, W, W), (P, P)))
    assert [bar.height >= 2 for bar in histogram(figures.topics[0])] == [True, True]


def test_report_has_a_page_for_every_student(tmp_path):
    names = ["ada", "Ada", "ben/../..", "CON", "é", "a b", "x" * 300, ".", "ada\u202e"]
    site = write(tmp_path / "report", *(student(name, *RIGHT) for name in names))
    found = list((site / "students").iterdir())
    assert len(found) == len({file.name.casefold() for file in found}) == len(names)
    assert sorted(path.name for path in site.iterdir()) == ["index.html", "mistakes.html", "students", "tests.html"]
    assert not list(tmp_path.glob(".*"))


@given(st.lists(st.text(max_size=80), min_size=2, max_size=2, unique=True))
def test_two_students_never_share_a_page(pair):
    names = [page_name(one) for one in pair]
    assert len({name.casefold() for name in names}) == 2
    assert all(re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._=-]{0,90}\.html", name) for name in names)


def test_student_page_tells_of_nobody_else(tmp_path):
    site = write(tmp_path / "report", student("ada", (W, P, P), (P, P)), student("zacharias", *RIGHT))
    html = page(site, "students/ada.html")
    assert "zacharias" not in html
    assert "index.html" not in html
    assert "mean" not in shown(html).lower()


def test_student_page_says_what_to_fix_first():
    grade = student("ada", (P, W, W), (U, U), message="Off by 2.4.", mistake="three times x", hint="How often?")
    view = view_of(grade, TOPICS, "ada")
    double, walk = view.topics
    assert (view.points, view.most, view.next, view.next_topic) == ("2", "7", "Next: correct double.py.", "double")
    assert (double.first.sentence, double.first.mistake, double.first.hint) == (
        "The both is right.",
        "three times x",
        "How often?",
    )
    assert double.first.more == "1 more test ended in the same way."
    assert [line.state for line in double.tests] == ["passed", "failed", "failed"]
    assert (walk.stage, walk.first) == (Stage.NOT_STARTED, None)


def test_student_page_keeps_the_graders_own_failure_to_itself(tmp_path):
    site = write(tmp_path / "report", student("ada", (N, N, N), None, message="/srv/course/tests/hidden is broken"))
    html = page(site, "students/ada.html")
    assert "/srv/course" not in html
    assert "The grader itself failed here" in html
    assert "Not graded yet" in html
    assert "/srv/course" in page(site, "index.html")  # staff must see it


def test_student_page_shows_no_printed_text_and_no_name_of_a_test(tmp_path):
    site = write(tmp_path / "report", student("ada", (W, P, P), (P, P), output="[0.1 0.2]", message="Wrong."))
    html = page(site, "students/ada.html")
    assert "[0.1 0.2]" not in html
    assert "test_vector" not in html


def test_reason_of_a_score_set_by_hand_is_for_staff(tmp_path):
    grade = student("ada", (W, P, P), (P, P))
    changed = Grade(**{**fields_of(grade), "topics": (set_by_hand(grade.topics[0]), grade.topics[1])})
    html = page(write(tmp_path / "report", changed), "students/ada.html")
    assert "This score was set by hand. The tests gave 2." in html
    assert "a secret of staff" not in html


def test_penalty_is_explained_to_the_student():
    grade = student("ada", *RIGHT)
    late = Adjustment(auto_score=4.0, days_late=3, free_days=1, penalty=1.0)
    score = TopicScore(
        topic="double", status=Status.GRADED, score=3.0, max_score=4, outcomes=grade.topics[0].outcomes, adjustment=late
    )
    view = view_of(Grade(**{**fields_of(grade), "topics": (score,)}), TOPICS, "ada")
    assert view.topics[0].adjusted == "3 days late, 1 of them free: 1 point off. The tests gave 4."
    assert view.topics[0].stage is Stage.DONE


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("The largest error is 0.042, at step 12.", "The largest error is 0.042, at step 12."),
        ("adam.py, line 1234, in step", "adam.py, line 1234, in step"),
        ("learning_rate=0.001, epsilon=1e-07", "learning_rate=0.001, epsilon=1e-07"),
        ("ValueError: [-0.62036, 1.4142e-05]", "ValueError: [-…, …e-05]"),
        ("KeyError: 62036142", "KeyError: …"),
        ("np.float64(.62036)", "np.float64(…)"),
        ("٠.٦٢٠٣٦", "…"),
    ],
)
def test_long_numbers_are_cut_out_of_a_message(message, kept):
    assert without_inputs(message) == kept


def test_long_messages_are_cut():
    text = without_inputs("\n".join(["line"] * 100))
    assert len(text.splitlines()) == 15
    assert len(without_inputs("x" * 10_000)) < 1_300


HOSTILE = '<img src=x onerror="document.title=1"></title><script>document.title=2</script>\x1b[31m\u202e'


def test_hostile_text_is_text(tmp_path):
    site = write(
        tmp_path / "report",
        student(HOSTILE, (W, P, P), (N, N), message=HOSTILE, mistake=HOSTILE, hint=HOSTILE),
    )
    for file in site.rglob("*.html"):
        html = file.read_text("utf-8")
        assert "<img" not in html
        assert html.count("<script>") == (0 if file.parent.name == "students" else 1)
        assert "\x1b" not in html
        assert "\u202e" not in html


def test_an_older_report_is_replaced(tmp_path):
    site = write(tmp_path / "report", student("ada", *RIGHT))
    write(site, student("ben", *RIGHT))
    assert [file.name for file in (site / "students").iterdir()] == ["ben.html"]
    assert not list(tmp_path.glob(".*"))


def test_a_folder_with_something_else_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(GraderError, match=r"notes\.txt, which is not part of a report"):
        write(tmp_path, student("ada", *RIGHT))
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_of_ones_own_among_the_pages_is_left_alone(tmp_path):
    site = write(tmp_path / "report", student("ada", *RIGHT))
    (site / "students" / "notes.txt").write_text("mine")
    with pytest.raises(GraderError, match=r"students/notes\.txt"):
        write(site, student("ben", *RIGHT))
    assert (site / "students" / "notes.txt").read_text() == "mine"


def test_a_report_that_fails_half_way_leaves_the_old_one(tmp_path):
    site = write(tmp_path / "report", student("ada", *RIGHT))

    def broken():
        yield student("ben", *RIGHT)
        raise GraderError("The gradebook is gone.")

    with pytest.raises(GraderError):
        write_report(broken(), TOPICS, "A small course", site, written_at=NOW)
    assert [file.name for file in (site / "students").iterdir()] == ["ada.html"]
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_the_working_folder_is_not_replaced(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(GraderError, match="the folder you are in"):
        write(Path(), student("ada", *RIGHT))


def test_report_of_an_empty_class_can_be_read(tmp_path):
    site = write(tmp_path / "report")
    assert "Students 0" in shown(page(site, "index.html"))


def test_command_writes_a_report_without_hidden_inputs(toy_course, hand_in, grade_command, tmp_path):
    right = "def double(x):\n    return 2.0 * x\n\n\ndef both(x):\n    return x, double(x)\n"
    hand_in("ada", double=right)
    hand_in("ben", double=right.replace("2.0 * x", "3.0 * x"))
    spy = "def double(x):\n    print(list(x))\n    raise ValueError(f'{list(x)}')\n"
    folder = hand_in("eve", double=spy).parent
    book = tmp_path / "gradebook.db"
    graded = grade_command("batch", folder, "--gradebook", book, "--isolation", "none", cwd=toy_course)
    assert graded.returncode == 0, graded.stderr
    done = grade_command("report", tmp_path / "report", "--gradebook", book, cwd=toy_course)
    assert done.returncode == 0, done.stderr
    inputs = spied_numbers(book)
    assert len(inputs) > 5
    written = "".join(file.read_text("utf-8") for file in (tmp_path / "report").rglob("*.html"))
    assert not [number for number in inputs if number in written]
    assert "ValueError" in page(tmp_path / "report", "students/eve.html")
    assert "three times x" in page(tmp_path / "report", "students/ben.html")
    assert "three times x" in page(tmp_path / "report", "mistakes.html")


def spied_numbers(book: Path) -> set[str]:
    """The inputs of hidden tests that a student's code has raised, to four digits, as the gradebook has them."""
    found = re.findall(rb"\d\.\d{3}(?=\d{4})", book.read_bytes())
    return {number.decode() for number in found}


def test_command_says_what_is_missing(toy_course, grade_command, tmp_path):
    done = grade_command("report", tmp_path / "report", "--gradebook", tmp_path / "none.db", cwd=toy_course)
    assert done.returncode == 1
    assert "There is no gradebook" in done.stderr
    assert not (tmp_path / "report").exists()
