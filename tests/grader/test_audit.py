"""The audit finds every breach of the authors' contract, and the course has none."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

import pytest
from grading import add

from grader import truth
from grader.audit import audit, check_mutants, check_repeats, check_seeds
from grader.course import load_course, truth_path
from grader.errors import CourseError
from grader.release import write_stubs

COURSE = """
version = 1
title = "A sound course"
seed = 7

[limits]
call_seconds = 2.0

[topics.double]
title = "Doubling"
max_score = 13
"""
SOLUTION = '''
"""Doubling."""


def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2.0 * x
    ### END SOLUTION
'''
SUITE = '''
import pytest

from grader.suite import assert_matches, points


def doubled(x):
    return 2.0 * x


@pytest.mark.parametrize("size", range(1, 12))
def test_vector(student, rng, size):
    """A vector is doubled."""
    x = rng.normal(size=size)
    assert_matches(student.double(x), 2.0 * x)


@points(2)
def test_number(student, truth):
    """A number is doubled."""
    assert_matches(student.double(1.5), truth(doubled, 1.5))
'''
MISTAKES = """
from grader.model import Mistake

MISTAKES = tuple(
    Mistake(name=f"times_{factor}", says=f"{factor} times x", hint="How often?", edits={"2.0 * x": f"{factor}.0 * x"})
    for factor in range(3, 11)
)
"""
VARIANTS = """
from grader.model import Variant

VARIANTS = (
    Variant(name="added", says="adds x to itself", edits={"2.0 * x": "x + x"}),
    *(
        Variant(name=f"in_{parts}", says="adds parts", code=f"def double(x): return sum([x * 2.0 / {parts}] * {parts})")
        for parts in (2, 4)
    ),
)
"""


def doubled(x):
    return 2.0 * x


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A course without a breach."""
    root = tmp_path / "sound"
    add(root, "course.toml", COURSE)
    add(root, "solutions/double.py", SOLUTION)
    add(root, "solutions/mistakes/double.py", MISTAKES)
    add(root, "solutions/variants/double.py", VARIANTS)
    add(root, "tests/hidden/test_double.py", SUITE)
    add(root, "tests/public/test_double.py", "def test_it(student):\n    student.double(1.0)\n")
    record(root, 7)
    write_stubs(load_course(root))
    return root


def record(root: Path, seed: int) -> None:
    live = truth.Live()
    live.for_test("test_number")(doubled, 1.5)
    truth.write(truth_path(load_course(root), "double", seed), seed, live.answers)


def audited(root: Path):
    course = load_course(root)
    return audit(course, course.topics)


def edit(root: Path, path: str, old: str, new: str) -> None:
    text = (root / path).read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    (root / path).write_text(text.replace(old, new), "utf-8")


def test_a_sound_course_has_no_breach(sound):
    found = audited(sound)
    assert found.breaches == ()
    assert found.tests == {"double": 12}
    assert found.conventions == ()
    assert found.variants == {"double": 3}
    assert [kill.mistake for kill in found.kills] == [f"times_{factor}" for factor in range(3, 11)]
    for kill in found.kills:
        assert (kill.points_lost, len(kill.caught_by), kill.diagnosed) == (13.0, 12, True)
        assert kill.told_by == kill.caught_by
        assert kill.named == (f"{kill.mistake.removeprefix('times_')} times x",)


HIDDEN, MISTAKEN, VARIED = "tests/hidden/test_double.py", "solutions/mistakes/double.py", "solutions/variants/double.py"

