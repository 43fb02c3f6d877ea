"""Handouts: a docstring becomes Markdown that reads well as text, too, and hints are taken from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from grader.course import load_course
from grader.errors import CourseError
from grader.release.stubs import stub_of
from grader.student.handout import markdown, read_handout, sections

REPOSITORY = Path(__file__).resolve().parents[2]
COURSE = load_course(REPOSITORY)
TOPICS = [topic.name for topic in COURSE.topics]


def handout(body: str, code: str = "") -> str:
    return markdown(f'"""Momentum.\n\n{body}"""\n{code}')


def below(text: str, heading: str) -> str:
    return text.split(f"## {heading}\n\n")[1].split("\n\n## ")[0]


def test_title_and_headings_become_headings():
    text = handout("The idea\n    Remember.\n\nTo read (a * b)\n    More.\n")
    assert [line for line in text.split("\n") if line.startswith("#")] == [
        "# Momentum",
        "## The idea",
        "## To read (a * b)",
        "## What to write",
    ]


def test_sentences_become_paragraphs_and_lines_ended_on_purpose_stay():
    body = "Idea\n    A sentence that goes on for so long that it needs the next line too.\n    Short one.\n    Last.\n"
    assert below(handout(body), "Idea") == (
        "A sentence that goes on for so long that it needs the next line too.\nShort one.\\\nLast."
    )


def test_what_is_aligned_stays_as_it_is():
    body = "Rules\n    v        = m * v\n\n    w        = w + v\n             as above\n    A sentence below.\n"
    assert below(handout(body), "Rules") == (
        "```text\nv        = m * v\n\nw        = w + v\n         as above\nA sentence below.\n```"
    )


def test_code_between_sentences_is_set_apart():
    body = "Old\n    Older texts write this. Today:\n        with tape:\n            loss()\n    They are old.\n"
    assert below(handout(body), "Old") == (
        "Older texts write this. Today:\n\n```text\nwith tape:\n    loss()\n```\n\nThey are old."
    )


def test_lists_become_lists():
    body = "Conventions\n  - The first point goes\n    on here.\n  - The second.\n"
    assert below(handout(body), "Conventions") == "- The first point goes\n  on here.\n- The second."


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("w**2 and a * b", r"w\*\*2 and a * b"),
        ("`w**2` and w**2", r"`w**2` and w\*\*2"),
        ("one ` tick and w**2", r"one ` tick and w\*\*2"),
        ("a < b, <b>, [w], [w](x)", r"a < b, \<b>, [w], \[w](x)"),
        ("1. first", r"1\. first"),
        ("# not a heading", r"\# not a heading"),
    ],
)
def test_signs_of_markdown_are_taken_literally(text, shown):
    made = handout(f"Idea\n    - {text}\n")
    assert below(made, "Idea") == f"- {shown}"
    assert sections(made)[0].text == f"- {text}"


def test_functions_to_write_are_listed():
    code = (
        "def step(w, rate=0.1):\n    '''One step.\n\n    More.'''\n\n"
        "class Momentum:\n    '''An optimizer.'''\n    def __init__(self):\n        pass\n"
        "    def update(self, w):\n        '''Move w**2.'''\n\ndef bare():\n    pass\n"
    )
    assert below(handout("Idea\n    x\n", code), "What to write").strip() == (
        "- `step(w, rate)`: One step.\n- `Momentum`: An optimizer.\n"
        r"  - `update(w)`: Move w\*\*2."
        "\n- `bare()`"
    )


def test_module_without_docstring_has_no_handout():
    with pytest.raises(CourseError, match="no docstring"):
        markdown("import numpy\n")


@pytest.mark.parametrize("topic", TOPICS)
def test_real_handout_says_what_the_docstring_says(topic):
    stub = stub_of(COURSE, topic)
    words = re.sub(r"\W+", " ", stub.split('"""')[1]).split()
    text = markdown(stub)
    plain = " ".join(re.sub(r"\W+", " ", f"{part.heading} {part.text}") for part in sections(text)[:-1])
    assert plain.split() == words[len(re.sub(r"\W+", " ", text.split("\n")[0]).split()) :]


@pytest.mark.parametrize("topic", TOPICS)
def test_real_handout_is_the_markdown_that_was_meant(topic):
    text = markdown(stub_of(COURSE, topic))
    tokens = MarkdownIt().parse(text)
    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}
    assert not kinds & {"em_open", "strong_open", "link_open", "html_block", "html_inline", "code_block", "image"}
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert len(headings) == len(sections(text)) + 1


def test_handout_is_read_from_the_kit_or_from_the_stub(toy_course):
    course = load_course(toy_course)
    assert read_handout(course, "double").startswith("# Doubling. double(2.0) is 4.0\n")
    (toy_course / "handouts").mkdir()
    (toy_course / "handouts/double.md").write_text("# Mine\n", "utf-8")
    assert read_handout(course, "double") == "# Mine\n"
    (toy_course / "solutions/walk.py").unlink()
    with pytest.raises(CourseError, match="no handout of walk"):
        read_handout(course, "walk")
