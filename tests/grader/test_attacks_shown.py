"""What staff and students see of a class full of hostile submissions: pages in a browser, every export, a terminal."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from attack_run import POINTS, Graded
from browser import complaints, open_browser, show
from terminals import on_a_terminal

# Of Rich: colours, the cursor hidden and shown, a line cleared, the line above. Nothing else may move a terminal.
OURS = re.compile(r"\x1b\[(?:[0-9;]*m|\?25[lh]|[0-9]*K|[0-9]*A)")
MARKUP = re.compile(r"<(?:script>|img src=x)")
"""What the attacks print, in their names and their exceptions, as a browser would take it."""
FORMULA = re.compile(r"[=+@-]")
LMS = {
    "canvas": "Student,ID,SIS User ID,SIS Login ID,Section,Homework 1 (4711)\r\n    Points Possible,,,,,7\r\n",
    "moodle": "Identifier,Full name,ID number,Grade,Maximum Grade\r\n",
    "blackboard": "Last Name,First Name,Username,Student ID,Homework 1 [Total Pts: 7 Score] |1281892\r\n",
    "brightspace": "OrgDefinedId,Homework 1 Points Grade <Numeric MaxPoints:7 Weight:5>,End-of-Line Indicator\r\n",
    "sakai": "Student ID,Student Name,Homework 1 [7]\r\n",
}
ROWS = {
    "canvas": ("x", "", "{}", "", "", ""),
    "moodle": ("", "x", "{}", "", "7"),
    "blackboard": ("x", "x", "", "{}", ""),
    "brightspace": ("{}", "", "#"),
    "sakai": ("{}", "x", ""),
}


FIGURES = {
    "double": """
def figure_double(student):
    \"\"\"A line.\"\"\"
    return lines("x", "y", curve("double", numbers(student.double(np.linspace(-1.0, 1.0, 5)), (None,), "double()")))
""",
    "walk": """
def figure_walk(student):
    \"\"\"A walk.\"\"\"
    return lines("step", "x", curve("walk", numbers(student.walk(lambda x: x, 3.0, 5), (None,), "walk()")))
""",
}


@pytest.fixture(scope="module")
def site(graded: Graded, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`grade report` of the class, with what everybody's code draws."""
    for topic, text in FIGURES.items():
        path = graded.places.course / "figures" / f"{topic}.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"import numpy as np\nfrom grader.figures import curve, lines, numbers\n{text}")
    drawn = graded.run("batch", graded.places.submissions, "--gradebook", graded.places.gradebook, "--figures")
    assert drawn.returncode == 0, drawn.stderr
    check_text(drawn.stdout + drawn.stderr, graded)
    folder = tmp_path_factory.mktemp("shown") / "report"
    done = graded.run("report", folder, "--gradebook", graded.places.gradebook)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with open_browser(tmp_path_factory.mktemp("profile")) as opened:
        yield opened


def check_text(text: str, graded: Graded, *, ends: str = "\n") -> None:
    """No secret is in it, and nothing that a terminal would obey."""
    assert graded.secret not in text
    assert graded.secret[7:] not in text
    assert [sign for sign in text if not sign.isprintable() and sign not in ends] == []


def filled(graded: Graded, system: str, folder: Path) -> tuple[list[list[str]], list[list[str]], str]:
    """The rows of the file that a system has given, those of the file that comes back, and what was said."""
    rows = io.StringIO(newline="")
    writer = csv.writer(rows)
    for student in graded.rows:
        if not FORMULA.match(student) and "ü" not in unicodedata.normalize("NFC", student):  # the latter is there twice
            writer.writerow([cell.format(student) if cell == "{}" else cell for cell in ROWS[system]])
    (folder / "given.csv").write_bytes((LMS[system] + rows.getvalue()).encode())
    out = folder / "filled.csv"
    done = graded.run(
        "export", system, "--gradebook", graded.places.gradebook, "--into", folder / "given.csv", "-o", out
    )
    assert done.returncode in (0, 1), done.stderr
    before, after = (list(csv.reader(io.StringIO(path.read_bytes().decode()))) for path in (folder / "given.csv", out))
    return before, after, done.stdout + done.stderr


def test_pages_hold_no_secret_and_no_markup_of_a_student(graded: Graded, site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) == len(graded.rows) + 3
    for page in pages:
        text = page.read_text("utf-8")
        check_text(text, graded)
        scripts = text.count("<script")
        assert scripts <= 1, page
        assert not MARKUP.search(text.replace("<script>", "", scripts)), page
        check_text(page.name, graded)
    assert "<figure>" in (site / "students" / "control-m-right.html").read_text("utf-8")
    assert any("&lt;script&gt;" in page.read_text("utf-8") for page in pages)  # or nothing hostile was ever shown


def test_pages_in_a_browser_run_nothing_and_complain_of_nothing(graded: Graded, site: Path, browser: Any) -> None:
    pages = sorted(site.rglob("*.html"))
    hostile = [page for page in pages if page.parent == site or "=" in page.name or "&lt;" in page.read_text("utf-8")]
    assert len(hostile) > 15
    for page in hostile:
        show(browser, page)  # an alert would be an exception here, and everywhere after
        assert browser.execute_script("return document.scripts.length + document.images.length") <= 1, page
        assert browser.execute_script("return document.querySelectorAll('[onerror], iframe, object').length") == 0
        assert browser.execute_script("return performance.getEntriesByType('resource').length") == 0
        assert complaints(browser) == [], page


