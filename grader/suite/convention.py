"""Which of several legitimate conventions a submission follows, so that a suite can ask in its terms."""

from __future__ import annotations

from collections.abc import Callable

from grader.sandbox.client import StudentError
from grader.suite.compare import MismatchError, assert_matches


def agrees(call: Callable[[], object], expected: object) -> bool:
    """Whether a call of the student's gives this answer.

    For a convention that one test asks for and the others only have to know of. A call that fails does not agree; what
    is wrong with it is for the test of that function to say.
    """
    try:
        assert_matches(call(), expected)
    except (MismatchError, StudentError):
        return False
    return True
