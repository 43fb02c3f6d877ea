"""Figures as pictures and in the terminal, drawn by the real Matplotlib and Plotext."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from rich.cells import cell_len
from rich.text import Text

from grader.figure import Figure, Panel, Role, Series
from grader.figures import counts, curve, heights, histogram, lines, paths, picture, way
from grader.figures.frame import frame_of
from grader.figures.terminal import drawing
from grader.figures.ticks import ticks

X = np.linspace(0.0, 10.0, 30)
BOWL = heights(lambda x, y: x**2 + y**2, (-1.0, 1.0), (-1.0, 1.0), (0.1, 0.5), lines=21)
WAY = np.array([[-0.9, 0.8], [-0.5, 0.3], [0.0, 0.0]])


def by(role, series):
    return Series(name=series.name, x=series.x, y=series.y, role=role)


def both(mine, ours):
    return by(Role.STUDENT, mine), by(Role.REFERENCE, ours)


PANELS = {
    "lines": lines("x", "y", curve("given", X, X, given=True), *both(curve("f", X + 1, X), curve("f", X + 2, X))),
    "logarithms": lines("x", "y", *both(curve("f", X - 1, X), curve("f", np.exp(X), X)), log_y=True),
    "paths": paths(
        BOWL, "w₁", "w₂", curve("minimum", [0.0], [0.0], given=True), *both(way("w", WAY), way("w", WAY + 0.1))
    ),
    "histogram": histogram(
        "x", "n", *both(counts("m", X, np.linspace(0, 10, 6)), counts("m", X / 2, np.linspace(0, 10, 6)))
    ),
    "several": lines("x", "y", *both(curve("f", X, X), curve("f", X, X)), *both(curve("g", -X, X), curve("g", -X, X))),
    "gaps": lines("x", "y", *both(curve("f", [1.0, np.nan, 3.0, np.inf]), curve("f", [1.0, 2.0, 3.0, 4.0]))),
    "nothing finite": lines("x", "y", *both(curve("f", [np.nan] * 3), curve("f", [np.nan] * 3))),
    "one level": lines("x", "y", *both(curve("f", [2.0] * 3), curve("f", [2.0] * 3))),
    "marks": lines(
        "x", "y", *both(curve("a", [1.0], [3.0]), curve("a", [2.0], [4.0])), by(Role.STUDENT, curve("b", [2.0], [1.0]))
    ),
    "empty": lines("x", "y", *both(curve("f", []), curve("f", []))),
    "huge": lines("x", "y", *both(curve("f", [1e300, -1e300, 1e308]), curve("f", [0.0, 1.0, 2.0]))),
}


def figure_of(panel: Panel, **more) -> Figure:
    return Figure(name="it", title="A title", says="Look at it.", panels=(panel,), **more)


def texts(svg):
    return [
        "".join(element.itertext()).strip() for element in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_every_panel_becomes_an_svg_with_text_that_can_be_read(panel):
    svg = picture.svg([figure_of(panel)])
    shown = texts(svg)
    assert {"A title", panel.x_label, panel.y_label} <= set(shown)
    assert any("reference" in text for text in shown)
    assert svg == picture.svg([figure_of(panel)])
    assert len(svg) < 60_000


def test_svg_holds_no_date_no_version_and_no_long_number():
    svg = picture.svg([figure_of(PANELS["paths"])]).decode()
    assert not re.search(r"dc:date|Matplotlib v|20\d\d-", svg)
    assert not re.search(r'(d|x|y|transform)="[^"]*\.\d{3}', svg)


def test_small_numbers_of_the_axes_are_not_rounded():
    panel = lines("x", "y", curve("f", [0.0, 0.0005, 0.001]))
    assert "0.0002" in texts(picture.svg([figure_of(panel)]))


def test_reference_is_dashed_beside_the_student_and_solid_alone():
    svg = picture.svg([figure_of(PANELS["lines"])]).decode()
    assert svg.count("stroke-dasharray") == 2  # the line, and its entry in the legend
    alone = lines("x", "y", by(Role.REFERENCE, curve("f", X)))
    assert "stroke-dasharray" not in picture.svg([figure_of(alone)]).decode()


def test_png_has_every_figure_and_says_what_is_missing():
    one = picture.png([figure_of(PANELS["lines"])])
    assert one.startswith(b"\x89PNG\r\n")
    failed = figure_of(PANELS["lines"], problem="walk() is not written yet.\nMore.")
    assert "Your run is not in it: walk() is not written yet." in " ".join(texts(picture.svg([failed])))
    two = picture.png([figure_of(PANELS["lines"]), Figure(name="none", title="No panels", problem="It failed.")])
    assert len(two) > len(one)


def test_hostile_message_is_drawn_as_it_reads():
    failed = figure_of(PANELS["lines"], problem="ValueError: $\\frac{$ \x1b[2J \ud800 <b>&amp; \x00end\nmore")
    shown = " ".join(" ".join(texts(picture.svg([failed]))).split())
    assert "ValueError: $\\frac{$ [2J <b>&amp; end" in shown
    assert picture.png([failed]).startswith(b"\x89PNG")


def test_picture_leaves_the_settings_of_others_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    picture.svg([figure_of(PANELS["lines"])])
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("width", [40, 80, 100])
@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_every_panel_fits_into_a_terminal(panel, width):
    drawn = drawing(panel, width, 16, unicode=True)
    plain = [Text.from_ansi(line).plain for line in drawn.lines]
    assert len(plain) == 16
    assert all(cell_len(line) <= width for line in plain)
    assert plain[0].strip().startswith("┌")
    words = [key.text for key in drawn.legend]
    assert {"yours", "reference"} <= set(words)
    assert ("1" in [key.mark for key in drawn.legend]) == (
        len({s.name for s in panel.series if s.role is not Role.GIVEN}) > 1
    )


def test_terminal_without_unicode_is_drawn_in_ascii():
    for panel in PANELS.values():
        drawn = drawing(panel, 60, 14, unicode=False)
        assert all(line.isascii() for line in drawn.lines)
        assert all(key.mark.isascii() for key in drawn.legend)


def test_student_and_reference_are_told_apart_without_colours():
    drawn = "\n".join(Text.from_ansi(line).plain for line in drawing(PANELS["lines"], 60, 16, unicode=True).lines)
    assert "•" in drawn
    assert re.search("[⠁-⣿]", drawn)


def test_run_that_leaves_the_frame_does_not_flatten_the_reference():
    frame = frame_of(PANELS["huge"])
    assert frame.cut
    assert frame.y[0] == pytest.approx(-2.3)
    assert frame.y[1] == pytest.approx(4.3)
    assert not frame_of(PANELS["lines"]).cut
    assert drawing(PANELS["huge"], 60, 12, unicode=True).cut
    assert "Your run leaves the picture." in " ".join(texts(picture.svg([figure_of(PANELS["huge"])])))


@pytest.mark.parametrize(
    ("low", "high", "most", "expected"),
    [
        (0.0, 1.0, 5, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-2.0, 0.6, 7, [-2.0, -1.5, -1.0, -0.5, 0.0, 0.5]),
        (0.0, 2.3e-7, 3, [0.0, 1e-7, 2e-7]),
        (1e300, 3e300, 2, [1e300, 2e300, 3e300]),
    ],
)
def test_ticks_are_round(low, high, most, expected):
    assert ticks(low, high, most) == pytest.approx(expected)


def test_chinese_text_stands_in_the_svg_and_png_knows_whether_it_can_show_it(caplog, recwarn):
    chinese = Figure(name="it", title="亚当的路径", panels=(lines("步", "学习率", curve("速率", X)),))
    assert {"亚当的路径", "步", "学习率"} <= set(texts(picture.svg([chinese])))
    assert picture.png([chinese]).startswith(b"\x89PNG")
    assert not picture.lacks_font([figure_of(PANELS["lines"])])
    assert picture.lacks_font([chinese]) == (not picture._chinese_fonts())
    assert not caplog.records
    assert not recwarn.list
