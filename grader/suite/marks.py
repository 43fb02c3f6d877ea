"""What a suite says about its tests."""

from __future__ import annotations

import re

import pytest


def points(value: float) -> pytest.MarkDecorator:
    """What a test is worth; one point without it."""
    if not value > 0:
        raise ValueError("a test is worth more than nothing")
    return pytest.mark.points(value)


def points_of(item: pytest.Item) -> float:
    """The points of a collected test."""
    mark = item.get_closest_marker("points")
    return float(mark.args[0]) if mark else 1.0


def sentence_of(item: pytest.Item) -> str:
    """First line of the test's docstring: what a student reads."""
    sentence = _docstring_of(item).splitlines()[0]
    callspec = getattr(item, "callspec", None)
    return f"{sentence} [{callspec.id}]" if callspec else sentence


def hints_of(item: pytest.Item) -> tuple[str, ...]:
    """The further paragraphs of the test's docstring, for who asks for a hint."""
    paragraphs = re.split(r"\n\s*\n", _docstring_of(item))[1:]
    return tuple(" ".join(paragraph.split()) for paragraph in paragraphs)


def _docstring_of(item: pytest.Item) -> str:
    return str(
        getattr(getattr(item, "function", None), "__doc__", None) or getattr(item, "originalname", item.name)
    ).strip()
