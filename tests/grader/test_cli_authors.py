"""What authors and staff run: audit, truth, release, doctor, demo."""

import csv
import json
import re
import shutil
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


# --- audit


def test_audit_finds_no_breach_in_a_real_topic(grade_command):
    done = grade_command("audit", "gradient_descent", "--course", REPOSITORY)
    assert done.returncode == 0, done.stdout
    assert "No breach." in done.stdout
    assert re.search(r"^1 topics?, \d+ hidden tests, \d+ mistakes", done.stdout, re.MULTILINE)
    assert re.search(r"^gradient_descent  \d+ hidden tests, \d+ other right answers", done.stdout, re.MULTILINE)
    assert re.search(r"^uphill +\d+ +\d+ +as itself", done.stdout, re.MULTILINE)


def test_audit_names_each_breach_and_what_to_do(grade_command, toy_course):
    mistakes = toy_course / "solutions/mistakes/double.py"
    mistakes.write_text(mistakes.read_text().replace('{"2.0 * x": "3.0 * x"}', '{"2.0 * x": "x + x"}'))
    done = grade_command("audit", "double", "--course", toy_course)
    assert done.returncode == 1
    assert "double: mistake tripled loses nothing" in done.stdout
    assert "double: only 2 mistakes are catalogued" in done.stdout
    assert "Run `grade release --stubs`." in done.stdout
    assert "walk:" not in done.stdout
    assert "No breach." not in done.stdout


def test_audit_in_json_carries_version_and_breaches(grade_command, toy_course):
    done = grade_command("audit", "--json", "--course", toy_course)
    assert done.returncode == 1
    answer = json.loads(done.stdout)
    assert answer["version"] == 1
    breaches = {(breach["topic"], breach["problem"]) for breach in answer["breaches"]}
    assert ("walk", "only 0 mistakes are catalogued, not 8") in breaches
    kill = next(kill for kill in answer["audit"]["kills"] if kill["mistake"] == "tripled")
    assert (kill["points_lost"], kill["diagnosed"]) == (4, True)


def test_audit_without_a_solution_names_it_and_goes_on(grade_command, toy_course):
    (toy_course / "solutions/walk.py").unlink()
    done = grade_command("audit", "--mutants", "--repeat", "2", "--course", toy_course)
    assert done.returncode == 1
    assert "walk: there is no solutions/walk.py" in done.stdout
    assert re.search(r"^tripled +4 +\d+ +as itself", done.stdout, re.MULTILINE)


def test_audit_of_an_unknown_topic_suggests_one(grade_command):
    done = grade_command("audit", "adm", "--course", REPOSITORY)
    assert done.returncode == 2
    assert 'Did you mean "adam"?' in done.stderr


# --- truth


def test_truth_without_keras_says_how_to_install_it(grade_command, toy_course, tmp_path):
    (tmp_path / "without").mkdir()
    (tmp_path / "without/keras.py").write_text("raise ImportError('there is no keras here')\n")
    done = grade_command("truth", "record", "--course", toy_course, PYTHONPATH=str(tmp_path / "without"))
    assert done.returncode == 1
    assert "Keras cannot be imported: there is no keras here." in done.stderr
    assert 'pip install "deepgrade[keras]"' in done.stderr
    assert not (toy_course / "tests/hidden/truth").exists()


@pytest.mark.keras
def test_truth_record_writes_a_file_per_topic_and_seed(grade_command, tmp_path):
    course = tmp_path / "course"
    for part in ("solutions", "tests/hidden", "tests/public"):
        shutil.copytree(REPOSITORY / part, course / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "course.toml", course)
    truth = course / "tests/hidden/truth"
    recorded = json.loads((truth / "gradient_descent.json").read_text("utf-8"))
    (truth / "gradient_descent.json").unlink()
    done = grade_command("truth", "record", "gradient_descent", "--course", course)
    assert done.returncode == 0, done.stderr
    assert "Wrote tests/hidden/truth/gradient_descent.json" in done.stdout
    again = json.loads((truth / "gradient_descent.json").read_text("utf-8"))
    assert again["answers"].keys() == recorded["answers"].keys()
    other = grade_command("truth", "record", "gradient_descent", "--seed", "5", "--course", course)
    assert "Wrote tests/hidden/truth/gradient_descent.seed-5.json" in other.stdout
    assert json.loads((truth / "gradient_descent.seed-5.json").read_text("utf-8"))["answers"] != again["answers"]


# --- release


def test_release_writes_the_stubs_once(grade_command, toy_course):
    done = grade_command("release", "--stubs", "--course", toy_course)
    assert done.returncode == 0
    assert done.stdout == "Wrote exercises/double.py\nWrote exercises/walk.py\n"
    stub = (toy_course / "exercises/double.py").read_text("utf-8")
    assert "raise NotImplementedError()" in stub
    assert "2.0 * x" not in stub
    again = grade_command("release", "--stubs", "--course", toy_course)
    assert (again.returncode, again.stdout) == (0, "The stubs are what the solutions give.\n")


