"""Tests that are remembered, with an attacker's eyes: one student's answers change nothing for the next."""

from __future__ import annotations

import gc
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from grading import RIGHT, WALKS, add, doubling, grade_all, job

from grader.model import Result
from grader.suite.session import Job

FORGE = "\nimport sys\nfrom grader.sandbox import wire\n\ndef channel():\n    frame = sys._getframe()\n"
FORGE += (
    "    while 'stream' not in frame.f_locals:\n        frame = frame.f_back\n    return frame.f_locals['stream']\n"
)
# Each is graded twice, between honest ones: what it says has then been said before, up to where it matters.
SOURCES = {
    "right": RIGHT,
    "wrong": RIGHT.replace("2.0", "3.0"),
    "prints": RIGHT.replace("return 2.0", "print('only mine'); return 2.0"),
    "prints and is wrong": doubling("print('mine alone'); return x"),
    "raises": doubling("raise ValueError('first')"),
    "raises elsewhere": "# moved down\n" + doubling("raise ValueError('first')"),
    "changes": doubling("x *= 2.0; return x"),
    "denies that it changes": doubling("x *= 2.0; return x")
    + "from grader.sandbox import host\nhost._snapshot = int\n",
    "stops": doubling("os._exit(0)"),
    "stops after an answer": doubling("return 2.0 * x").replace("return x, ", "os._exit(0); return x, "),
    "loops after an answer": doubling("return 2.0 * x").replace("return x, ", "exec('while 1: pass'); return x, "),
    "answers ahead": RIGHT
    + FORGE
    + "\nfor _ in range(3):\n    channel().send(wire.Value(wire.pack(1.0, None)[0], (), ''), b'')\n",
    "answers twice": FORGE + doubling("channel().send(wire.Raised('passed', '', (), ''), b''); return 2.0 * x"),
    "asks for nothing": FORGE
    + doubling("channel().exchange(wire.Ask(5, wire.pack(((), {}), None)[0]), b''); return x"),
    "remembers": "calls = []\n" + doubling("calls.append(1); return 2.0 * x if len(calls) < 2 else 1.0"),
    "has nothing": "",
    "cannot be read": "def double(x:\n",
}


def class_of(sources: dict[str, str]) -> list[Any]:
    """Everybody twice, honest ones first, between and last."""
    students = [("right-0", RIGHT)]
    for turn in (1, 2):
        for name, source in sources.items():
            students += [(f"{name}-{turn}", source), (f"right-{name}-{turn}", RIGHT)]
    return [job(name, {"double": source, "walk": WALKS}) for name, source in students]


def test_who_is_remembered_gets_what_everybody_gets_alone(toy_course: Path) -> None:
    jobs = class_of(SOURCES)
    together = grade_all(toy_course, jobs, remember=True)
    alone = grade_all(toy_course, jobs, remember=False)
    for key, outcomes in alone.items():
        assert together[key] == outcomes, key
    for (student, topic), outcomes in together.items():
        if student.startswith("right") or topic == "walk":
            assert {outcome.result for outcome in outcomes} == {Result.PASSED}, student
            assert not any(outcome.output for outcome in outcomes)


def test_what_one_has_printed_is_shown_with_nobody_else(toy_course: Path) -> None:
    answer = doubling("print({!r}); return 1.0")
    sources = {name: answer.format(f"I am {name}") for name in ("ada", "ben", "cleo")}
    found = grade_all(toy_course, [job(name, {"double": text}) for name, text in sources.items()], remember=True)
    for name in sources:
        shown = " ".join(outcome.output for outcome in found[name, "double"])
        assert {word for word in sources if f"I am {word}" in shown} == {name}


MEMORY = """
def double(x):
    return [{{0: {{}}}} for _ in range({parts})]

def both(x):
    return double(x)
"""


@pytest.mark.parametrize(("parts", "students"), [(300, 30), (3000, 6)])
def test_memory_of_a_runner_is_not_filled_by_what_it_remembers(
    toy_course: Path, parts: int, students: int, monkeypatch: Any
) -> None:
    """Answers that are small on the wire and large in memory, each of them another one."""
    from grader.suite import conversations

    monkeypatch.setattr(conversations, "MOST_BYTES", most := 2_000_000)
    monkeypatch.setattr(conversations.Conversations.__init__, "__defaults__", (most,))
    held: list[int] = []

    def measure(*_: object) -> None:
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])

    jobs = [job(str(number), {"double": MEMORY.format(parts=parts + number)}) for number in range(students)]
    tracemalloc.start()
    try:
        grade_all(toy_course, jobs, topics=["double"], remember=True, deliver=measure)
    finally:
        tracemalloc.stop()
    assert max(held) - held[0] < 1.5 * most


OWN = """
from grader.suite import assert_matches

def test_own(student, own):
    assert_matches(own("double").double(3.0), 6.0)
"""
# What one topic's tests leave behind in the worker of its module, which another topic uses after it.
LEFT = {
    "nothing": RIGHT,
    "little time": doubling("__import__('time').sleep(0.7); return 2.0 * x"),
    "no worker": RIGHT.replace("return x, ", "__import__('os')._exit(0); return x, "),
}


@pytest.mark.parametrize("left", LEFT)
def test_a_topic_gets_the_same_whatever_was_graded_before_it(toy_course: Path, left: str) -> None:
    course = toy_course / "course.toml"
    text = course.read_text().replace("max_score = 3", 'max_score = 3\nuses = ["double"]')
    course.write_text(text.replace("call_seconds = 0.5", "call_seconds = 1.5"))
    add(toy_course, "tests/hidden/test_walk.py", OWN)
    after = job("ada", {"double": LEFT[left], "walk": WALKS})
    by_itself = Job(submission=after.submission, topics=("walk",))
    walk = "ada", "walk"
    assert (
        grade_all(toy_course, [after], remember=True)[walk] == grade_all(toy_course, [by_itself], remember=True)[walk]
    )
