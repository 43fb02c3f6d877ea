"""A topic as a notebook: in a real kernel, from the terminal, and beside its module."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import nbformat
import pytest
from grading import RIGHT, WALKS
from nbclient import NotebookClient

from grader.errors import UsageError
from grader.intake.notebook import own_source
from grader.student.history import module_of_history

TRIPLED = RIGHT.replace("2.0 * x", "x + x + x")


@pytest.fixture
def kit(toy_kit, tmp_path):
    return shutil.copytree(toy_kit, tmp_path / "我的 kit")


@pytest.fixture
def grade(grade_command, kit):
    return lambda *arguments, **options: grade_command(*arguments, **{"cwd": kit, **options})


def notebook(kit, topic="double"):
    return nbformat.read(kit / "exercises" / f"{topic}.ipynb", 4)


def save(kit, *codes, topic="double"):
    """Write a notebook with these cells of code, as Jupyter does."""
    cells = [nbformat.v4.new_code_cell(code) for code in codes]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), kit / "exercises" / f"{topic}.ipynb")


def squeezed(text):
    return " ".join(text.split())


# --- what the kit has


def test_notebook_has_the_handout_a_cell_for_each_function_and_a_check(kit):
    found = notebook(kit, "walk")
    nbformat.validate(found)
    kinds = [cell.cell_type for cell in found.cells]
    assert kinds == ["markdown", "markdown", "code", "code", "code", "markdown", "code"]
    assert found.cells[0].source.startswith("# Walking down a slope")
    assert "`walk.ipynb` or in `walk.py`, not in both" in found.cells[1].source
    codes = [cell.source for cell in found.cells if cell.cell_type == "code"]
    assert codes[0] == "%load_ext grader\nimport numpy as np"
    assert codes[1].startswith("def walk(slope, x, steps):")
    assert codes[2].startswith("class Counter:")
    assert codes[-1] == "%grade walk"
    assert "".join(codes).count("YOUR CODE HERE") == 2


# --- in a kernel


def test_magic_checks_what_the_notebook_has_defined(kit):
    found = notebook(kit)
    fresh = found.cells[-1]
    texts = {
        "tripled": "import numpy as np\n" + TRIPLED,
        "check tripled": "%grade double",
        "hint": "%grade double --hint",
        "right": RIGHT,
        "a run": "numbers = [double(2.0) for _ in range(3)]",
        "check right": "%grade double.py",
        "no topic": "%grade doble",
        "not yet": "%grade walk",
        "usage": "%grade",
    }
    cells = {name: nbformat.v4.new_code_cell(text) for name, text in texts.items()}
    found.cells += cells.values()
    # A kernel of this interpreter, whatever kernels are registered here.
    client = NotebookClient(
        found, timeout=120, allow_errors=True, kernel_name="", resources={"metadata": {"path": str(kit / "exercises")}}
    )
    client.create_kernel_manager().kernel_cmd = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    client.execute()

    def shown(cell):
        [output] = [output for output in cell.outputs if output.output_type == "execute_result"]
        assert "<table" in output.data["text/html"] or "<b style" in output.data["text/html"]
        return squeezed(output.data["text/plain"]), output.data["text/html"]

    text, html = shown(fresh)
    assert "This is still to be written." in text
    assert "(double.ipynb, code cell 2, line 4)" in text
    assert "not started" in html
    text, html = shown(cells["check tripled"])
    assert "These are the numbers of three times x." in text
    assert "These are the numbers of three times x." in html
    assert "≠ 6" in html
    assert "&gt;&gt;&gt; double(2.0)" in html
    assert "Allowed difference: 1e-06 + 0.0001 × |expected|." in html
    assert "How often is x taken?" in shown(cells["hint"])[0]
    text, html = shown(cells["check right"])
    assert "Everything here is done." in text
    assert "done" in html
    assert 'Did you mean "double"?' in shown(cells["no topic"])[0]
    assert "Nothing of walk is defined in this notebook yet." in shown(cells["not yet"])[0]
    [error] = cells["usage"].outputs
    assert error.output_type in ("error", "stream")
    assert "topic" in json.dumps(error)


def test_nothing_of_ipython_is_imported_without_it(kit):
    code = (
        "import sys, grader.cli.main as m\ntry:\n m.main(['check'])\nexcept SystemExit: print('IPython' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=kit, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1] == "False"


NAMES = {"double": ("x",), "both": ("x",)}


def own(*history):
    module = module_of_history("double", ["", *history], NAMES)
    starts = module.cells
    lines = own_source(module).decode().split("\n")
    return {number: lines[start - 1] for number, start in enumerate(starts, 1) if lines[start - 1].strip()}


def test_cells_that_were_run_keep_their_numbers_and_only_the_newest_definition_counts():
    history = [
        "def double(x):\n    return 3 * x",
        "double(1.0)",
        "FACTOR = 2",
        "def double(x):\n    return FACTOR * x",
        "def double(x: return",
        "import numpy as np\n%matplotlib inline",
        "double.note = 'mine'",
        "%grade double",
    ]
    assert set(own(*history)) == {3, 4, 6, 7}


def test_same_cell_run_again_and_again_counts_once():
    assert set(own("x = 1", "x = x + 1", "x = x + 1", "def double(x):\n    return x")) == {1, 3, 4}


def test_notebook_that_has_defined_nothing_of_the_topic_says_what_to_do():
    with pytest.raises(UsageError, match="Nothing of double is defined in this notebook yet"):
        own("%load_ext grader", "x = 1", "%grade double")
    with pytest.raises(UsageError, match="too large"):
        own("def double(x):\n    return x", f"x = '{'y' * 1_100_000}'")


# --- from the terminal, and beside a module


def test_check_of_a_notebook_names_it_and_says_that_it_counts(grade, kit):
    save(kit, "%load_ext grader", TRIPLED, "import matplotlib.pyplot as plt", "%grade double")
    text = grade("check", "double").stdout
    assert "double.ipynb  Doubling" in text
    assert "double.ipynb counts, not double.py: less is left to write in it." in text
    assert "These are the numbers of three times x." in text
    assert "Next: correct double.ipynb" in text
    assert "exercises/double.ipynb" in grade("next").stdout
    assert "double.ipynb" in grade("hint", "double").stdout


def test_file_that_is_named_is_checked_in_any_case(grade, kit):
    save(kit, RIGHT)
    assert grade("check", "exercises/double.ipynb").returncode == 0
    done = grade("check", "double.py", cwd=kit / "exercises")
    assert done.returncode == 1
    assert "This is double.py, as asked. Where nothing is asked double.ipynb counts." in squeezed(done.stdout)
    both = grade("check", "double.py", "double.ipynb")
    assert (both.returncode, both.stdout) == (2, "")
    assert "double is named twice" in both.stderr
    gone = grade("check", "exercises/walk.ipynb", "double.py")
    assert gone.returncode == 1
    (kit / "exercises/walk.ipynb").unlink()
    gone = grade("check", "exercises/walk.ipynb")
    assert gone.returncode == 2
    assert "(walk.ipynb)" in gone.stderr


def test_notebook_that_nobody_has_opened_is_not_spoken_of(grade, kit):
    (kit / "exercises/double.py").write_text(TRIPLED, "utf-8")
    assert "double.ipynb" not in grade("check", "double").stdout
    save(kit, "def double(x):\n    raise NotImplementedError()", "def both(x):\n    raise NotImplementedError()")
    done = grade("check", "double")
    assert "double.py counts, not double.ipynb: less is left to write in it." in squeezed(done.stdout)


def test_two_files_that_are_finished_are_left_to_the_student(grade, kit):
    save(kit, RIGHT)
    (kit / "exercises/double.py").write_text(RIGHT, "utf-8")
    done = grade("check", "double")
    assert "There are double.py and double.ipynb. Keep the one that counts." in squeezed(done.stdout)
    assert grade("check", "double.ipynb").returncode == 0
    assert "Keep the one that counts." in squeezed(grade("pack").stdout)


def test_fresh_kit_says_that_either_file_will_do(grade):
    rule = "Work in double.py or in double.ipynb: the one with less left to write counts."
    assert rule in squeezed(grade("check").stdout)
    assert rule in squeezed(grade("next").stdout)


def test_notebook_is_packed_as_it_is_and_graded(grade, grade_command, kit, make_toy_course, tmp_path):
    save(kit, "%load_ext grader", RIGHT, "%grade double")
    save(kit, WALKS, topic="walk")
    done = grade("pack")
    assert done.returncode == 0, done.stdout
    assert "✓ double.ipynb" in done.stdout
    assert "the one with less left to write is in it" in squeezed(done.stdout)
    (tmp_path / "class" / "ada").mkdir(parents=True)
    shutil.unpack_archive(kit / "hand-in.zip", tmp_path / "class" / "ada")
    assert (tmp_path / "class/ada/walk.ipynb").read_bytes() == (kit / "exercises/walk.ipynb").read_bytes()
    course = make_toy_course(tmp_path / "course")
    options = ("--gradebook", "g.db", "--course", course)
    assert grade_command("batch", "class", "--isolation", "partial", *options).returncode == 0
    assert "ada,4,3,7,7,graded," in grade_command("export", "csv", "--output", "-", *options).stdout
