"""A small assignment of the course's own functions, the same for every grader: six functions, five tests each.

Submissions are right, wrong or broken, and it is known which tests each of them passes.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

REPOSITORY = Path(__file__).resolve().parents[1]
FUNCTIONS = {
    "sgd_update": "gradient_descent",
    "momentum_step": "momentum",
    "running_average": "rmsprop",
    "update_moments": "adam",
    "corrected_learning_rate": "adam",
    "l2_penalty": "weight_regularization",
}
CASES = 5
MODULE = "six"

WRONG = """
_right_{name} = {name}


def {name}(*args):
    answer = _right_{name}(*args)
    return tuple(1.1 * one for one in answer) if isinstance(answer, tuple) else 1.1 * answer
"""
RAISES = """

def {name}(*args):
    raise {error}
"""


class Case(NamedTuple):
    """A call and its answer, as Python text."""

    function: str
    number: int
    arguments: str
    expected: str


class Submission(NamedTuple):
    """A module, and the functions of which it passes the tests."""

    source: str
    right: frozenset[str]


def functions() -> dict[str, str]:
    """Each function as a module of its own."""
    found = {}
    for name, topic in FUNCTIONS.items():
        text = (REPOSITORY / "solutions" / f"{topic}.py").read_text("utf-8")
        function = next(node for node in ast.parse(text).body if getattr(node, "name", "") == name)
        lines = (ast.get_source_segment(text, function) or "").splitlines()
        found[name] = "import numpy as np\n\n\n" + "\n".join(line for line in lines if "### " not in line) + "\n"
    return found


def solution() -> str:
    """The module with all six functions right."""
    return "\n\n".join(functions().values())


def cases() -> list[Case]:
    """Five calls of each function, with other random numbers in each."""
    module: dict[str, Any] = {}
    exec(solution(), module)
    found = []
    for name in FUNCTIONS:
        for number in range(CASES):
            arguments = _arguments(name, np.random.default_rng([len(name), number]))
            found.append(Case(name, number, ", ".join(map(_text, arguments)), _text(module[name](*arguments))))
    return found


def _arguments(name: str, rng: np.random.Generator) -> tuple[Any, ...]:
    w, m, v, g = rng.normal(size=(4, 3, 4)).round(3)
    rate, beta = rng.uniform(0.1, 0.9, size=2).round(3)
    made: Mapping[str, tuple[Any, ...]] = {
        "sgd_update": (w, g, rate),
        "momentum_step": (w, v, g, rate, beta),
        "running_average": (m, g, beta),
        "update_moments": (m, np.abs(v), g, beta, 0.99),
        "corrected_learning_rate": (rate, int(rng.integers(1, 9)), beta, 0.99),
        "l2_penalty": (w, rate),
    }
    return made[name]


def _text(value: Any) -> str:
    """As Python writes it."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))})"
    return f"np.array({value.tolist()})" if isinstance(value, np.ndarray) else repr(np.float64(value).item())


def submissions(count: int) -> dict[str, Submission]:
    """A class, a sixth of each kind: right twice, two wrong, three wrong, two raise, nothing done, no Python at all."""
    names = list(FUNCTIONS)
    right = solution()
    kinds = [
        Submission(right, frozenset(names)),
        _spoilt(right, names[:2], WRONG),
        _spoilt(right, names[3:], WRONG),
        _spoilt(right, names[1:3], RAISES.replace("{error}", "ValueError('no')")),
        _spoilt(right, names, RAISES.replace("{error}", "NotImplementedError")),
        Submission(right + "\ndef broken(:\n", frozenset()),
    ]
    return {f"student{number:05}": kinds[number % len(kinds)] for number in range(count)}


def _spoilt(right: str, names: list[str], how: str) -> Submission:
    text = right + "".join(how.replace("{name}", name) for name in names)
    return Submission(text, frozenset(FUNCTIONS) - frozenset(names))


def assertion(case: Case, prefix: str = "") -> str:
    """A test in a line, for graders that run it beside the student's code."""
    call = f"{prefix}{case.function}({case.arguments})"
    return f"for got, want in zip(*map(_listed, ({call}, {case.expected}))): np.testing.assert_allclose(got, want)"


LISTED = "def _listed(answer):\n    return answer if isinstance(answer, tuple) else (answer,)\n"
"""Goes before assertions."""
