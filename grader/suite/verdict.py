"""From what a test raised to a result and a sentence."""

from __future__ import annotations

from grader.errors import GraderError
from grader.model import Result, SuiteKind
from grader.sandbox.client import StudentError
from grader.suite.compare import MismatchError

_SAID_BY_ITSELF = (Result.NOT_IMPLEMENTED, Result.TIMEOUT, Result.CRASHED)


def judge(error: BaseException, kind: SuiteKind, filename: str) -> tuple[Result, str] | None:
    """Result and message for a student.

    Args:
        error: what the test raised.
        kind: of suite; only a public one shows expected values.
        filename: the student's module.

    Returns:
        None if it is not clear whose failure it is.
    """
    if isinstance(error, StudentError):
        return error.result, _student_message(error, filename)
    if isinstance(error, MismatchError):
        detail = f"\n{error.detail}" if error.detail and kind is SuiteKind.PUBLIC else ""
        return error.result, error.message + detail
    if isinstance(error, AssertionError):
        public = kind is SuiteKind.PUBLIC and str(error)  # a bare assert may name expected values
        return Result.WRONG_VALUE, public or "The answer is not right."
    if isinstance(error, GraderError):
        return Result.NOT_GRADED, str(error)
    return None


def _student_message(error: StudentError, filename: str) -> str:
    if error.result is Result.NOT_IMPLEMENTED and error.frames:
        function = error.frames[-1][1]
        return f"{function}() is not written yet ({filename}, line {error.frames[-1][0]})."
    if error.result is Result.NOT_IMPLEMENTED and not error.message:
        return f"{filename} is not finished."
    if not error.frames or error.result in _SAID_BY_ITSELF:
        return error.message
    line, function, text = error.frames[-1]
    where = f"{filename}, line {line}" + (f", in {function}" if function else "")
    return f"{error.message}\n{where}:\n    {text}"
