"""From answers to the name of a mistake."""

from __future__ import annotations

import numpy as np
import pytest
from grading import RIGHT, add, doubling, grade_all, job, outcomes_of, returning
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.course import load_course
from grader.diagnosis import (
    agree_on_one,
    candidates,
    edited,
    load_mistakes,
    load_variants,
    same_answers,
    solution_module,
)
from grader.errors import CourseError
from grader.model import Mistake, Module, Variant

X = np.array([1.5, -2.5, 3.5])
NAN, INF = float("nan"), float("inf")
SOLUTION = Module(topic="double", filename="double.py", source=b"def double(x):\n    return 2.0 * x\n")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (X, X * (1 + 1e-9)),
        (X, X.astype("f4")),
        (X, X.reshape(3)),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (np.array([True]), np.array([1])),
        (np.array([NAN, INF]), np.array([NAN, INF])),
        (1.5, 1.5 * (1 + 1e-9)),
        (2, 2.0),
        (True, 1.0),
        (NAN, NAN),
        (INF, INF),
        (1 + 2j, (1 + 2j) * (1 + 1e-9)),
        (10**400, 10**400),
        ((X, 1.5), [X, 1.5]),
        ({"a": X}, {"a": X}),
        ("text", "text"),
        (None, None),
        ([], ()),
    ],
    ids=repr,
)
def test_same_answers_when_only_noise_differs(one, other):
    assert same_answers([one], [other])
    assert same_answers([other], [one])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (X, X * (1 + 1e-5)),
        (X, X[:2]),
        (X, X[None]),
        (X, X * [1, 1, NAN]),
        (X, X + 1j),
        (X, list(X)),
        (np.array(1.5), 1.5),
        (1.5, 1.6),
        (1.5, NAN),
        (INF, -INF),
        (1 + 2j, 1 + 3j),
        (1 + 2j, 1.0),
        (10**400, 1.5),
        (10**400, 10**401),
        (1.5, -(10**400)),
        (0, None),
        ("text", "other"),
        ("1", 1),
        (b"a", "a"),
        ((X, 1.5), (X, 1.6)),
        ((X,), (X, X)),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, [1]),
    ],
    ids=repr,
)
def test_same_answers_when_something_differs(one, other):
    assert not same_answers([one], [other])
    assert not same_answers([other], [one])


def test_transcripts_are_the_same_call_by_call():
    assert same_answers([], [])
    assert not same_answers([1.5], [1.5, 2.5])
    assert not same_answers([1.5, 2.5], [2.5, 1.5])


def test_candidates_are_the_mistakes_with_just_these_answers():
    known = {"tripled": [X, 4.5], "halved": [X, 0.5], "silent": []}
    assert candidates([X, 4.5], known) == {"tripled"}
    assert candidates([X], known) == frozenset()
    assert candidates([], known) == frozenset()


@pytest.mark.parametrize(
    ("found", "named"),
    [
        ({}, {}),
        ({"one": "a"}, {"one": "a"}),
        ({"one": ""}, {}),
        ({"one": "ab"}, {}),
        ({"one": "ab", "two": "a"}, {"one": "a", "two": "a"}),
        ({"one": "ab", "two": "bc"}, {"one": "b", "two": "b"}),
        ({"one": "ab", "two": "ab"}, {}),
        ({"one": "a", "two": "b"}, {"one": "a", "two": "b"}),
        ({"one": "ab", "two": "c"}, {"two": "c"}),
        ({"one": "a", "two": ""}, {"one": "a"}),
        ({"one": "ab", "two": "", "three": "b"}, {"one": "b", "three": "b"}),
    ],
)
def test_agree_on_one(found, named):
    assert agree_on_one({test: frozenset(names) for test, names in found.items()}) == named


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.dictionaries(st.sampled_from("123"), st.frozensets(st.sampled_from("abc"))))
def test_agree_on_one_names_only_candidates(found):
    for test, name in agree_on_one(found).items():
        assert name in found[test]


def mistake(**changes) -> Mistake:
    return Mistake(**{"name": "tripled", "says": "three times x", "hint": "How often?", **changes})


def test_edited_replaces_and_appends():
    module = edited(SOLUTION, mistake(edits={"2.0 * x": "3.0 * y", "(x)": "(y)"}, code="double = double"))
    assert module.source == b"def double(y):\n    return 3.0 * y\n\n\ndouble = double"
    assert (module.topic, module.filename) == ("double", "double.py")
    assert edited(SOLUTION, Variant(name="same", says="nothing")) == SOLUTION


@pytest.mark.parametrize(("old", "count"), [("4.0", 0), ("x", 2), ("", 35)])
def test_edited_when_an_edit_does_not_stand_once_says_how_often(old, count):
    with pytest.raises(CourseError, match=f"tripled of double: {old!r} stands {count} times in the solution") as caught:
        edited(SOLUTION, mistake(edits={old: "y"}))
    assert "solutions/mistakes/double.py" in caught.value.remedy