EDITS = {
    "mistake that loses nothing": (
        MISTAKEN,
        'f"{factor}.0 * x"',
        'f"{factor}.0 * x" if factor > 3 else "x * 2.0"',
        "mistake times_3 loses nothing",
    ),
    "stub that passes": (
        HIDDEN,
        "    assert_matches(student.double(x), 2.0 * x)",
        "    pass",
        r"the stub passes test_vector\[1\], test_vector\[2\]",
    ),
    "solution that fails": (
        HIDDEN,
        "assert_matches(student.double(x), 2.0 * x)",
        "assert_matches(student.double(x), 2.5 * x)",
        r"the solution fails test_vector\[1\]: Wrong value for the answer",
    ),
    "points": (HIDDEN, "@points(2)", "@points(3)", "the points add up to 14, not to the max_score 13"),
    "max_score": ("course.toml", "max_score = 13", "max_score = 9", "the points add up to 13, not to the max_score 9"),
    "hint": (MISTAKEN, 'hint="How often?"', 'hint=" "', "mistake times_3 has no hint or is not named"),
    "words": (MISTAKEN, 'f"{factor} times x"', '"" if factor < 4 else f"{factor}"', "mistake times_3 has no hint or"),
    "same name": (MISTAKEN, 'name=f"times_{factor}"', 'name="times"', "8 mistakes have the name 'times'"),
    "same words": (MISTAKEN, 'says=f"{factor} times x"', 'says="x times"', "8 mistakes have the says 'x times'"),
    "edit that does not apply": (
        MISTAKEN,
        'edits={"2.0 * x"',
        'edits={"2 * x"',
        r"times_3 of double: '2 \* x' stands 0 times in the solution, not once",
    ),
    "edit that applies twice": (
        MISTAKEN,
        'edits={"2.0 * x"',
        'edits={"x"',
        r"times_3 of double: 'x' stands 3 times in the solution, not once",
    ),
    "broken catalogue": (MISTAKEN, "MISTAKES =", "MISTAKEN =", "no MISTAKES in it"),
    "too few mistakes": (MISTAKEN, "range(3, 11)", "range(3, 5)", "only 2 mistakes are catalogued, not 8"),
    "too few tests": (HIDDEN, "range(1, 12)", "range(1, 11)", "the hidden suite has 11 tests, not 12"),
    "test without docstring": (HIDDEN, '    """A number is doubled."""\n', "", "test_number has no docstring"),
    "parametrized test without docstring": (
        HIDDEN,
        '    """A vector is doubled."""\n',
        "",
        r"test_vector\[1\] has no docstring",
    ),
    "variant that loses": (
        VARIED,
        '"x + x"',
        '"x + x if x.size == 1 else 2.5 * x"',
        r"variant added loses test_vector\[2\]: Wrong values",
    ),
    "variant that does not apply": (VARIED, '"2.0 * x"', '"4.0 * x"', r"added of double: '4\.0 \* x' stands 0 times"),
    "suite that fails": (HIDDEN, "x = rng.normal", "x = no_such_name", "^The grader failed in .*NameError"),
    "truth of another question": (HIDDEN, "truth(doubled, 1.5)", "truth(doubled, 2.5)", "answers another question"),
    "truth of another seed": ("course.toml", "seed = 7", "seed = 8", "double.json was recorded with seed 7, not 8"),
    "stub that is stale": ("exercises/double.py", "Twice x.", "Thrice x.", "the stub is not what the solution gives"),
    "public suite that the solution fails": (
        "tests/public/test_double.py",
        "student.double(1.0)",
        "assert student.double(1.0) == 3.0",
        "the solution fails the public test_it: ",
    ),
    "public suite that the stub passes": (
        "tests/public/test_double.py",
        "student.double(1.0)",
        "pass",
        "in the public suite the stub passes test_it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("breach", EDITS)
def test_an_audit_finds_a_part_that_does_not_fit(sound, breach):
    path, old, new, problem = EDITS[breach]
    edit(sound, path, old, new)
    found = audited(sound).breaches
    assert re.search(problem, found[0].problem)
    assert all(breach.topic == "double" and breach.remedy for breach in found)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        (HIDDEN, "there is no tests/hidden/test_double.py"),
        ("tests/public/test_double.py", "there is no tests/public/test_double.py"),
        ("tests/hidden/truth/double.json", "Keras' answers are missing: double.json."),
        ("exercises/double.py", "there is no exercises/double.py"),
        ("solutions/double.py", "there is no solutions/double.py"),
        (MISTAKEN, "there is no solutions/mistakes/double.py"),
        (VARIED, "there is no solutions/variants/double.py"),
    ],
)
def test_an_audit_finds_a_part_that_is_missing(sound, path, problem):
    (sound / path).unlink()
    found = audited(sound).breaches
    assert found[0].problem == problem
    assert all(breach.topic == "double" and breach.remedy for breach in found)


@pytest.mark.parametrize(
    "path",
    [
        "exercises/stray.py",
        "solutions/stray.py",
        "solutions/mistakes/stray.py",
        "solutions/variants/stray.py",
        "tests/hidden/test_stray.py",
        "tests/public/test_stray.py",
        "tests/hidden/truth/stray.json",
    ],
)
def test_an_audit_finds_what_belongs_to_no_topic(sound, path):
    add(sound, path, "")
    [breach] = audited(sound).breaches
    assert (breach.topic, breach.problem) == ("(course)", f"{path} belongs to no topic")


def test_an_audit_finds_truth_of_another_keras(sound):
    installed = importlib.metadata.version("keras")
    edit(sound, "tests/hidden/truth/double.json", f'"keras": "{installed}"', '"keras": "2.0.0"')
    [breach] = audited(sound).breaches
    assert breach.problem == f"the truth is from Keras 2.0.0, and Keras {installed} is installed"
    assert breach.remedy == "Run `grade truth record double`."


