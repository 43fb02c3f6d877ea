"""The list of conformance, and what its cases share."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from grader.sandbox.client import StudentError
from grader.suite.subject import Subject, control_of

Open = Callable[..., Subject]
"""open_module(source, **limits): the module `work.py` in a worker of its own, which is opened by the first call."""

CASES: list[tuple[Callable[[Open], None], frozenset[str]]] = []


def case(*needs: str) -> Callable[[Callable[[Open], None]], Callable[[Open], None]]:
    """Add a case to the list; `needs` are abilities of a sandbox: "process", "confined"."""

    def add(function: Callable[[Open], None]) -> Callable[[Open], None]:
        CASES.append((function, frozenset(needs)))
        return function

    return add


def error_of(call: Callable[..., Any], *args: Any, **kwargs: Any) -> StudentError:
    """The StudentError that a call ends in."""
    with pytest.raises(StudentError) as caught:
        call(*args, **kwargs)
    return caught.value


def assert_lives(student: Subject) -> None:
    """The next test finds a worker that answers."""
    control_of(student).start_test()
    assert student.alive(3) == 3


ALIVE = "\ndef alive(x):\n    return x\n"


def returning(expression: str) -> str:
    """A module with `f`, which returns this, and `alive`."""
    return f"import os, sys, time\nimport numpy as np\n\ndef f(*args, **kwargs):\n    return {expression}\n" + ALIVE


def dedented(source: str | bytes) -> bytes:
    """A source as it is opened: text may be indented as the test is."""
    return (
        source if isinstance(source, bytes) else textwrap.dedent(source).lstrip("\n").encode("utf-8", "surrogatepass")
    )