def test_release_of_a_broken_solution_writes_nothing(grade_command, toy_course):
    solution = toy_course / "solutions/walk.py"
    solution.write_text(solution.read_text("utf-8").replace("### END SOLUTION", "", 1), "utf-8")
    done = grade_command("release", "--stubs", "--course", toy_course)
    assert done.returncode == 2
    assert "walk.py" in done.stderr
    assert not (toy_course / "exercises").exists()


# --- doctor


def test_doctor_names_the_level_of_this_machine(grade_command):
    done = grade_command("doctor")
    assert re.search(r"^Isolation on this machine: (full|partial|none)\.$", done.stdout, re.MULTILINE)
    assert (done.returncode == 0) == ("Isolation on this machine: full." in done.stdout)
    if sys.platform == "linux":
        assert "a socket" in done.stdout


# --- demo


def table(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["student_id"]: row for row in csv.DictReader(stream)}


@pytest.fixture(scope="module")
def demo(tmp_path_factory, grade_anywhere) -> tuple[Path, str]:
    """The folder of a demo of the real course, and what it printed."""
    home = tmp_path_factory.mktemp("demo")
    done = grade_anywhere("demo", "class", "--students", "12", "--course", REPOSITORY, cwd=home)
    assert done.returncode == 0, done.stdout + done.stderr
    return home / "class", done.stdout


def test_demo_writes_a_class_a_gradebook_a_csv_and_a_report(demo):
    folder, _ = demo
    assert sorted(path.name for path in folder.iterdir()) == [
        "class.csv",
        "gradebook.csv",
        "gradebook.db",
        "report",
        "submissions",
    ]
    who, grades = table(folder / "class.csv"), table(folder / "gradebook.csv")
    assert len(who) == 12
    assert sorted(who) == sorted(grades) == sorted(path.name for path in (folder / "submissions").iterdir())


def test_demo_prints_the_table_of_the_class_and_where_everything_is(demo):
    folder, printed = demo
    for student, row in table(folder / "gradebook.csv").items():
        assert re.search(rf"^{student} .* {row['score']}$", printed, re.MULTILINE)
    assert "12 students: 12 graded." in printed
    assert "12 graded, 0 unchanged since they were graded." in printed
    assert f"CSV           {Path('class') / 'gradebook.csv'}" in printed


def test_demo_gives_everybody_what_they_deserve(demo):
    folder, _ = demo
    who, grades = table(folder / "class.csv"), table(folder / "gradebook.csv")
    most = next(iter(grades.values()))["max_score"]
    kinds = {"everything right": 2, "untouched stubs": 1, "syntax error": 1, "is missing": 1, "loops for ever": 1}
    for student, row in who.items():
        score = grades[student]["score"]
        if row["did"] == "everything right":
            assert score == most
        elif row["did"] == "untouched stubs":
            assert score == "0"
        else:
            assert 0 < float(score) < float(most)
    for kind, least in kinds.items():
        assert sum(kind in row["did"] for row in who.values()) >= least
    assert "missing" in next(grades[student] for student, row in who.items() if "is missing" in row["did"]).values()


def test_demo_run_again_changes_nothing(demo, grade_anywhere):
    folder, _ = demo
    before = contents(folder)
    again = grade_anywhere("demo", "class", "--students", "12", "--course", REPOSITORY, cwd=folder.parent)
    assert again.returncode == 0
    assert "0 graded, 12 unchanged since they were graded." in again.stdout
    assert contents(folder) == before


def contents(folder: Path) -> dict[Path, bytes]:
    """What the demo wrote, without what holds a time: the gradebook and the report."""
    files = (path for path in folder.rglob("*") if path.is_file() and folder / "report" not in path.parents)
    return {path: path.read_bytes() for path in files if path.suffix != ".db"}


def test_demo_does_not_leave_a_part_of_a_larger_class(demo, grade_anywhere):
    folder, _ = demo
    done = grade_anywhere("demo", "class", "--students", "10", "--course", REPOSITORY, cwd=folder.parent)
    assert done.returncode == 2
    assert "class holds a class of 12 students already." in done.stderr
    assert "--students 12" in done.stderr


def test_demo_does_not_write_among_other_things(grade_command, toy_course, tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class/thesis.tex").write_text("mine")
    done = grade_command("demo", "class", "--course", toy_course)
    assert done.returncode == 2
    assert "class is not empty, and no demo has made it." in done.stderr
    assert [path.name for path in (tmp_path / "class").iterdir()] == ["thesis.tex"]


@pytest.mark.parametrize(
    ("folder", "said"), [("file", "file is a file, not a folder."), ("file/class", "file/class cannot be written")]
)
def test_demo_says_that_it_cannot_write(grade_command, toy_course, tmp_path, folder, said):
    (tmp_path / "file").write_text("mine")
    done = grade_command("demo", folder, "--course", toy_course)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Name another folder." in done.stderr