def test_a_variant_may_lose_what_it_says(sound):
    edit(sound, VARIED, '"x + x"', "\"x + x if hasattr(x, 'shape') else 2.5 * x\"")
    assert [breach.problem.partition(":")[0] for breach in audited(sound).breaches] == [
        "variant added loses test_number"
    ]
    edit(sound, VARIED, "edits=", 'may_lose=("test_number",), edits=')
    assert audited(sound).breaches == ()


def test_a_convention_that_costs_many_points_is_a_breach(sound):
    edit(sound, VARIED, '"x + x"', '"x + x if np.size(x) < 9 else 2.5 * x"')
    edit(sound, "solutions/double.py", "def double", "import numpy as np\n\n\ndef double")
    write_stubs(load_course(sound))
    edit(sound, VARIED, 'itself", edits=', 'itself", may_lose=tuple(f"test_vector[{n}]" for n in (9, 10, 11)), edits=')
    [breach] = audited(sound).breaches
    assert breach.problem == "variant added, a right answer, loses 3 of 13 points"


def test_an_audit_finds_a_catalogue_that_is_thin_or_gives_answers_away(sound):
    edit(sound, VARIED, "(2, 4)", "()")
    edit(sound, "course.toml", "[limits]", "[audit]\nmistakes = 13\n\n[limits]")
    for name, hint in (
        ("polite", "How often do you add it?"),
        ("talkative", "How " + "very " * 40 + "often?"),
        ("open", "Why not return 2.0*x here?"),
    ):
        change = 'edits={"return 2.0 * x": "return -9.5 * x + ' + str(len(hint)) + '"}'
        add_mistake(sound, f'Mistake(name="{name}", says="{name}", hint="{hint}", {change})')
    assert [(breach.topic, breach.problem) for breach in audited(sound).breaches] == [
        ("double", "only 1 right answers written differently are there, not 3"),
        ("double", 'the hint of mistake polite says "you": say what to look at'),
        ("double", "the hint of mistake talkative has 42 words, more than 30: one idea is enough"),
        ("double", "the hint of mistake open gives the answer away: return 2.0 * x"),
        ("(course)", "only 11 mistakes are catalogued in all, not 13"),
    ]


def test_an_audit_finds_a_stub_that_cannot_be_imported(sound):
    edit(sound, "solutions/double.py", "    ### END SOLUTION", "    ### END SOLUTION\n\n\nFOUR = double(2.0)")
    write_stubs(load_course(sound))
    [breach] = audited(sound).breaches
    assert breach.problem == "the stub cannot be imported: NotImplementedError"


def test_two_mistakes_with_the_same_numbers_are_a_breach(sound):
    """They cannot both be named."""
    add_mistake(sound, 'Mistake(name="twin", says="a twin", hint="Why?", edits={"2.0 * x": "x * 3.0"})')
    found = audited(sound)
    assert [breach.problem.partition(":")[0] for breach in found.breaches] == [
        "mistake times_3 is not diagnosed",
        "mistake twin is not diagnosed",
    ]
    assert found.breaches[0].problem.endswith(": the same tests catch twin")
    assert [kill.mistake for kill in found.kills if not kill.diagnosed] == ["times_3", "twin"]


def test_a_mistake_that_is_called_by_the_name_of_another_is_a_breach(sound):
    """One that keeps something in mind, and does not say so."""
    growing = 'code="SEEN = []\\n\\ndef double(x):\\n    SEEN.append(0)\\n    return (2.0 + (len(SEEN) % 2 == 0)) * x"'
    add_mistake(sound, f'Mistake(name="growing", says="more and more", hint="Why?", {growing})')
    problems = {breach.problem for breach in audited(sound).breaches}
    assert "mistake growing is called times_3" in problems


def test_a_right_answer_that_is_called_a_mistake_is_a_breach(sound):
    """A convention may cost the tests that ask for it, and the name of a mistake that loses more is not its name."""
    edit(sound, VARIED, '"x + x"', "\"x + x if hasattr(x, 'shape') else 3.0 * x\"")
    edit(sound, VARIED, 'itself", edits=', 'itself", may_lose=("test_number",), edits=')
    found = audited(sound)
    assert [breach.problem for breach in found.breaches] == ["variant added, a right answer, is called mistake times_3"]
    [loss] = found.conventions
    assert (loss.variant, loss.points_lost, loss.caught_by) == ("added", 2.0, ("test_number",))
    only = "edits={'2.0 * x': \"2.0 * x if hasattr(x, 'shape') else 3.0 * x\"}"
    add_mistake(sound, f'Mistake(name="numbers", says="numbers times 3", hint="Why?", {only})')
    found = audited(sound)
    assert found.breaches == ()
    assert found.conventions[0].named == ("numbers times 3",)


