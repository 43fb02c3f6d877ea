"""`grade plot` through the real command: in the course, in a kit, and with everything that can be wrong."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
from grading import WALKS, add
from test_figures import BOWL, FIGURES

from grader.course import load_course
from grader.release import secrets
from grader.release.kit import release

SLOWER = WALKS.replace("0.1 *", "0.05 *")


def with_figures(course):
    add(course, "figures/walk.py", FIGURES)
    add(course, "figures/_bowl.py", BOWL)
    return course


@pytest.fixture(scope="module")
def released(make_toy_course, tmp_path_factory):
    course = with_figures(make_toy_course(tmp_path_factory.mktemp("course")))
    folder = tmp_path_factory.mktemp("released") / "kit"
    release(load_course(course), folder)
    shutil.rmtree(course)
    return folder


@pytest.fixture
def kit(released, tmp_path):
    return shutil.copytree(released, tmp_path / "my kit" / "动量 1")


@pytest.fixture
def plot(grade_command, kit):
    return lambda *arguments, **options: grade_command("plot", *arguments, **{"cwd": kit, **options})


def write(kit, **modules):
    for topic, text in modules.items():
        (kit / "exercises" / f"{topic}.py").write_text(text, "utf-8")


def test_kit_holds_figures_pictures_and_the_numbers_of_the_reference(released):
    files = secrets.files_below(released)
    assert {
        "figures/_bowl.py",
        "figures/walk.py",
        "figures/reference/walk.json",
        "handouts/pictures/walk-way.svg",
        "handouts/pictures/walk-total.svg",
    } <= set(files)
    assert not any("double" in name for name in files if name.startswith(("figures", "handouts/pictures")))


def test_handout_shows_its_pictures_before_what_is_to_be_written(released):
    text = (released / "handouts/walk.md").read_text("utf-8")
    pictures, rest = text.index("## In pictures"), text.index("## What to write")
    assert pictures < text.index("![The way into a bowl](pictures/walk-way.svg)") < rest
    assert "**The way into a bowl.** It becomes slower." in text
    assert "In pictures" not in (released / "handouts/double.md").read_text("utf-8")


def test_two_releases_hold_the_same_bytes(released, make_toy_course, tmp_path):
    release(load_course(with_figures(make_toy_course(tmp_path / "course"))), tmp_path / "kit")
    assert secrets.files_below(tmp_path / "kit") == secrets.files_below(released)


def test_secret_in_a_figure_is_found_in_its_code_and_in_its_picture(make_toy_course, tmp_path, grade_command):
    course = with_figures(make_toy_course(tmp_path / "course"))
    add(course, "figures/walk.py", FIGURES.replace("A counter.", "self.total = self.total + amount."))
    done = grade_command("release", tmp_path / "kit", "--course", course)
    assert done.returncode == 2
    for file in (
        "figures/walk.py",
        "handouts/pictures/walk-total.svg",
        "handouts/walk.md",
        "figures/reference/walk.json",
    ):
        assert f"{file} holds `self.total = self.total + amount`" in done.stderr
    assert not (tmp_path / "kit").exists()


def test_plot_draws_own_run_and_reference_in_the_terminal(plot, kit):
    write(kit, walk=SLOWER)
    done = plot("walk")
    assert (done.returncode, done.stderr) == (0, "")
    assert "The way into a bowl\nIt becomes slower." in done.stdout
    assert done.stdout.count("yours") == 2
    assert done.stdout.count("reference") == 2
    assert "\x1b" not in done.stdout


def test_plot_takes_the_name_of_the_file_too_and_works_in_the_folder_of_the_modules(plot, kit):
    write(kit, walk=WALKS)
    assert plot("walk.py", cwd=kit / "exercises").returncode == 0


def test_plot_takes_a_notebook(plot, kit):
    cell = {"cell_type": "code", "source": WALKS, "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    (kit / "work").mkdir()
    (kit / "work/walk.ipynb").write_text(json.dumps(notebook), "utf-8")
    done = plot("work/walk.ipynb")
    assert (done.returncode, done.stderr) == (0, "")
    assert "yours" in done.stdout


def test_plot_of_a_stub_draws_the_reference_and_says_what_is_missing(plot):
    done = plot("walk")
    assert (done.returncode, done.stderr) == (1, "")
    assert "Your run is not in it: walk() is not written yet (walk.py, line" in done.stdout
    assert "yours" not in done.stdout


def test_plot_of_a_function_that_fails_shows_the_line(plot, kit):
    write(kit, walk=WALKS.replace("points = [x]", "points = [x[7, 7]]"))
    done = plot("walk")
    assert done.returncode == 1
    assert "walk.py, line 5, in walk:" in done.stdout
    assert "points = [x[7, 7]]" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize(("kind", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("SVG", b"<?xml")])
def test_plot_writes_a_picture(plot, kit, kind, magic):
    write(kit, walk=SLOWER)
    (kit / f"my plot.{kind}").write_text("an older one")
    done = plot("walk", "--output", f"my plot.{kind}")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"Wrote my plot.{kind}.\n"
    assert (kit / f"my plot.{kind}").read_bytes().startswith(magic)
    assert not list(kit.glob(".*.part"))


def test_plot_for_programs_has_the_numbers(plot, kit):
    write(kit, walk=SLOWER)
    told = json.loads(plot("walk", "--json").stdout)
    assert (told["version"], told["topic"]) == (1, "walk")
    series = told["figures"][0]["panels"][0]["series"]
    assert [(one["role"], one["x"][1]) for one in series] == [("student", 0.9), ("reference", 0.8)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("wlak",), 'Did you mean "walk"?'),
        (("double",), "Nothing is drawn of double"),
        (
            ("walk", "--output", "plot.jpg"),
            "plot.jpg is neither a .png nor an .svg.\n  Name the picture, for example: plot.png",
        ),
        (("walk", "--dir", "handouts"), "holds none of the modules"),
    ],
)
def test_plot_refuses_in_words(plot, arguments, said):
    done = plot(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_plot_that_cannot_be_written_leaves_nothing(plot, kit):
    done = plot("walk", "--output", "no folder/plot.svg")
    assert done.returncode == 1
    assert "cannot be written: No such file or directory" in done.stderr


def test_narrow_terminal_is_told_what_to_do(plot):
    done = plot("walk", COLUMNS="39")
    assert done.returncode == 2
    assert "too narrow" in done.stderr
    assert "--output walk.png" in done.stderr.replace("\n  ", " ")


def test_console_without_unicode_gets_ascii(plot, kit):
    write(kit, walk=WALKS)
    done = plot("walk", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "oo reference" in done.stdout


@pytest.mark.parametrize(("missing", "more"), [("plotext", ()), ("matplotlib", ("--output", "a.png"))])
def test_plot_without_the_extra_says_what_to_install(plot, kit, tmp_path, missing, more):
    (tmp_path / missing).mkdir()
    (tmp_path / missing / "__init__.py").write_text(f"raise ModuleNotFoundError('No module', name={missing!r})")
    done = plot("walk", *more, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert f"Error: {missing} is not installed here." in done.stderr
    assert 'pip install "deepgrade[plot]"' in done.stderr


def test_release_without_matplotlib_says_what_to_install(make_toy_course, tmp_path, grade_command):
    course = with_figures(make_toy_course(tmp_path / "course"))
    (tmp_path / "path/matplotlib").mkdir(parents=True)
    text = "raise ModuleNotFoundError('No module', name='matplotlib')"
    (tmp_path / "path/matplotlib/__init__.py").write_text(text)
    done = grade_command("release", tmp_path / "kit", "--course", course, PYTHONPATH=str(tmp_path / "path"))
    assert done.returncode == 2
    assert 'pip install "deepgrade[plot]"' in done.stderr
    assert not (tmp_path / "kit").exists()


def test_help_loads_nothing_heavy(grade_command):
    code = (
        "import sys, grader.cli.plot as p; print([m for m in ('matplotlib', 'plotext', 'numpy') if m in sys.modules])"
    )
    import subprocess

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
