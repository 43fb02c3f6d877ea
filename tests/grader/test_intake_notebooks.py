"""Notebooks as students hand them in: what runs, what is passed over, and where a failure is said to be."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.intake.folders import read_submission
from grader.intake.notebook import own_source, read_notebook
from grader.model import Isolation, Limits, Module, Result, SuiteKind
from grader.sandbox.client import Budget, StudentError
from grader.sandbox.levels import open_sandbox
from grader.suite.subject import Subject, control_of
from grader.suite.verdict import judge

TOPICS = ("adam",)
LIMITS = Limits(call_seconds=20.0)


def notebook(*cells: str) -> str:
    """As Jupyter writes it, with a text in front and an output behind each cell."""
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_markdown_cell("# adam.py\n    def adam(): pass")]
    for source in cells:
        output = nbformat.v4.new_output("stream", text="def adam():\n    return 'of an output'\n")
        made.cells.append(nbformat.v4.new_code_cell(source, outputs=[output]))
    return nbformat.writes(made)


def handed_in(folder: Path, text: str | bytes, name: str = "adam.ipynb") -> Module:
    (folder / "ada").mkdir(exist_ok=True)
    (folder / "ada" / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_submission(folder / "ada", "ada", TOPICS).modules["adam"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    made = open_sandbox(Isolation.PARTIAL, LIMITS)
    yield made
    made.close()


@pytest.fixture
def run(sandbox, tmp_path):
    """A notebook in a worker: run(cell, …) gives what a suite calls functions of."""
    subjects = []

    def make(*cells: str) -> Subject:
        module = handed_in(tmp_path, notebook(*cells))
        assert module.problem == ""
        subjects.append(Subject(module, lambda: sandbox.open(LIMITS), LIMITS, Budget(60.0)))
        return subjects[-1]

    yield make
    for subject in subjects:
        control_of(subject).close()


def failure(call, *arguments: object) -> tuple[Result, str]:
    """What a student is told."""
    with pytest.raises(StudentError) as caught:
        call(*arguments)
    told = judge(caught.value, SuiteKind.HIDDEN, "adam.ipynb")
    assert told is not None
    return told


# --- what runs


def test_code_cells_make_one_module(run):
    student = run("import numpy as np", "scale = 2.0", "def adam(x):\n    return scale * np.asarray(x)")
    assert student.adam(3.0) == 6.0


def test_texts_and_outputs_are_passed_over(run):
    assert failure(run("x = 1").adam)[0] is Result.NOT_IMPLEMENTED


@pytest.mark.parametrize(
    "cell",
    [
        "%matplotlib inline",
        "%%time",
        "!pip install numpy",
        "!pip install numpy \\\n  scipy",
        "files = !ls",
        "timing = %timeit -o sum([])",
        "sum?",
        "?sum",
        "%cd ..",
        "print('a')\n%load_ext autoreload\n%autoreload 2",
        "if True:\n    !ls",
        "!echo $HOME 'unclosed",
    ],
)
def test_lines_for_ipython_and_the_shell_are_passed_over(run, cell):
    student = run(f"{cell}\n\ndef adam():\n    return 5")
    assert student.adam() == 5


@pytest.mark.parametrize("magic", ["bash", "html", "javascript", "writefile adam.py", "latex"])
def test_cells_in_another_language_are_passed_over(run, magic):
    student = run("def adam():\n    return 5", f"%%{magic}\ndef adam():\n    return 'wrong'")
    assert student.adam() == 5


def test_a_cell_that_is_indented_as_a_whole_runs_as_in_jupyter(run):
    assert run("    %cd ..\n    def adam():\n        return 5").adam() == 5


@pytest.mark.parametrize("magic", ["time", "timeit -n 1", "capture out"])
def test_cells_that_are_only_timed_or_captured_run(run, magic):
    assert run(f"%%{magic}\ndef adam():\n    return 5").adam() == 5


def test_what_only_looks_like_a_magic_stays(run):
    text = 'def text():\n    return """100 %\n%matplotlib inline\n!ls\n"""\n'
    student = run(text + "def adam(a, b):\n    return (a\n            % b)")
    assert student.adam(7, 4) == 3
    assert student.text() == "100 %\n%matplotlib inline\n!ls\n"


@pytest.mark.parametrize(
    "text",
    ["'''one'''", '"""two"""', "'''one''' \"\"\"two\"\"\"", "back\\slash", "ends with a quote'", 'ends with a "', "\\"],
)
def test_any_text_in_a_cell_arrives_as_it_is(run, text):
    student = run(f"import json\n\ndef adam():\n    return json.loads({json.dumps(text)!r})", f"# {text}")
    assert student.adam() == text


# --- a cell that fails


@pytest.mark.parametrize(
    "bad",
    [
        "assert False",
        "undefined",
        "import matplotlib.pyplot as plt",
        "import sys\nsys.exit()",
        "def broken(:",
        "    indented = 1\n  wrong = 2",
        "raise KeyboardInterrupt",
        "x = 'unclosed",
        "while True:\n    x = 1",
        "while True:\n    try:\n        x = 1\n    except OSError:\n        pass",
        "input()",
        "raise NotImplementedError()",
    ],
)
def test_a_cell_that_fails_hides_nothing_before_or_behind_it(run, bad):
    student = run("def adam():\n    return 5", bad, "def after():\n    return adam() + 1")
    assert student.adam() == 5
    assert student.after() == 6


def test_a_function_of_a_cell_that_failed_is_missing_for_that_reason(run):
    student = run("import numpy as np", "steps = 3\nstps\n\ndef adam():\n    return 1")
    result, told = failure(student.adam)
    assert result is Result.EXCEPTION
    assert told == "NameError: name 'stps' is not defined\nadam.ipynb, code cell 2, line 2:\n    stps"


def test_a_syntax_error_is_said_to_be_where_it_is(run):
    student = run("x = 1\ny = 2", "def adam(a):\n    return a +\n")
    result, told = failure(student.adam, 1.0)
    assert result is Result.EXCEPTION
    assert told.endswith("adam.ipynb, code cell 2, line 2:\n    return a +")
    assert "SyntaxError" in told


def test_an_exception_in_a_call_names_its_cell(run):
    student = run("", "# first\n\ndef adam(a):\n    return a / 0")
    assert failure(student.adam, 1.0)[1] == (
        "ZeroDivisionError: float division by zero\nadam.ipynb, code cell 2, line 4, in adam:\n    return a / 0"
    )


def test_a_stub_that_is_not_written_yet_names_its_cell(run):
    student = run("def adam():\n    # YOUR CODE HERE\n    raise NotImplementedError()")
    assert failure(student.adam) == (
        Result.NOT_IMPLEMENTED,
        "adam() is not written yet (adam.ipynb, code cell 1, line 3).",
    )


def test_a_cell_that_failed_for_want_of_an_attribute_is_told_as_such(run):
    student = run("import numpy as np\nnp.no_such_thing\n\ndef adam():\n    return 1")
    assert "no attribute 'no_such_thing'" in failure(student.adam)[1]


def test_a_name_that_no_cell_has_is_not_in_the_notebook(run):
    student = run("undefined", "def adma():\n    return 1")
    assert failure(student.adam) == (
        Result.NOT_IMPLEMENTED,
        "adam is not in adam.ipynb. Keep the names as the stub has them.",
    )


def test_a_cell_that_takes_too_long_is_told(run):
    student = run("while True:\n    x = 1\n\ndef adam():\n    return 1")
    assert "this cell was stopped: it takes too long" in failure(student.adam)[1]


def test_nothing_of_ours_is_in_the_students_namespace(run):
    student = run("def adam():\n    return sorted(name for name in globals() if not name.startswith('__'))")
    assert student.adam() == ["adam", "display"]


# --- what is no notebook


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"", "it is not JSON"),
        (b"def adam():\n    pass\n", "it is not JSON (line 1)"),
        (b'{\n"cells": [],\n<<<<<<< HEAD\n}', "it is not JSON (line 3)"),
        (b"\xff\xfe{}", "it is not JSON"),
        (b"[" * 100_000, "JSON"),
        (b'{"cells": [], "more": ' + b"[" * 100_000, "it is not JSON"),
        (b"[]", "no notebook of Jupyter 4"),
        (b'{"worksheets": []}', "no notebook of Jupyter 4"),
        (b'{"cells": 5}', "no notebook of Jupyter 4"),
        (b'{"cells": [{"cell_type": "code", "source": 5}]}', "no notebook of Jupyter 4"),
    ],
)
def test_what_is_no_notebook_is_a_problem_that_says_what_to_do(tmp_path, text, said):
    module = handed_in(tmp_path, text)
    assert module.source == b""
    assert said in module.problem
    assert module.problem.endswith("Open it in Jupyter, save it, and hand it in again.")


def test_a_notebook_with_a_mark_of_utf8_is_read(tmp_path):
    assert handed_in(tmp_path, b"\xef\xbb\xbf" + notebook("x = 1").encode()).problem == ""


def test_large_outputs_are_no_code(tmp_path):
    text = notebook("x = 1").replace("of an output", "z" * 5_000_000)
    module = handed_in(tmp_path, text)
    assert module.problem == ""
    assert len(module.source) < 20_000


def test_too_much_code_is_told(tmp_path):
    assert handed_in(tmp_path, notebook("#" * 2_000_000)).problem.startswith("The code in adam.ipynb is too large")


def test_many_empty_cells_are_bounded(tmp_path):
    cells = ",".join(['{"cell_type":"code","source":""}'] * 400_000)
    assert "is too large" in handed_in(tmp_path, f'{{"cells":[{cells}]}}').problem


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=60), max_size=5))
def test_any_cells_stand_in_the_module_where_it_says(cells):
    data = json.dumps({"cells": [{"cell_type": "code", "source": cell} for cell in cells]}).encode()
    source = read_notebook(data, "adam.ipynb")
    lines = source.text.decode().split("\n")
    compile(source.text, "adam.ipynb", "exec")
    for cell, start in zip(cells, source.cells, strict=True):
        if "'''" not in cell and "\r" not in cell and "\0" not in cell:
            assert lines[start - 1 : start + cell.count("\n")] == cell.split("\n")


def test_the_students_own_lines_of_a_notebook_keep_their_place(tmp_path):
    module = handed_in(tmp_path, notebook("def adam():\n    return 5", "", "x = 1"))
    own = own_source(module).decode().split("\n")
    written = module.source.decode().split("\n")
    assert [line for line in own if line] == ["def adam():", "    return 5", "x = 1"]
    assert all(line in ("", written[place]) for place, line in enumerate(own))
    assert own_source(Module(topic="adam", filename="adam.py", source=DONE.encode())) == DONE.encode()


# --- a module and a notebook of one topic

DONE = "def adam():\n    return 5\n"
STUB = "def adam():\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"


@pytest.mark.parametrize(
    ("module", "cell", "counts"),
    [(STUB, DONE, "adam.ipynb"), (DONE, STUB, "adam.py"), (STUB, STUB, "adam.py"), ("", STUB, "adam.py")],
)
def test_of_a_module_and_a_notebook_the_one_that_was_worked_on_counts(tmp_path, module, cell, counts):
    handed_in(tmp_path, module, "adam.py")
    found = handed_in(tmp_path, notebook(cell))
    assert (found.filename, found.problem) == (counts, "")


def test_an_untouched_module_does_not_hide_a_notebook_in_a_folder(tmp_path):
    handed_in(tmp_path, STUB, "adam.py")
    (tmp_path / "ada/notebooks").mkdir()
    (tmp_path / "ada/notebooks/adam.ipynb").write_text(notebook(DONE))
    assert read_submission(tmp_path / "ada", "ada", TOPICS).modules["adam"].filename == "adam.ipynb"


def test_of_two_that_are_done_the_shallower_counts_and_side_by_side_neither(tmp_path):
    handed_in(tmp_path, DONE, "adam.py")
    (tmp_path / "ada/notebooks").mkdir()
    (tmp_path / "ada/notebooks/adam.ipynb").write_text(notebook(DONE))
    assert read_submission(tmp_path / "ada", "ada", TOPICS).modules["adam"].filename == "adam.py"
    found = handed_in(tmp_path, notebook(DONE))
    assert found.problem == "There are adam.py and adam.ipynb. Keep the one that counts."


def test_a_notebook_that_cannot_be_read_does_not_hide_the_module(tmp_path):
    handed_in(tmp_path, "no notebook")
    assert handed_in(tmp_path, DONE, "adam.py").source == DONE.encode()