def test_catalogues_are_read(toy_course):
    course = load_course(toy_course)
    assert [entry.name for entry in load_mistakes(course, "double")] == ["tripled", "squared"]
    assert load_mistakes(course, "walk") == ()
    assert load_variants(course, "double") == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no MISTAKES in it"),
        ("MISTAKES = 1 / 0", "ZeroDivisionError: division by zero"),
        ("MISTAKES = (", "SyntaxError: '(' was never closed"),
        ("from grader.model import Mistake\nMISTAKES = (Mistake(name='a'),)", "TypeError: Missing required argument"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
    ],
)
def test_a_catalogue_that_cannot_be_read_says_why(toy_course, text, says):
    add(toy_course, "solutions/mistakes/double.py", text)
    with pytest.raises(CourseError) as caught:
        load_mistakes(load_course(toy_course), "double")
    assert f"solutions/mistakes/double.py cannot be read: {says}" in caught.value.problem
    assert caught.value.remedy == "See docs/authors.md."


def test_a_solution_that_cannot_be_read_says_so(toy_course):
    with pytest.raises(CourseError, match=r"no_such\.py cannot be read: No such file or directory"):
        solution_module(load_course(toy_course), "no_such")


def named(root, source):
    """The mistake that each test of `double` is said to show, with its hint."""
    return [(outcome.mistake, outcome.hint) for outcome in outcomes_of(root, "double", source)]


TRIPLED, NOTHING = ("three times x", "How often is x taken?"), ("", "")


@pytest.mark.parametrize("expression", ["3.0 * x", "x + x + x", "np.sum([x, x, x], axis=0)", "3.0 * x * (1 + 1e-10)"])
def test_a_mistake_is_named_however_it_is_written(toy_course, expression):
    assert named(toy_course, returning(expression)) == [TRIPLED, NOTHING, TRIPLED]


@pytest.mark.parametrize(
    "expression", ["3.0 * x * (1 + 1e-6)", "x", "x.sum()", "(3.0 * x).tolist()", "x.no", "2.0 * x"]
)
def test_answers_of_no_known_mistake_are_not_named(toy_course, expression):
    assert named(toy_course, returning(expression)) == [NOTHING] * 3


def test_a_mistake_in_each_function_is_named_where_it_shows(toy_course):
    source = doubling("return x**2.0").replace("return x, 2.0 * x", "return x, 3.0 * x")
    assert [name for name, _ in named(toy_course, source)] == ["x squared", "three times x", "x squared"]


def test_a_mistake_that_a_passed_test_rules_out_is_not_named(toy_course):
    """Two mistakes give the same numbers in one test, and one of them fails another test that the student passes."""
    add(toy_course, "solutions/mistakes/double.py", """
        from grader.model import Mistake

        MISTAKES = (
            Mistake(name="everywhere", says="three times x", hint="?", edits={"2.0 * x": "3.0 * x"}),
            Mistake(
                name="vectors",
                says="three times a vector",
                hint="?",
                edits={"2.0 * x": "3.0 * x if np.ndim(x) else 2.0 * x"},
            ),
        )
        """)  # fmt: skip
    add(toy_course, "tests/hidden/test_double.py", '''
        import numpy as np
        from grader.suite import assert_matches


        def test_vector(student):
            """A vector."""
            assert_matches(student.double(np.ones(3)), np.full(3, 2.0))


        def test_number(student):
            """A number."""
            assert_matches(student.double(1.5), 3.0)
        ''')  # fmt: skip
    everywhere = RIGHT.replace("2.0 * x", "3.0 * x")
    vectors = RIGHT.replace("2.0 * x", "(3.0 if hasattr(x, 'shape') else 2.0) * x")
    assert [name for name, _ in named(toy_course, everywhere)] == ["three times x", "three times x"]
    assert [name for name, _ in named(toy_course, vectors)] == ["three times a vector", ""]


def test_two_mistakes_with_the_same_numbers_are_not_guessed_between(toy_course):
    text = (toy_course / "solutions/mistakes/double.py").read_text("utf-8")
    twin = 'Mistake(name="twin", says="the same", hint="?", edits={"2.0 * x": "x + x + x"}),\n)\n'
    add(toy_course, "solutions/mistakes/double.py", text.rstrip().removesuffix(")") + twin)
    assert named(toy_course, returning("3.0 * x")) == [NOTHING] * 3


@pytest.mark.parametrize(
    "slip", ["self.total + amount + 1.0", "self.total * amount", "[np.ones((1,) * 30 + (3,)), np.ones(10**6)]"]
)
def test_a_mistake_in_an_object_is_named_for_each_student_who_makes_it(toy_course, slip):
    """Objects of the student before are no part of it, nor are answers that are too large to cross."""
    mistakes = [
        ("counts_more", "self.total + amount + 1.0"),
        ("multiplies", "self.total * amount"),
        ("large", "[np.ones((1,) * 30 + (3,)), np.ones(10**6)]"),
    ]
    entries = "".join(
        f"    Mistake(name={name!r}, says={name!r}, hint='Why?', edits={{'self.total + amount': {right!r}}}),\n"
        for name, right in mistakes
    )
    add(toy_course, "solutions/mistakes/walk.py", f"from grader.model import Mistake\n\nMISTAKES = (\n{entries})\n")
    source = solution_module(load_course(toy_course), "walk").source.decode().replace("self.total + amount", slip)
    jobs = [job(student, {"walk": source + f"\n# {student}\n"}) for student in ("ada", "bob", "eve")]
    found = grade_all(toy_course, jobs, topics=["walk"])
    names = {student: [outcome.mistake for outcome in outcomes] for (student, _), outcomes in found.items()}
    assert names == dict.fromkeys(("ada", "bob", "eve"), names["ada"])
    if not slip.startswith("["):
        assert names["ada"][1] in {"counts_more", "multiplies"}