@pytest.mark.parametrize("system", LMS)
def test_lms_files_get_scores_and_nothing_else(graded: Graded, system: str, tmp_path: Path) -> None:
    before, after, said = filled(graded, system, tmp_path)
    check_text(said, graded)
    assert len(before) == len(after) > 150
    changed = [(old, new) for was, now in zip(before, after, strict=True) for old, new in zip(was, now, strict=True)]
    changed = [(old, new) for old, new in changed if old != new]
    assert len(changed) > 100
    assert {old for old, _ in changed} == {""}
    assert all(re.fullmatch(r"[0-7](\.\d+)?", new) for _, new in changed)
    students = {row[ROWS[system].index("{}")]: row for row in after if len(row) == len(ROWS[system])}
    assert "7" in students["control-m-right"]
    assert "0" in students["control-m-stub"]


def test_an_lms_file_with_a_formula_for_an_id_is_refused(graded: Graded, tmp_path: Path) -> None:
    (given := tmp_path / "given.csv").write_text(f"{LMS['sakai']}=1+1,x,\n".replace("\r", ""))
    done = graded.run(
        "export", "sakai", "--gradebook", graded.places.gradebook, "--into", given, "-o", tmp_path / "out"
    )
    assert done.returncode == 2
    assert "the Student ID '=1+1' starts a formula" in done.stderr
    assert not (tmp_path / "out").exists()


def test_json_and_gradescope_hold_no_secret(graded: Graded, tmp_path: Path) -> None:
    done = graded.run("export", "json", "--gradebook", graded.places.gradebook, "-o", "-")
    assert done.returncode == 0, done.stderr
    check_text(done.stdout, graded)
    assert len(json.loads(done.stdout)["students"]) == len(graded.rows)
    assert "\\u202e" in done.stdout
    for student in ("file-hostile_exceptions", "file-hostile_print", "<script>alert(1)<", "tree-notebook_with_magics"):
        out = tmp_path / "results.json"
        told = graded.run(
            "export", "gradescope", "--gradebook", graded.places.gradebook, "--student", student, "-o", out
        )
        assert told.returncode == 0, told.stderr
        check_text(out.read_text("utf-8"), graded)
        results = json.loads(out.read_text("utf-8"))
        assert {results[kind] for kind in ("output_format", "test_output_format", "test_name_format")} == {"text"}


def test_inputs_of_hidden_tests_are_in_nothing_that_a_student_gets(graded: Graded, site: Path, tmp_path: Path) -> None:
    student = "file-input_in_an_exception"
    raised = next(row[3] for row in graded.rows[student]["double"].outcomes if row[0] == "test_vector")
    inputs = re.findall(r"\d\.\d{6,}", raised)
    assert len(inputs) == 5  # staff have them
    out = tmp_path / "results.json"
    graded.run("export", "gradescope", "--gradebook", graded.places.gradebook, "--student", student, "-o", out)
    for text in (out.read_text("utf-8"), (site / "students" / f"{student}.html").read_text("utf-8")):
        assert "input [" in text
        assert not [number for number in inputs if number[:6] in text]


@pytest.mark.slow
def test_nbgraders_gradebook_holds_no_secret(graded: Graded, tmp_path: Path) -> None:
    pytest.importorskip("nbgrader")
    done = graded.run("export", "nbgrader", tmp_path, "--gradebook", graded.places.gradebook)
    assert done.returncode == 0, done.stderr
    check_text(done.stdout + done.stderr, graded)
    with closing(sqlite3.connect(tmp_path / "gradebook.db")) as connection:
        text = "\n".join(connection.iterdump())
        scores = dict(
            connection.execute(
                "SELECT submitted_assignment.student_id, SUM(auto_score) FROM grade"
                " JOIN submitted_notebook ON grade.notebook_id = submitted_notebook.id"
                " JOIN submitted_assignment ON submitted_notebook.assignment_id = submitted_assignment.id GROUP BY 1"
            )
        )
    assert graded.secret not in text
    assert scores["control-z-right"] == sum(POINTS.values())


@pytest.mark.parametrize(
    "arguments",
    [
        ("batch", "@SUBMISSIONS@", "--rows", "1000", "--gradebook", "@GRADEBOOK@"),
        ("log", "file-hostile_exceptions", "--gradebook", "@GRADEBOOK@"),
        ("export", "json", "--gradebook", "@GRADEBOOK@", "-o", "-"),
        ("export", "csv", "--gradebook", "@GRADEBOOK@", "-o", "-"),
        ("check", "double"),
        ("check", "double", "--json"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]) + ("-" + arguments[-1].strip("-@") if len(arguments) > 2 else ""),
)
def test_a_terminal_is_moved_by_nothing_but_rich(graded: Graded, arguments: tuple[str, ...]) -> None:
    named = {"@SUBMISSIONS@": str(graded.places.submissions), "@GRADEBOOK@": str(graded.places.gradebook)}
    command = [named.get(argument, argument) for argument in arguments]
    work = graded.places.submissions / "file-hostile_exceptions"
    code, written = on_a_terminal(*command, "--course", graded.places.course, cwd=work, CANARY=graded.secret)
    assert code in (0, 1), written
    assert len(written) > 200
    check_text(OURS.sub("", written), graded, ends="\r\n")
