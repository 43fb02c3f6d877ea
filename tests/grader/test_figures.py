"""Figures as data: made of a subject, kept, read, laid beside the reference's."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from grading import RIGHT, WALKS, add, module, with_limits

from grader.audit.parts import check_parts, check_strays
from grader.course import load_course, stub_path
from grader.errors import CourseError
from grader.figure import MOST_NUMBERS, Figure, Kind, Role, own_only
from grader.figures import counts, curve, heights, lines, numbers, paths, way
from grader.figures.beside import beside
from grader.figures.reference import reference_figures, text
from grader.figures.running import load, run
from grader.language.choice import speaking
from grader.language.records import figure_in_language
from grader.model import Isolation, Limits, Module, Result
from grader.sandbox.client import Budget
from grader.sandbox.levels import open_sandbox
from grader.suite.compare import MismatchError
from grader.suite.subject import Subject, control_of

REAL = load_course(Path(__file__).resolve().parents[2])

FIGURES = '''
import numpy as np
from _bowl import BOWL, slope

from grader.figures import curve, lines, numbers, paths, way


def figure_way(student):
    """The way into a bowl.

    It becomes
    slower.
    """
    points = student.walk(slope, np.array([1.0, 0.5]), 5)
    return paths(BOWL, "x", "y", way("walk", numbers(points, (6, 2), "walk()")))


def figure_total(student):
    """A counter."""
    counter = student.Counter(1.0)
    totals = numbers([counter.add(2.0) for _ in range(3)], (3,), "add()")
    return [lines("call", "total", curve("given", [1.0, 1.0, 1.0], given=True), curve("total", totals))]
'''
BOWL = '''
from grader.figures import heights

def slope(x):
    """Of the bowl."""
    return 2.0 * x

BOWL = heights(lambda x, y: x**2 + y**2, (-1.0, 1.0), (-1.0, 1.0), (0.1, 0.5), lines=5)
'''


@pytest.fixture
def course(toy_course):
    """The small course with figures of `walk` and none of `double`."""
    add(toy_course, "figures/walk.py", FIGURES)
    add(toy_course, "figures/_bowl.py", BOWL)
    return load_course(toy_course)


@pytest.fixture(scope="module")
def sandbox():
    opened = open_sandbox(Isolation.PARTIAL, Limits())
    yield opened
    opened.close()


@pytest.fixture
def drawn(sandbox):
    """The figures of a student's module, in a real worker: drawn(course, source)."""

    def draw(course, source, topic="walk"):
        limits = course.limits
        subject = Subject(module(topic, source), lambda: sandbox.open(limits), limits, Budget(limits.topic_seconds))
        try:
            return run(load(course, topic), subject)
        finally:
            control_of(subject).close()

    return draw


def test_figures_hold_the_numbers_of_the_subject(drawn, course):
    bowl, total = drawn(course, WALKS)
    assert (bowl.name, bowl.title, bowl.says) == ("way", "The way into a bowl", "It becomes slower.")
    assert bowl.panels[0].kind is Kind.PATHS
    assert bowl.panels[0].heights is not None
    [series] = bowl.panels[0].series
    assert series.x == pytest.approx([0.8**step for step in range(6)])
    assert [s.role for s in total.panels[0].series] == [Role.GIVEN, Role.STUDENT]
    assert total.panels[0].series[1].y == (3.0, 5.0, 7.0)


def test_figures_survive_json(drawn, course):
    figures = drawn(course, WALKS)
    assert msgspec.json.decode(msgspec.json.encode(figures), type=tuple[Figure, ...]) == figures


def test_topic_without_a_file_has_no_figures(course):
    assert load(course, "double") == ()
    assert reference_figures(course, "double") == ()
    assert run(load(course, "double"), None) == ()