def test_a_suite_that_says_only_that_something_is_wrong_is_a_breach(sound):
    text = (sound / HIDDEN).read_text("utf-8")
    text = text.replace("assert_matches(student.double(x), 2.0 * x)", "assert (student.double(x) == 2.0 * x).all()")
    add(
        sound,
        HIDDEN,
        text.replace(
            "assert_matches(student.double(1.5), truth(doubled, 1.5))",
            "assert student.double(1.5) == truth(doubled, 1.5)",
        ),
    )
    problems = [breach.problem for breach in audited(sound).breaches]
    assert "no test that catches mistake times_3 says more than 'The answer is not right.'" in problems


def test_truth_that_no_test_asks_for_is_a_breach(sound):
    live = truth.Live()
    live.for_test("test_number")(doubled, 1.5)
    live.for_test("test_of_old")(doubled, 2.5)
    truth.write(truth_path(load_course(sound), "double"), 7, live.answers)
    [breach] = audited(sound).breaches
    assert breach.problem == "double.json holds answers that the suite does not ask for: test_of_old"
    assert breach.remedy == "Run `grade truth record double`."


def add_mistake(root: Path, entry: str) -> None:
    add(root, MISTAKEN, (root / MISTAKEN).read_text("utf-8") + f"MISTAKES += ({entry},)\n")


def test_an_audit_of_a_suite_that_cannot_be_collected_is_an_error(sound):
    add(sound, HIDDEN, "def test_it(:")
    with pytest.raises(CourseError, match="A suite cannot be collected"):
        audited(sound)


def test_every_small_change_to_a_solution_is_seen_or_explained(sound):
    course = load_course(sound)
    [survival], breaches = check_mutants(course, course.topics)
    assert (survival.survivors, breaches) == ((), [])
    assert survival.mutants >= 4
    edit(sound, "solutions/double.py", "return 2.0 * x", "return 2.0 * x + 0 * 1")
    [survival], breaches = check_mutants(course, course.topics)
    assert survival.survivors
    assert breaches[0].problem == f"mutant {survival.survivors[0]} loses nothing"
    known = "".join(f"    {name!r}: 'it adds nothing',\n" for name in (*survival.survivors, "double:9 no such change"))
    add(sound, MISTAKEN, (sound / MISTAKEN).read_text("utf-8") + f"EQUIVALENT = {{\n{known}}}\n")
    _, breaches = check_mutants(course, course.topics)
    assert [breach.problem for breach in breaches] == ["mutant double:9 no such change is no survivor any more"]


def test_outcomes_that_change_from_run_to_run_are_a_breach(sound, monkeypatch):
    course = load_course(sound)
    assert check_repeats(course, course.topics, 2) == []
    monkeypatch.setattr(sys, "runs_of_this_suite", 0, raising=False)
    edit(sound, HIDDEN, "import pytest", "import sys\n\nimport pytest\n\nsys.runs_of_this_suite += 1")
    edit(sound, HIDDEN, "    return 2.0 * x", "    return 2.0 * x + sys.runs_of_this_suite % 2")
    edit(sound, HIDDEN, "truth(doubled, 1.5)", "doubled(1.5)")
    breaches = check_repeats(course, course.topics, 2)
    assert breaches[0].problem == "solution has other outcomes in another run"


def test_a_solution_that_fails_with_another_seed_is_a_breach(sound):
    course = load_course(sound)
    for seed in (8, 9):
        record(sound, seed)
    assert check_seeds(course, course.topics, 2) == []
    edit(
        sound,
        HIDDEN,
        "assert_matches(student.double(x), 2.0 * x)",
        "assert_matches(student.double(x), x * (2.0 + (abs(x[0]) > 1.0)))",
    )
    [*breaches] = check_seeds(course, course.topics, 2)
    assert breaches
    assert re.match(r"with seed [89] the solution fails test_vector\[\d+\]: ", breaches[0].problem)


@pytest.mark.slow  # `make test` runs the command itself
def test_the_course_has_no_breach_and_every_mistake_is_diagnosed_as_itself():
    found = audited(Path(__file__).parents[2])
    assert found.breaches == ()
    assert [(kill.topic, kill.mistake) for kill in found.kills if not kill.diagnosed] == []
    assert all(kill.points_lost > 0 for kill in found.kills)
