"""The zip to hand in: the same bytes everywhere, and what is said of each module before."""

from __future__ import annotations

import json
import os
import zipfile

import pytest
from grading import module

from grader.errors import UsageError
from grader.intake.folders import read_modules, read_submission
from grader.model import Module, Topic
from grader.student.outline import outline
from grader.student.packing import content, inspect, pack, packed_files

ADAM = """
import numpy as np


def step(w, gradient, rate=0.1):
    return w - rate * gradient


class Adam:
    def __init__(self, rate):
        self.rate = rate

    def update(self, weights):
        return weights
"""
TOPIC = Topic(name="adam", title="Adam", max_score=1)
NAMES = outline(ADAM)


def seen(source: str | bytes | Module | None):
    mine = None if source is None else module("adam", source)
    return inspect(TOPIC, mine, mine.source if mine else b"", NAMES)


def files(**sources: str) -> dict[str, bytes]:
    return {f"{topic}.py": text.encode() for topic, text in sources.items()}


def notebook(*codes: str) -> bytes:
    return json.dumps({"cells": [{"cell_type": "code", "source": code} for code in codes]}).encode()


# --- a look at a module


def test_outline_is_what_a_stub_promises():
    assert NAMES == {"step": ("w", "gradient", "rate"), "Adam": ("rate",), "Adam.update": ("weights",)}


def test_module_as_it_should_be_is_ready():
    assert seen(ADAM).is_ready
    assert seen(ADAM + "\n\nimport math, numpy.linalg\nfrom itertools import chain\nprint('\\d')\n").is_ready


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        (ADAM.replace("def step", "def steps"), "step of the stub is not there any more."),
        (ADAM.replace("def update", "def updates"), "Adam.update of the stub is not there any more."),
        (ADAM.replace("class Adam", "class Eve"), "Adam of the stub is not there any more."),
        ("", "step, Adam of the stub are not there any more."),
        (ADAM.replace("gradient", "slope"), "step has no parameter gradient any more."),
        (ADAM.replace("self, rate", "self"), "Adam has no parameter rate any more."),
        ("import torch\n" + ADAM, "line 1: torch cannot be imported: only NumPy and the standard library can."),
        (ADAM + "\nfrom .momentum import step\n", "line 16: . cannot be imported"),
        (ADAM + "\nfrom keras.ops import add\n", "line 16: keras.ops cannot be imported"),
        ("def step(:\n", "line 1: SyntaxError: "),
        ("def f():\n    if 1:\n        x = 1\n\ty = 2\n", "line 4: TabError: "),
        ("return 1\n", "line 1: SyntaxError: 'return' outside function."),
        (b"x = '\xff'\n", "SyntaxError: "),
        (b"x = 1\0", "null byte"),
        ("(" * 2000 + ")" * 2000, "rror"),
    ],
)
def test_what_will_cost_points_is_said(source, problem):
    packed = seen(source)
    assert not packed.missing
    assert not packed.is_ready
    assert problem in " ".join(packed.problems)


@pytest.mark.parametrize(
    "source",
    [
        ADAM.replace("def step(w, gradient, rate=0.1)", "def step(w, **others)"),
        ADAM.replace("def step(w, gradient, rate=0.1):", "def real(w, gradient, rate=0.1):") + "\nstep = real\n",
        ADAM.replace("class Adam:", "class Base:") + "\n\nclass Adam(Base):\n    pass\n",
        ADAM.replace("gradient, rate", "gradient, *, rate"),
    ],
)
def test_other_ways_to_write_it_are_left_alone(source):
    assert seen(source).problems == ()


def test_places_still_to_be_written_are_counted():
    stub = ADAM.replace("return w - rate * gradient", "raise NotImplementedError()")
    assert seen(stub).unfinished == 1
    assert seen(stub.replace("return weights", "raise NotImplementedError")).unfinished == 2
    assert seen(ADAM + "\n# raise NotImplementedError()\n").unfinished == 0