@pytest.mark.parametrize(
    ("change", "result", "said"),
    [
        (("return np.array(points)", "raise NotImplementedError()"), Result.NOT_IMPLEMENTED, "is not written yet"),
        (("return np.array(points)", "return None"), Result.WRONG_TYPE, "walk() returned None (is a return missing?)"),
        (("return np.array(points)", "return np.array(points)[1:]"), Result.WRONG_SHAPE, "an array of shape (6, 2)"),
        (("return np.array(points)", "return 'points'"), Result.WRONG_TYPE, "walk() returned text"),
        (("return np.array(points)", "return points[0]['a']"), Result.EXCEPTION, "walk.py, line 8, in walk"),
        (("return np.array(points)", "while True: pass"), Result.TIMEOUT, "0.5"),
        (("import numpy as np", "import numpy as np, nothing"), Result.FORBIDDEN, "nothing"),
    ],
)
def test_failure_of_the_student_is_a_sentence_and_spares_the_other_figures(drawn, course, change, result, said):
    bowl, total = drawn(course, WALKS.replace(*change))
    assert (bowl.panels, bowl.result) == ((), result)
    assert said in bowl.problem
    assert "Traceback" not in bowl.problem
    assert not total.problem or change[0].startswith("import")


def test_answer_that_breaks_the_figure_file_is_a_sentence(drawn, course):
    _, total = drawn(course, WALKS.replace("return self.total", "return 'none'"))
    assert total.result is Result.WRONG_TYPE
    assert "add()" in total.problem


def test_what_is_not_finite_is_a_gap(drawn, course):
    _, total = drawn(course, WALKS.replace("return self.total", "return self.total if self.total < 4 else np.nan"))
    assert total.panels[0].series[1].y == (3.0, None, None)


def test_student_beside_the_reference(drawn, course):
    own = drawn(course, WALKS.replace("0.1 *", "0.2 *"))
    bowl, total = beside(own, reference_figures(course, "walk"))
    assert [series.role for series in bowl.panels[0].series] == [Role.STUDENT, Role.REFERENCE]
    assert bowl.panels[0].series[0].x[1] == pytest.approx(0.6)
    assert bowl.panels[0].series[1].x[1] == pytest.approx(0.8)
    assert [series.role for series in total.panels[0].series] == [Role.GIVEN, Role.STUDENT, Role.REFERENCE]


def test_what_is_kept_of_a_student_is_enough_beside_the_reference(drawn, course):
    own, reference = drawn(course, WALKS), reference_figures(course, "walk")
    kept = tuple(map(own_only, own))
    assert all(panel.heights is None for figure in kept for panel in figure.panels)
    assert beside(kept, reference) == beside(own, reference)


def test_failed_figure_shows_the_reference_and_the_problem(drawn, course):
    own = drawn(course, WALKS.replace("return np.array(points)", "return None"))
    bowl, _ = beside(own, reference_figures(course, "walk"))
    assert "None" in bowl.problem
    assert [series.role for series in bowl.panels[0].series] == [Role.REFERENCE]


def test_recorded_reference_is_read_where_there_is_no_solution(course):
    made = reference_figures(course, "walk")
    add(course.root, "figures/reference/walk.json", text("walk", made))
    (course.root / "solutions/walk.py").unlink()
    assert reference_figures(course, "walk") == made


@pytest.mark.parametrize(
    ("content", "said"), [("{", "cannot be read"), ('{"version": 9}', "format 9"), ('{"version": 1}', "is damaged")]
)
def test_damaged_recording_is_named(course, content, said):
    add(course.root, "figures/reference/walk.json", content)
    (course.root / "solutions/walk.py").unlink()
    with pytest.raises(CourseError, match=said):
        reference_figures(course, "walk")


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("def figure_x(student:", "cannot be read: SyntaxError"),
        ("import does_not_exist", "cannot be read: ModuleNotFoundError"),
        ("x = 1", "defines no function figure_"),
    ],
)
def test_broken_figure_file_is_named(course, file, said):
    add(course.root, "figures/walk.py", file)
    with pytest.raises(CourseError, match=said):
        load(course, "walk")


