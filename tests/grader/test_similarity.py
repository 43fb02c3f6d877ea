"""Pairs that are closer than the task explains: found, and nobody else."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.course import load_course
from grader.errors import CourseError
from grader.model import Module, Submission
from grader.release import make_stub
from grader.similarity.pairs import Findings, find_pairs

WORDS = ("speed", "slope", "point", "weight", "rate", "step", "value", "total", "mean", "error", "bias", "layer", "row")


def own_code(seed: int, lines: int = 40) -> str:
    """A module that nobody else would write."""
    chance = random.Random(seed)
    written = ["def double(x):"]
    for _ in range(lines):
        a, b, c = (f"{chance.choice(WORDS)}_{chance.choice(WORDS)}" for _ in range(3))
        written.append(
            chance.choice(
                (
                    f"    {a} = {b} {chance.choice('+-*/')} {c}[{chance.randint(0, 9)}]",
                    f"    {a} = [{b} for {b} in {c} if {b} > {chance.randint(0, 99)}]",
                    f"    if {a} < {b}({c}): {c} {chance.choice('+-*')}= {chance.randint(0, 99)}",
                    f"    {a}, {b} = {c}.{b}({a}={chance.randint(0, 9)}), not {c}",
                    f"    while {a}: {b} = {c}({a}, {b} ** {chance.randint(2, 5)})",
                    f"    # the {chance.choice(WORDS)} of the {chance.choice(WORDS)} and {a}",
                )
            )
        )
    return "\n".join([*written, "    return 2.0 * x", ""])


def renamed(source: str) -> str:
    """With other names and without comments."""
    source = re.sub(r"^ *#.*\n", "", source, flags=re.MULTILINE)
    return re.sub(r"\b([a-z]+)_([a-z]+)\b", lambda name: f"{name[2]}{name[1]}1", source)


def handed_in(name: str, double: str | bytes, **more: str) -> Submission:
    sources = {"double": double, **more}
    return Submission(
        student_id=name,
        modules={
            topic: Module(topic=topic, filename=f"{topic}.py", source=text.encode() if isinstance(text, str) else text)
            for topic, text in sources.items()
        },
    )


@pytest.fixture
def compare(toy_course) -> Callable[..., Findings]:
    course = load_course(toy_course)

    def run(*submissions: Submission, **options: float) -> Findings:
        return find_pairs(course, submissions, **options)

    return run


def others(amount: int = 6) -> list[Submission]:
    return [handed_in(f"other{number}", own_code(100 + number)) for number in range(amount)]


def names(findings: Findings) -> list[tuple[str, str]]:
    return [(pair.one, pair.other) for pair in findings.pairs]


def test_a_copy_is_found_and_nobody_else(compare):
    findings = compare(handed_in("ada", own_code(1)), *others(), handed_in("eve", own_code(1)))
    assert names(findings) == [("ada", "eve")]
    assert findings.submissions == 8
    (pair,) = findings.pairs
    assert (pair.structure, pair.wording) == (1.0, 1.0)


def test_renaming_and_leaving_out_comments_hides_nothing(compare):
    copy = renamed(own_code(1))
    assert not set(re.findall(r"\w+_\w+", own_code(1))) & set(re.findall(r"\w+", copy))
    (pair,) = compare(handed_in("ada", own_code(1)), *others(), handed_in("eve", copy)).pairs
    assert (pair.one, pair.other) == ("ada", "eve")
    assert pair.structure > 0.9
    assert pair.wording < 0.2


def test_what_the_task_explains_counts_for_nothing(compare, toy_course):
    solution = (toy_course / "solutions" / "double.py").read_text("utf-8")
    stub = make_stub(solution)
    findings = compare(
        *(handed_in(f"right{number}", solution) for number in range(4)),
        *(handed_in(f"stub{number}", stub) for number in range(4)),
        Submission(student_id="nothing", modules={}),
    )
    assert findings.pairs == ()
    assert findings.submissions == 9


def test_own_code_is_compared_without_the_solution_around_it(compare, toy_course):
    solution = (toy_course / "solutions" / "double.py").read_text("utf-8")
    around = [handed_in(f"s{number}", solution + own_code(number)) for number in range(5)]
    assert compare(*around).pairs == ()


def test_what_many_have_is_the_tasks(compare):
    shared = [handed_in(f"s{number:02}", own_code(1)) for number in range(4)]
    assert len(compare(*shared, *others(), common=4).pairs) == 6
    assert compare(*shared, *others(), common=3).pairs == ()


def test_pairs_beyond_the_most_are_counted(compare):
    shared = [handed_in(f"s{number}", own_code(1)) for number in range(4)]
    findings = compare(*shared, most=2)
    assert (len(findings.pairs), findings.more) == (2, 4)


def test_closer_pairs_come_first(compare):
    half = own_code(2)[: len(own_code(2)) * 3 // 4] + "\n" + own_code(50, 15)
    findings = compare(
        handed_in("half", half),
        handed_in("whole", own_code(1)),
        *others(),
        handed_in("of_half", own_code(2)),
        handed_in("of_whole", own_code(1)),
    )
    assert names(findings) == [("whole", "of_whole"), ("half", "of_half")]


def test_lines_that_are_alike_are_named(compare):
    before, after = own_code(7, 30), own_code(8, 12)
    stolen = "\n".join(own_code(1).splitlines()[1:])
    (pair,) = compare(
        handed_in("ada", own_code(1)), *others(), handed_in("eve", f"{before}{stolen}\n{after}"), alike=0.3
    ).pairs
    (passage,) = pair.passages
    assert passage.topic == "double"
    first, last = max(passage.other_lines, key=lambda lines: lines[1] - lines[0])
    start = len(before.splitlines()) + 1
    assert start - 5 <= first <= start + 1
    assert start + 37 <= last <= start + 45


def test_topics_are_added_up(compare):
    (pair,) = compare(
        handed_in("ada", own_code(1, 12), walk=own_code(2, 12)),
        *others(),
        handed_in("eve", own_code(1, 12), walk=own_code(2, 12)),
    ).pairs
    assert [passage.topic for passage in pair.passages] == ["double", "walk"]


@pytest.mark.parametrize(
    "source",
    [b"", b"\xff\xfe\x00", b"def (:\n", b"\x00" * 300, b"'''" * 2000, ("é" * 300_000).encode(), b"\r" * 1000],
    ids=["empty", "no-utf8", "syntax", "zeros", "quotes", "long", "line-ends"],
)
def test_anything_can_be_handed_in(compare, source):
    findings = compare(handed_in("odd", source), handed_in("ada", own_code(1)), handed_in("eve", own_code(1)))
    assert names(findings) == [("ada", "eve")]


def test_a_course_without_the_topic_says_so(compare, toy_course):
    (toy_course / "solutions" / "walk.py").unlink()
    with pytest.raises(CourseError, match="walk has neither a stub nor a solution"):
        compare(handed_in("ada", own_code(1)))


def test_command_lists_the_same_pairs_in_every_run(toy_course, hand_in, grade_command):
    for name, seed in (("ada", 1), ("ben", 2), ("cleo", 3), ("eve\u202e", 1)):
        hand_in(name, double=own_code(seed))
    folder = toy_course.parent / "submissions"
    first, second = (
        grade_command("similar", folder, "--json", cwd=toy_course, PYTHONHASHSEED=seed) for seed in ("1", "2")
    )
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    found = json.loads(first.stdout)
    assert found["submissions"] == 4
    assert [(pair["one"], pair["other"][:3]) for pair in found["pairs"]] == [("ada", "eve")]
    shown = grade_command("similar", folder, cwd=toy_course)
    assert "4 submissions compared, 1 pair to look at." in shown.stdout
    assert "not a verdict" in shown.stdout
    assert "\u202e" not in shown.stdout


def test_command_says_when_there_is_nothing_to_look_at(toy_course, hand_in, grade_command):
    hand_in("ada", double=own_code(1))
    hand_in("ben", double=own_code(2))
    done = grade_command("similar", toy_course.parent / "submissions", cwd=toy_course)
    assert done.returncode == 0, done.stderr
    assert "No two are closer than the task explains." in done.stdout


def test_command_names_a_folder_that_is_not_there(toy_course, grade_command):
    done = grade_command("similar", Path("nowhere"), cwd=toy_course)
    assert done.returncode == 2
    assert "nowhere" in done.stderr
