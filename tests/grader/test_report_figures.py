"""Figures on a student's page: drawn by the student's module, kept as numbers, laid beside the reference."""

from __future__ import annotations

import math
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from grading import WALKS, add
from msgspec.structs import replace
from test_figures import BOWL, FIGURES

from grader.figure import Figure, Role
from grader.figures import curve, heights, histogram, lines, paths, way
from grader.report.html.drawn import views_of

HUGE = WALKS.replace("return np.array(points)", "return np.full((steps + 1, 2), 1e308) * [1.0, -1.0]")
NOT_FINITE = WALKS.replace(
    "return np.array(points)",
    "return np.array([[np.nan, 1.0], [np.inf, 2.0], *points[2:-2], [0.0, -np.inf], [1.0, 1.0]])",
)
NESTED = WALKS.replace("return np.array(points)", "return [[points, {'<script>': points}]]")
MARKUP = WALKS.replace("return np.array(points)", "raise ValueError('<script>alert(1)</script>')")
LARGE = WALKS.replace("return np.array(points)", "return np.zeros((900_000, 2))")
WRONG = WALKS.replace("0.1", "0.3")


@pytest.fixture
def report(toy_course: Path, hand_in: Any, grade_command: Any, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Grade a class, write the report, read the pages."""
    add(toy_course, "figures/walk.py", FIGURES)
    add(toy_course, "figures/_bowl.py", BOWL)

    def run(*options: str, **walks: str) -> dict[str, str]:
        for student, source in walks.items():
            folder = tmp_path / "submissions" / student
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "walk.py").write_text(source)
        common = ("--gradebook", "g.db", "--course", toy_course)
        done = grade_command("batch", "submissions", *common, *options)
        assert done.returncode == 0, done.stderr
        done = grade_command("report", "report", *common)
        assert done.returncode == 0, done.stderr
        return {page.stem: page.read_text() for page in (tmp_path / "report/students").iterdir()}

    return run


def kept(path: Path) -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT student_id, topic, figures FROM figures").fetchall()
    return {(student, topic): figures for student, topic, figures in rows}


def test_page_shows_what_the_module_drew_beside_the_reference(report, tmp_path):
    pages = report("--figures", ada=WALKS, bob=WRONG)
    assert set(kept(tmp_path / "g.db")) == {("ada", "walk"), ("bob", "walk")}
    for page in pages.values():
        assert page.count("<figure>") == 2
        assert page.count('class="level"') == 1
        assert "The way into a bowl" in page
    assert pages["ada"].count("Your numbers are those of the reference.") == 2
    assert "Yours leaves the reference after step 1." in pages["bob"]
    assert "Your numbers are those of the reference." in pages["bob"]  # of the counter
    assert "yours: 6 points from (1, 0.5) to" in pages["bob"]


def test_without_the_option_nothing_is_drawn(report, tmp_path):
    assert "<figure>" not in report(ada=WALKS)["ada"]
    assert kept(tmp_path / "g.db") == {}


def test_figures_are_drawn_later_and_only_once(report, tmp_path):
    report(ada=WALKS)
    assert "<figure>" in report("--figures")["ada"]
    with closing(sqlite3.connect(tmp_path / "g.db")) as connection, connection:
        connection.execute("UPDATE figures SET figures = '[]'")
    report("--figures")
    assert set(kept(tmp_path / "g.db").values()) == {"[]"}


def test_figures_of_an_older_module_are_not_shown(report):
    assert "<figure>" in report("--figures", ada=WALKS)["ada"]
    assert "<figure>" not in report(ada=WRONG)["ada"]
    assert "Yours leaves the reference after step 1." in report("--figures")["ada"]


def test_hostile_numbers_break_neither_the_page_nor_another(report, tmp_path):
    hostile = {"huge": HUGE, "inf": NOT_FINITE, "nested": NESTED, "markup": MARKUP, "large": LARGE}
    pages = report("--figures", ada=WALKS, **hostile)
    assert set(pages) == {"ada", *hostile}
    assert pages["ada"].count("Your numbers are those of the reference.") == 2
    for name, page in pages.items():
        assert len(page) < 100_000
        assert "<script" not in page
        for drawn in re.findall(r'(?:\bd|cx|cy|x|y)="([^"]*)"', page):
            assert all(abs(float(number)) < 2_000 for number in re.findall(r"-?\d[\d.e+]*", drawn)), (name, drawn)
            assert not re.search("nan|inf", drawn)
    assert "It also leaves the picture." in pages["huge"]
    assert pages["huge"].count("<figure>") == pages["inf"].count("<figure>") == 2
    assert (
        pages["nested"].count("<figure>") == pages["large"].count("<figure>") == pages["markup"].count("<figure>") == 1
    )
    assert max(map(len, kept(tmp_path / "g.db").values())) < 2_000


def test_gradebook_with_a_spoilt_figure_says_so(report, grade_command, toy_course, tmp_path):
    report("--figures", ada=WALKS)
    with closing(sqlite3.connect(tmp_path / "g.db")) as connection, connection:
        connection.execute("UPDATE figures SET figures = '[{'")
    done = grade_command("report", "report", "--gradebook", "g.db", "--course", toy_course)
    assert done.returncode == 1
    assert "has a figure of ada that cannot be read" in done.stderr
    assert (tmp_path / "report/students/ada.html").exists()  # the report that was there before


# --- shapes and words

X = np.linspace(0.0, 3.0, 4)


def reference(panel: Any) -> Figure:
    series = tuple(replace(one, role=Role.REFERENCE) if one.role is Role.STUDENT else one for one in panel.series)
    return Figure(name="one", title="One", panels=(replace(panel, series=series),))


def seen(own: Any, ours: Any) -> Any:
    [view] = views_of([Figure(name="one", title="One", panels=(own,))], [reference(ours)])
    return view


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (X, "Your numbers are those of the reference."),
        (X + 1e-4, "Your numbers are those of the reference."),  # nobody sees it
        ([0.0, 1.0, 2.5, 3.0], "Yours leaves the reference from step 2 on."),
        ([1.0, 1.0, 2.0, 3.0], "Yours leaves the reference from the start."),
        ([0.0, 1.0, math.nan, 3.0], "Yours leaves the reference from step 2 on."),
        ([0.0, 1.0, 2.0, 300.0], "Yours leaves the reference from step 3 on. It also leaves the picture."),
    ],
)
def test_verdict_says_where_the_lines_part(values, says):
    assert seen(lines("step", "loss", curve("loss", values)), lines("step", "loss", curve("loss", X))).verdict == says


def test_verdict_names_the_line_where_there_are_several():
    own = lines("step", "loss", curve("a", X), curve("b", X * 2), curve("c", X * 3))
    ours = lines("step", "loss", curve("a", X), curve("b", X), curve("c", X))
    found = seen(own, ours)
    assert found.verdict == "Yours of b leaves the reference from step 1 on, and 1 more. It also leaves the picture."
    assert [(entry.style, entry.says) for entry in found.plots[0].legend] == [
        ("own k0", "a"),
        ("own k1", "b"),
        ("own k2", "c"),
        ("own", "yours"),
        ("ref", "reference"),
    ]


def test_a_line_on_a_log_axis_has_gaps_where_there_is_no_place():
    panel = lines("step", "loss", curve("loss", [1.0, 0.1, 0.0, -1.0]), log_y=True)
    [plot] = seen(panel, lines("step", "loss", curve("loss", [1.0, 0.1, 0.01, 0.001]), log_y=True)).plots
    assert [mark.text for mark in plot.y_marks] == ["0.001", "0.01", "0.1", "1"]
    assert all(abs(shape.y) < 2000 for shape in plot.shapes)


def test_contour_lines_lie_where_the_function_has_that_height():
    bowl = heights(lambda x, y: x**2 + y**2, (-1.0, 1.0), (-1.0, 1.0), (0.25,), lines=41)
    panel = paths(bowl, "x", "y", way("w", np.zeros((2, 2))))
    [plot] = seen(panel, panel).plots
    points = [tuple(map(float, pair.split())) for pair in re.findall(r"[-\d.]+ [-\d.]+", plot.levels)]
    assert len(points) > 20
    for x, y in points:
        assert math.hypot(x / 150 - 1, y / 100 - 1) == pytest.approx(0.5, abs=0.01)


def test_distribution_is_drawn_from_its_foot():
    panel = histogram("value", "how many", curve("units", [4.0, 2.0], [0.0, 1.0, 2.0]))
    [plot] = seen(panel, panel).plots
    assert plot.shapes[0].style == "own k0 area"
    assert plot.shapes[0].path.count("Z") == 2


def test_figure_that_the_reference_does_not_have_is_left_out():
    panel = lines("step", "loss", curve("loss", X))
    assert views_of([Figure(name="other", title="Other", panels=(panel,))], [reference(panel)]) == ()
