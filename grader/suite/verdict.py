"""From what a test raised to a result and a sentence."""

from __future__ import annotations

from bisect import bisect

from grader.errors import GraderError
from grader.language.english import english
from grader.model import Result, SuiteKind
from grader.sandbox.client import StudentError
from grader.suite.compare import MismatchError

_SAID_BY_ITSELF = (Result.NOT_IMPLEMENTED, Result.TIMEOUT, Result.CRASHED)
_ADVICE = {
    "TabError": english(
        "Some lines begin with tabs, others with spaces. Let the editor turn all tabs into four spaces."
    ),
    "IndentationError": english(
        "Lines that belong together begin in the same column. Compare this line with the one above it."
    ),
    "TypeError: unsupported operand type(s) for ^": english(
        "In Python ^ is not a power: it compares bits, and 2 ^ 3 is 1."
    ),
}
"""Of errors whose own words do not help a beginner."""


def judge(error: BaseException, kind: SuiteKind, filename: str) -> tuple[Result, str] | None:
    """Result and message for a student.

    Args:
        error: what the test raised.
        kind: of suite; only a public one says how large an error is.
        filename: the student's module.

    Returns:
        None if it is not clear whose failure it is.
    """
    if isinstance(error, StudentError) and error.trusted:
        return None  # of the reference, which the suite may have handed what the student returned
    if isinstance(error, StudentError):
        return error.result, _student_message(error, error.filename or filename)
    if isinstance(error, MismatchError):
        return error.result, error.message if kind is SuiteKind.PUBLIC else error.brief
    if isinstance(error, AssertionError):
        public = kind is SuiteKind.PUBLIC and str(error)  # a bare assert may name expected values
        return Result.WRONG_VALUE, public or english("The answer is not right.")
    if isinstance(error, GraderError):
        return Result.NOT_GRADED, str(error)
    return None


def _student_message(error: StudentError, filename: str) -> str:
    if error.result is Result.NOT_IMPLEMENTED and error.frames:
        function = error.frames[-1][1]
        return english(f"{function}() is not written yet ({filename}, {_place(error, error.frames[-1][0])}).")
    if error.result is Result.NOT_IMPLEMENTED and not error.message:
        return english(f"{filename} is not finished.")
    if not error.frames or error.result in _SAID_BY_ITSELF:
        return error.message
    lines = [error.message]
    for line, function, text in error.frames:  # as Python has it: the line where it went wrong stands last
        place = _place(error, line)
        where = english(f"{filename}, {place}, in {function}:" if function else f"{filename}, {place}:")
        lines += [where, f"    {text}"]
    return "\n".join(lines + [_ADVICE[kind] for kind in _ADVICE if error.message.startswith(f"{kind}:")])


def _place(error: StudentError, line: int) -> str:
    """The line, counted in its cell where the module was a notebook."""
    cell = bisect(error.cells, line)
    return english(f"code cell {cell}, line {line - error.cells[cell - 1] + 1}" if cell else f"line {line}")