def test_figure_that_the_solution_does_not_give_is_named(course):
    add(course.root, "figures/walk.py", 'def figure_x(student):\n    """X."""\n    return student.dance()\n')
    with pytest.raises(CourseError, match="The figure x cannot be made of the solution: StudentError"):
        reference_figures(course, "walk")


def test_time_of_the_topic_bounds_all_figures(drawn, course):
    with_limits(course.root, call_seconds=0.3, topic_seconds=0.3)
    bowl, total = drawn(load_course(course.root), WALKS.replace("points = [x]", "while True: pass"))
    assert bowl.result is total.result is Result.TIMEOUT


def test_numbers_take_lists_and_refuse_other_things():
    assert numbers([1, 2.5], (2,), "f()").tolist() == [1.0, 2.5]
    assert numbers([np.array([1.0, 2.0])], (1, 2), "f()").tolist() == [[1.0, 2.0]]
    assert numbers(3, (), "f()") == 3.0
    for wrong in (None, "1", {}, [1, [2]], [object()], 1j, np.zeros(3), 10**400):
        with pytest.raises(MismatchError, match=r"f\(\) returned"):
            numbers(wrong, (2,), "f()")


def test_history_that_is_too_long_is_the_students_affair():
    assert numbers(np.zeros(MOST_NUMBERS), (None,), "f()").size == MOST_NUMBERS
    with pytest.raises(MismatchError):
        numbers(np.zeros(MOST_NUMBERS + 1), (None,), "f()")


def test_series_are_bounded():
    with pytest.raises(CourseError, match="more than"):
        curve("long", np.zeros(MOST_NUMBERS + 1))
    with pytest.raises(CourseError, match="series"):
        lines("x", "y", *[curve("one", [1.0])] * 13)


def test_histogram_counts_everything_that_is_finite():
    series = counts("mask", np.array([-5.0, 0.1, 0.2, 0.9, 7.0, np.nan]), [0.0, 0.5, 1.0])
    assert (series.x, series.y) == ((0.0, 0.5, 1.0), (3.0, 2.0))


def test_numbers_are_too_short_for_a_secret():
    series = curve("one", [1 / 3, 2e9 / 3], [np.pi, 4.0])
    assert (series.x, series.y) == ((3.14159, 4.0), (0.333333, 666667000.0))


def test_contour_has_a_row_for_each_y():
    grid = heights(lambda x, y: x + 10 * y, (0.0, 1.0), (0.0, 2.0), (1.0,), lines=3)
    assert grid.z[2] == (20.0, 20.5, 21.0)
    panel = paths(grid, "x", "y", way("w", np.array([[0.0, 1.0], [0.5, 2.0]])))
    assert (panel.series[0].x, panel.series[0].y) == ((0.0, 0.5), (1.0, 2.0))


def test_right_answers_of_another_topic_are_not_asked(drawn, course):
    figures = drawn(course, RIGHT)
    assert all("is not in walk.py" in figure.problem for figure in figures)


def test_way_of_another_topic_is_borrowed_from_its_reference(drawn, course):
    bowl = FIGURES.replace("lines, numbers", "borrow, lines, numbers").replace(
        '"walk()")))', '"walk()")), borrow("walk", "way", "walk", "the walk of walk"))'
    )
    add(
        course.root,
        "figures/double.py",
        bowl.replace("student.walk(slope, np.array([1.0, 0.5]), 5)", "np.zeros((6, 2))"),
    )
    add(
        course.root,
        "figures/double.py",
        (course.root / "figures/double.py").read_text().partition("def figure_total")[0],
    )
    made = reference_figures(course, "double")
    assert [(series.name, series.role) for series in made[0].panels[0].series] == [
        ("walk", Role.REFERENCE),
        ("the walk of walk", Role.REFERENCE),
    ]
    assert made[0].panels[0].series[1].x == reference_figures(course, "walk")[0].panels[0].series[0].x
    own = drawn(course, RIGHT, topic="double")
    assert [series.role for series in beside(own, made)[0].panels[0].series] == [Role.STUDENT, *[Role.REFERENCE] * 2]
    assert own_only(own[0]).panels[0].borrowed == ()


