"""The real kit and the real wheel: installed into an empty environment, and walked through as a student would."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from conftest import grade_environment

from grader.course import load_course
from grader.diagnosis import load_mistakes
from grader.release import secrets
from grader.release.kit import release
from grader.release.notebooks import notebook_of

REPOSITORY = Path(__file__).resolve().parents[2]
COURSE = load_course(REPOSITORY)
SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The real kit, to be copied."""
    folder = tmp_path_factory.mktemp("released") / "kit"
    release(COURSE, folder)
    return folder


@pytest.fixture
def kit(released, tmp_path):
    return shutil.copytree(released, tmp_path / "my kit")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that nothing is left in the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    probe = pip("download", "--no-deps", "--dest", str(folder / "probe"), "setuptools>=77", cwd=folder)
    if probe.returncode:
        pytest.skip(f"no package registry can be reached: {probe.stderr.strip().splitlines()[-1]}")
    source = folder / "source"
    shutil.copytree(REPOSITORY / "grader", source / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(REPOSITORY / name, source)
    built = pip("wheel", "--no-deps", "--wheel-dir", str(folder), str(source), cwd=folder)
    assert built.returncode == 0, built.stderr
    return next(folder.glob("deepgrade-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A command in an environment that has the wheel and what it asks for, and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=True)
    python = folder / SCRIPTS / "python"
    done = pip("install", "--constraint", str(REPOSITORY / "constraints.txt"), str(wheel), cwd=folder, python=python)
    assert done.returncode == 0, done.stderr
    environment = {
        name: value for name, value in grade_environment().items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")
    }

    def run(*arguments, cwd, **more):
        command = (
            [str(python), *arguments[1:]] if arguments[0] == "python" else [str(folder / SCRIPTS / "grade"), *arguments]
        )
        return subprocess.run(
            command,
            cwd=cwd,
            env={**environment, **more},
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    def start(*arguments, cwd):
        command = [str(folder / SCRIPTS / "grade"), *arguments]
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE}
        return subprocess.Popen(
            command, cwd=cwd, env=environment | {"PYTHONUNBUFFERED": "1"}, encoding="utf-8", **pipes
        )

    run.folder, run.start = folder, start
    return run


def pip(*arguments, cwd, python=sys.executable):
    command = [str(python), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", check=False, timeout=600)


def solved(kit, topic, name=None):
    """Put the solution of a topic into the kit, or one of its mistakes."""
    text = (REPOSITORY / f"solutions/{topic}.py").read_text("utf-8")
    mistake = next((known for known in load_mistakes(COURSE, topic) if known.name == name), None)
    for old, new in mistake.edits.items() if mistake else ():
        text = text.replace(old, new)
    (kit / "exercises" / f"{topic}.py").write_text(text, "utf-8")
    return mistake


# --- nothing secret


def test_real_kit_holds_no_secret_and_the_real_course_many(released):
    hidden = secrets.collect(COURSE)
    assert hidden.find(secrets.files_below(released)) == []
    for topic in COURSE.topics:
        for name in (
            f"solutions/{topic.name}.py",
            f"solutions/mistakes/{topic.name}.py",
            f"tests/hidden/test_{topic.name}.py",
        ):
            assert len(hidden.find({"x.py": (REPOSITORY / name).read_bytes()})) > 5, name
        data = (REPOSITORY / f"tests/hidden/truth/{topic.name}.json").read_bytes()
        assert len(hidden.find({"x.json": data})) > 5, topic.name


def test_wheel_holds_the_engine_and_no_secret(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"grader", "deepgrade"}
    assert "grader/suite/session.py" in names
    assert not [name for name in names if name.endswith((".pyc", "course.toml"))]
    assert secrets.collect(COURSE).find({wheel.name: wheel.read_bytes()}) == []


# --- a student's evening


def test_student_walks_through_the_kit_with_the_small_install(installed, kit):
    where = installed("python", "-c", "import grader; print(grader.__file__)", cwd=kit).stdout
    assert Path(where.strip()).is_relative_to(installed.folder)
    fresh = installed("check", cwd=kit)
    assert (fresh.returncode, fresh.stderr) == (1, "")
    assert fresh.stdout.count("not started") == len(COURSE.topics) + 1

    first = COURSE.topics[0].name
    assert f"grade check {first}" in installed("next", cwd=kit).stdout
    solved(kit, first)
    assert COURSE.topics[1].name in installed("next", cwd=kit).stdout

    mistake = solved(kit, "adam", "no_bias_correction")
    wrong = installed("check", "adam", cwd=kit / "exercises")
    assert wrong.returncode == 1, wrong.stderr
    assert f"These are the numbers of {mistake.says}." in wrong.stdout
    assert ">>> corrected_learning_rate(" in wrong.stdout
    stages = [installed("hint", "adam", "--stage", str(stage), cwd=kit).stdout for stage in (1, 3)]
    assert "Adam keeps two running averages" in " ".join(stages[0].split())
    assert "rate = learning_rate × √(1 - beta_2^t) / (1 - beta_1^t)" in stages[1]

    for topic in COURSE.topics:
        solved(kit, topic.name)
    right = installed("check", cwd=kit)
    assert (right.returncode, right.stderr) == (0, "")
    packed = installed("pack", cwd=kit)
    assert packed.returncode == 0, packed.stdout
    with zipfile.ZipFile(kit / "hand-in.zip") as archive:
        assert archive.namelist() == sorted(f"{topic.name}.py" for topic in COURSE.topics)


def test_solutions_as_notebooks_earn_everything_with_the_small_install(installed, kit):
    for topic in COURSE.topics:
        (kit / "exercises" / f"{topic.name}.py").unlink()
        solution = (REPOSITORY / f"solutions/{topic.name}.py").read_text("utf-8")
        text = notebook_of(topic.name, solution, f"# {topic.title}")
        (kit / "exercises" / f"{topic.name}.ipynb").write_text(text, "utf-8")
    right = installed("check", cwd=kit)
    assert (right.returncode, right.stderr) == (0, ""), right.stdout
    packed = installed("pack", cwd=kit)
    assert packed.returncode == 0, packed.stdout
    with zipfile.ZipFile(kit / "hand-in.zip") as archive:
        assert archive.namelist() == sorted(f"{topic.name}.ipynb" for topic in COURSE.topics)


def test_watch_and_the_magic_come_with_the_small_install(installed, kit):
    magic = "import grader, grader.student.magic, sys; print(grader.load_ipython_extension, 'IPython' in sys.modules)"
    assert "False" in installed("python", "-c", magic, cwd=kit).stdout
    watching = installed.start("check", "--watch", "adam", cwd=kit)
    try:
        assert any("No keys here" in line for line in watching.stdout)
        solved(kit, "adam")
        assert any("Solved: adam.py" in line for line in watching.stdout)
    finally:
        watching.kill()
        watching.communicate()


def test_most_catalogued_mistakes_can_be_named_in_the_kit(released):
    """The others pass every public test, or fail one without an answer."""
    known = [json.loads(path.read_text("utf-8")) for path in (released / "tests/public/known").iterdir()]
    named = sum(len(content["mistakes"]) for content in known)
    every = sum(len(load_mistakes(COURSE, topic.name)) for topic in COURSE.topics)
    assert named > 0.8 * every


# --- a machine that is not as it should be


def test_no_kit_here_is_told_in_words(installed, tmp_path):
    for arguments in (["check"], ["next"], ["hint", "adam"], ["pack"]):
        done = installed(*arguments, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "No course here: there is no course.toml in" in done.stderr
        assert "the folder of the course or the kit" in done.stderr


def test_packages_of_instructors_are_asked_for_by_name(installed, kit):
    done = installed("export", "csv", "--gradebook", "g.db", cwd=kit)
    assert done.returncode in (1, 2)
    assert "deepgrade[instructor]" in done.stderr
    assert "bug" not in done.stderr


def test_numpy_that_is_too_old_or_missing_is_told_in_words(installed, kit):
    [metadata] = installed.folder.rglob("numpy-*.dist-info/METADATA")
    text = metadata.read_text("utf-8")
    try:
        metadata.write_text(text.replace("\nVersion: ", "\nVersion: 1.26.4\nX-Was: ", 1), "utf-8")
        old = installed("check", cwd=kit)
    finally:
        metadata.write_text(text, "utf-8")
    assert (old.returncode, old.stdout) == (2, "")
    assert "numpy 1.26.4 is installed, and <3,>=2.1 is needed" in old.stderr
    python = installed.folder / SCRIPTS / "python"
    assert pip("uninstall", "--yes", "numpy", cwd=kit, python=python).returncode == 0
    for arguments in (["check"], ["next"], ["hint", "adam"], ["pack"]):
        done = installed(*arguments, cwd=kit)
        assert (done.returncode, done.stdout) == (2, "")
        assert "numpy is missing" in done.stderr
        assert "python -m pip install --upgrade deepgrade" in done.stderr
        assert "Traceback" not in done.stderr