def test_missing_and_unreadable_modules_are_told_apart():
    assert seen(None).problems == ("adam.py is not there.",)
    unreadable = Module(topic="adam", filename="adam.py", source=b"", problem="adam.py is too large.")
    assert seen(unreadable).problems == ("adam.py is too large.",)
    assert seen(None).missing
    assert seen(unreadable).missing


def test_nothing_of_a_module_is_executed(tmp_path):
    seen(f"open({str(tmp_path / 'x')!r}, 'w')\n" + ADAM)
    assert list(tmp_path.iterdir()) == []


# --- a look at a notebook


@pytest.mark.parametrize(
    ("cells", "problems", "unfinished"),
    [
        (["%load_ext grader", ADAM, "%grade adam", "!ls", "import matplotlib.pyplot as plt"], (), 0),
        (["x = 1", "def half(:"], ("cell 2, line 1: SyntaxError: invalid syntax.",), 0),
        (
            [ADAM.replace("import numpy as np", "import torch")],
            ("cell 1, line 2: torch cannot be imported: only NumPy and the standard library can.",),
            0,
        ),
        ([ADAM.replace("def step", "def stop")], ("step of the stub is not there any more.",), 0),
        ([ADAM.replace("return weights", "raise NotImplementedError()")], (), 1),
    ],
    ids=["as it should be", "syntax", "import", "name", "unfinished"],
)
def test_notebook_is_looked_at_cell_by_cell(tmp_path, cells, problems, unfinished):
    data = notebook(*cells)
    (tmp_path / "adam.ipynb").write_bytes(data)
    modules = read_modules(tmp_path, ["adam"])
    assert packed_files(tmp_path, modules) == {"adam": data}
    found = inspect(TOPIC, modules["adam"], data, NAMES)
    assert (found.filename, found.problems, found.unfinished) == ("adam.ipynb", problems, unfinished)


# --- the zip


def test_zip_is_the_same_for_the_same_modules_in_any_order(tmp_path):
    one, other = files(adam=ADAM, momentum="x = 1\n"), files(momentum="x = 1\n", adam=ADAM)
    pack(one, tmp_path / "one.zip")
    os.utime(tmp_path / "one.zip", (1, 1))
    pack(other, tmp_path / "other.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    assert content(files(adam=ADAM + "#")) != content(files(adam=ADAM))


def test_zip_holds_the_modules_as_they_are_and_is_graded_like_them(tmp_path):
    mine = files(adam=ADAM.replace("\n", "\r\n") + "# Ä动\n", momentum="x = 1\n")
    pack(mine, tmp_path / "ada.zip")
    with zipfile.ZipFile(tmp_path / "ada.zip") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["adam.py", "momentum.py"]
        archive.extractall(tmp_path / "class" / "ada")
    read = read_submission(tmp_path / "class" / "ada", "ada", ["adam", "momentum"])
    assert {found.filename: found.source for found in read.modules.values()} == mine
    assert not any(found.problem for found in read.modules.values())


def test_zip_is_written_over_an_older_one_and_over_nothing_else(tmp_path):
    target = tmp_path / "hand-in.zip"
    pack(files(adam="x = 1\n"), target)
    pack(files(adam="x = 2\n"), target)
    assert zipfile.ZipFile(target).read("adam.py") == b"x = 2\n"
    target.write_text("my notes")
    with pytest.raises(UsageError, match="is there already, and it is no zip"):
        pack(files(adam="x = 1\n"), target)
    assert target.read_text() == "my notes"


def test_zip_that_cannot_be_written_leaves_nothing_behind(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        pack(files(adam="x = 1\n"), tmp_path / "nowhere" / "hand-in.zip")
    with pytest.raises(UsageError, match="no module that could be packed"):
        pack(files(), tmp_path / "hand-in.zip")
    assert list(tmp_path.iterdir()) == []