def test_borrowing_what_is_not_there_is_named(course):
    add(
        course.root,
        "figures/walk.py",
        FIGURES.replace("lines, numbers", "borrow, lines, numbers").replace(
            '"walk()")))', '"walk()")), borrow("double", "way", "walk", "x"))'
        ),
    )
    with pytest.raises(CourseError, match=r"borrows 'walk' of the figure way of double; there is none"):
        reference_figures(course, "walk")


def test_audit_names_figures_that_are_broken_or_belong_to_no_topic(course):
    add(course.root, "figures/walks.py", FIGURES)
    add(course.root, "figures/walk.py", "def figure_x(student):\n    return student.dance()\n")
    topic = course.topics[1]
    assert ["The figure x cannot be made" in breach.problem for breach in check_parts(course, topic)].count(True) == 1
    assert "figures/walks.py belongs to no topic" in [breach.problem for breach in check_strays(course)]


def test_audit_asks_for_a_title_and_what_to_look_at(course):
    add(course.root, "figures/walk.py", FIGURES)
    problems = [breach.problem for breach in check_parts(course, course.topics[1])]
    assert "the figure total has no title, or does not say what to look at" in problems
    assert not any("figure way" in problem for problem in problems)


# --- the real course


@pytest.mark.parametrize("topic", [topic.name for topic in REAL.topics])
def test_real_figures_are_made_of_the_solution_and_name_what_a_stub_lacks(topic, sandbox):
    made = reference_figures(REAL, topic)
    assert made
    stub = Module(topic=topic, filename=f"{topic}.py", source=stub_path(REAL, topic).read_bytes())
    limits = REAL.limits
    subject = Subject(stub, lambda: sandbox.open(limits), limits, Budget(limits.topic_seconds))
    found = run(load(REAL, topic), subject)
    control_of(subject).close()
    assert {figure.result for figure in found} == {Result.NOT_IMPLEMENTED}
    assert [figure.name for figure in found] == [figure.name for figure in made]
    for figure in made:
        assert figure.says
        values = [value for panel in figure.panels for series in panel.series for value in series.y]
        assert values
        assert None not in values
        assert len(msgspec.json.encode(figure)) < 40_000
        assert len(msgspec.json.encode(own_only(figure))) < 12_000


def test_a_length_that_cannot_be_drawn_is_the_students_failure_and_not_the_files():
    assert numbers(np.zeros(MOST_NUMBERS), (None,), "f()").shape == (MOST_NUMBERS,)
    with pytest.raises(MismatchError, match=r"f\(\) returned an array of shape \(1001,\)"):
        numbers(np.zeros(MOST_NUMBERS + 1), (None,), "f()")
    with pytest.raises(MismatchError, match=r"f\(\) returned"):
        numbers([0.0] * 5000, (None,), "f()")


def test_every_name_of_a_real_figure_has_a_chinese_one():
    with speaking("zh_CN"):
        shown = {
            topic: [figure_in_language(REAL, topic, figure) for figure in reference_figures(REAL, topic)]
            for topic in ("gradient_descent", "chain_rule", "early_stopping")
        }
    names = {topic: [s.name for f in figures for p in f.panels for s in p.series] for topic, figures in shown.items()}
    assert {"学习率 0.05", "全部 8 行", "最小值点"} <= set(names["gradient_descent"])
    assert "sin，实测" in names["chain_rule"]
    assert "patience 6，最佳" in names["early_stopping"]
    assert reference_figures(REAL, "chain_rule")[0].panels[0].series[0].name == "sin, measured"
