"""The report in a real Chromium: it loads, sorts, filters, escapes, and everybody can use it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from browser import complaints, open_browser, show, texts
from classes import RIGHT, TOPICS, E, N, P, U, W, student
from msgspec.structs import replace

from grader.figure import Figure, Role
from grader.figures import curve, heights, histogram, lines, paths, way
from grader.model import Grade
from grader.report.html.drawn import FigureView, views_of
from grader.report.html.site import write_report

NAMES = "#students ~ .scroll tbody th"
STATUS = "[role=status]"
HOSTILE = '<img src=x onerror="window.pwned=1">"><script>window.pwned=1</script>'
PAGES = ("index.html", "tests.html", "mistakes.html", "students/bob.html")


@pytest.fixture(scope="module")
def browser(tmp_path_factory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Sixteen students with every kind of fate."""
    spoilt = {"message": f"It was {HOSTILE}", "mistake": f"three {HOSTILE}", "hint": f"How {HOSTILE}?"}
    grades = [
        student("ada", *RIGHT),
        student("bob", (P, W, W), (U, U), message="Off by 2.4.", mistake="three times x", hint="How often?"),
        student("cleo", None, None),
        student("dan", (E, E, E), (P, W), message="SyntaxError: invalid syntax"),
        student("Émile", (U, U, U), (U, U)),
        student("fay", (N, N, N), (P, P), message="/course/tests is broken"),
        student(HOSTILE, (W, P, P), (P, W), **spoilt),
        student("s10", (P, P, W), (P, P)),
        student("s9", (P, P, W), (W, P)),
        *(student(f"zoe{number}", *RIGHT) for number in range(7)),
    ]
    folder = tmp_path_factory.mktemp("site") / "report"
    title, when = f"Course of {HOSTILE}", "2026-11-22T12:00:00+00:00"
    write_report(grades, TOPICS, title, folder, written_at=when, drawn=drawn)
    return folder


def drawn(grade: Grade) -> dict[str, tuple[FigureView, ...]]:
    """Every kind of picture, with every kind of number."""
    bowl = heights(lambda x, y: x**2 + y**2, (-1.0, 1.0), (-1.0, 1.0), (0.1, 0.5))
    losses = [1.0, 0.5, None, 1e308] if grade.student_id == "bob" else [1.0, 0.5, 0.3, 0.1]
    ours = (
        paths(bowl, "w₁", "w₂", way("Walk", np.array([[1.0, 0.5], [0.2, 0.1]])), title=f"Title {HOSTILE}"),
        lines("step", "loss", curve("a", [1.0, 0.5, 0.3, 0.1]), curve("b", [2.0, 1.0, 0.6, 0.2]), log_y=True),
        histogram("value", "how many", curve("units", [4.0, 2.0], [0.0, 1.0, 2.0])),
    )
    spoilt = lines("step", "loss", curve("a", [value or math.nan for value in losses]), curve("b", losses[:1]))
    theirs = (ours[0], replace(spoilt, log_y=True), ours[2])
    reference = [replace(one, series=tuple(replace(each, role=Role.REFERENCE) for each in one.series)) for one in ours]
    figures = [
        Figure(name="one", title=f"One {HOSTILE}", says=HOSTILE, panels=panels) for panels in (theirs, reference)
    ]
    return {"double": views_of(figures[:1], figures[1:])}


@pytest.fixture(scope="module")
def large_site(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "report"
    grades = (student(f"s{number}", (P, P, W) if number % 3 else (P, P, P), (P, P)) for number in range(1200))
    write_report(grades, TOPICS, "A large course", folder, written_at="2026-11-22T12:00:00+00:00")
    return folder


def press(browser: Any, head: str) -> None:
    """Sort the table of students by a column, by its name."""
    browser.execute_script(
        "[...document.querySelectorAll('.marks thead button')].find(b => b.textContent === arguments[0]).click()", head
    )


def find(browser: Any, text: str) -> None:
    """Type into the field above the table."""
    box = browser.find_element("css selector", "[data-search]")
    box.clear()
    box.send_keys(text or " ")


def sorted_by(browser: Any) -> list[tuple[str, str]]:
    heads = browser.find_elements("css selector", ".marks thead th[aria-sort]")
    return [(head.text, head.get_attribute("aria-sort")) for head in heads]


def test_pictures_are_seen_and_say_what_they_show(browser, site):
    show(browser, site / "students/bob.html")
    [figure] = browser.find_elements("css selector", "figure")
    pictures = figure.find_elements("css selector", "[role=img]")
    assert len(pictures) == 3
    assert all(picture.is_displayed() and picture.size["height"] > 100 for picture in pictures)
    assert "yours: 2 points from (1, 0.5) to (0.2, 0.1)" in pictures[0].get_attribute("aria-label")
    assert "a, yours: 3 points" in pictures[1].get_attribute("aria-label")
    assert HOSTILE in figure.text


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_without_a_complaint(browser, site, name):
    complaints(browser)
    show(browser, site / name)
    assert complaints(browser) == []
    assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0


def test_class_shows_every_student(browser, site):
    show(browser, site / "index.html")
    assert len(texts(browser, NAMES)) == 16
    assert {"ada", "cleo", "Émile", "fay", HOSTILE} <= set(texts(browser, NAMES))
    assert texts(browser, STATUS) == ["16 students"]


def test_hostile_text_is_shown_and_never_run(browser, site):
    for file in site.rglob("*.html"):
        complaints(browser)
        show(browser, file)
        assert browser.execute_script("return window.pwned") is None
        assert browser.execute_script("return document.images.length + document.scripts.length") <= 1
        assert complaints(browser) == []
    show(browser, site / "mistakes.html")
    assert any(HOSTILE in text for text in texts(browser, "tbody th"))


def test_page_may_not_load_or_run_anything_else(browser, site):
    """Even if something were not escaped."""
    show(browser, site / "index.html")
    browser.execute_script(
        """window.refused = [];
        addEventListener('securitypolicyviolation', event => window.refused.push(event.effectiveDirective));
        document.body.insertAdjacentHTML('beforeend', '<img src="x.png" onerror="window.pwned=1">');
        const script = document.createElement('script'); script.textContent = 'window.pwned=1';
        document.body.append(script);
        fetch('https://example.invalid/').catch(() => {});"""
    )
    refused = browser.execute_async_script("setTimeout(arguments[0], 200, window.refused)") or browser.execute_script(
        "return window.refused"
    )
    assert {"img-src", "connect-src"} <= set(refused)
    assert any(directive.startswith("script-src") for directive in refused)
    assert browser.execute_script("return window.pwned") is None
    complaints(browser)


def test_clicks_sort_numbers_as_numbers(browser, site):
    show(browser, site / "index.html")
    press(browser, "Total")
    assert sorted_by(browser) == [("Total", "ascending")]
    assert texts(browser, NAMES)[:4] == ["fay", "cleo", "Émile", "bob"]  # not graded, missing, zero, two points
    press(browser, "Total")
    assert sorted_by(browser) == [("Total", "descending")]
    assert texts(browser, NAMES)[:2] == ["ada", "zoe0"]


def test_names_are_sorted_as_people_do(browser, site):
    show(browser, site / "index.html")
    press(browser, "Student")
    names = [name for name in texts(browser, NAMES) if name != HOSTILE]
    assert names[:9] == ["ada", "bob", "cleo", "dan", "Émile", "fay", "s9", "s10", "zoe0"]


def test_keyboard_alone_sorts(browser, site):
    from selenium.webdriver.common.keys import Keys

    show(browser, site / "index.html")
    find(browser, "")
    for _ in range(20):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        if browser.switch_to.active_element.text == "Doubling":
            break
    button = browser.switch_to.active_element
    assert button.tag_name == "button"
    assert float(button.value_of_css_property("outline-width").removesuffix("px")) >= 2
    button.send_keys(Keys.ENTER)
    assert sorted_by(browser) == [("Doubling", "ascending")]
    browser.switch_to.active_element.send_keys(Keys.SPACE)
    assert sorted_by(browser) == [("Doubling", "descending")]


def test_typing_filters_and_says_how_many(browser, site):
    show(browser, site / "index.html")
    find(browser, "ÉMI")
    assert texts(browser, NAMES) == ["Émile"]
    assert texts(browser, STATUS) == ["1 of 16 students"]
    find(browser, "<img")
    assert texts(browser, NAMES) == [HOSTILE]
    find(browser, "nobody at all")
    assert texts(browser, NAMES) == []
    find(browser, "")
    assert texts(browser, STATUS) == ["16 students"]


@pytest.mark.parametrize(
    ("choice", "names"),
    [
        ("something not graded", ["fay"]),
        ("something missing", ["cleo"]),
        ("handed in nothing", ["cleo"]),
        ("below half of the points", ["bob", "dan", "Émile"]),
        ("everything right", ["ada", *(f"zoe{number}" for number in range(7))]),
    ],
)
def test_choice_narrows_the_class(browser, site, choice, names):
    from selenium.webdriver.support.ui import Select

    show(browser, site / "index.html")
    Select(browser.find_element("css selector", "[data-pick]")).select_by_visible_text(choice)
    assert texts(browser, NAMES) == names


def test_tests_can_be_narrowed_to_those_that_nobody_passes(browser, site):
    from selenium.webdriver.support.ui import Select

    show(browser, site / "tests.html")
    everything = len(texts(browser, "tbody tr"))
    Select(browser.find_elements("css selector", "[data-pick]")[1]).select_by_visible_text("everybody passes")
    assert everything == 5
    assert len(texts(browser, "tbody tr")) == len(texts(browser, ".note"))


def test_a_name_leads_to_the_page_of_the_student(browser, site):
    show(browser, site / "index.html")
    browser.find_element("link text", "bob").click()
    assert texts(browser, "h1") == ["bob"]
    shown = browser.find_element("tag name", "main").text
    assert "These are the numbers of three times x." in shown
    assert "Hint: How often?" in shown
    assert "ada" not in browser.find_element("tag name", "body").text


def test_every_link_leads_somewhere(browser, site):
    for file in site.rglob("*.html"):
        show(browser, file)
        targets = browser.execute_script("return [...document.links].map(link => link.href)")
        here = file.as_uri()
        for target in targets:
            path, _, anchor = target.partition("#")
            assert Path(unquote(path.removeprefix("file://"))).is_file()
            if path == here and anchor:
                assert texts(browser, f"[id='{anchor}']")


def test_large_class_is_shown_in_steps_and_nobody_is_left_out(browser, large_site):
    show(browser, large_site / "index.html")
    assert len(texts(browser, NAMES)) == 500
    assert texts(browser, STATUS) == ["1,200 students, the first 500 shown"]
    for label in ("Show 500 more", "Show 200 more"):
        more = browser.find_element("css selector", "[data-more]")
        assert more.text == label
        more.click()
    assert len(set(texts(browser, NAMES))) == 1200
    assert not more.is_displayed()
    find(browser, "s1199")
    assert texts(browser, NAMES) == ["s1199"]


def test_without_scripts_every_student_is_there(browser, large_site):
    show(browser, large_site / "index.html", scripts=False)
    snapshot = browser.execute_cdp_cmd("DOMSnapshot.captureSnapshot", {"computedStyles": []})
    laid_out = {snapshot["strings"][place] for place in snapshot["documents"][0]["layout"]["text"] if place >= 0}
    assert {f"s{number}" for number in range(1200)} <= laid_out


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone(browser, site, name):
    show(browser, site / name, width=360)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 360
    small = browser.execute_script(
        """return [...document.querySelectorAll('main *')].filter(each => each.childElementCount === 0
        && each.textContent.trim() && parseFloat(getComputedStyle(each).fontSize) < 12).map(each => each.outerHTML)"""
    )
    assert small == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible(browser, site, name, width, dark):
    axe = pytest.importorskip("axe_core_python.selenium", reason="needs axe: pip install 'deepgrade[dev]'").Axe()
    show(browser, site / name, width=width, dark=dark)
    browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = axe.run(browser, options={"resultTypes": ["violations", "incomplete"]})
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 10


@pytest.mark.parametrize("name", PAGES)
def test_dark_mode_is_dark(browser, site, name):
    lightness = []
    for dark in (False, True):
        show(browser, site / name, dark=dark)
        colour = browser.find_element("tag name", "body").value_of_css_property("background-color")
        lightness.append(sum(map(int, re.findall(r"\d+", colour)[:3])))
    assert lightness[0] > 600
    assert lightness[1] < 150
