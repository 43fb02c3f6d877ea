"""What is said of a result, everywhere alike: in a word or two, and as a sentence to the student."""

from __future__ import annotations

from grader.model import Result

KINDS = {
    Result.PASSED: ("passed", "This is right."),
    Result.WRONG_VALUE: ("wrong numbers", "The numbers are wrong."),
    Result.WRONG_SHAPE: ("wrong shape", "The shape is wrong."),
    Result.WRONG_TYPE: ("wrong type", "What comes back is of the wrong type."),
    Result.EXCEPTION: ("error", "Python stopped with an error."),
    Result.TIMEOUT: ("too slow", "It did not finish in time and was stopped."),
    Result.MEMORY: ("too much memory", "It asked for more memory than it may have."),
    Result.CRASHED: ("crashed", "Python itself came to an end before there was an answer."),
    Result.FORBIDDEN: ("not allowed", "It tried something that is not allowed here."),
    Result.NOT_IMPLEMENTED: ("not written yet", "This is still to be written."),
    Result.NOT_GRADED: (
        "not graded",
        "The grader itself failed here. This costs no points; please report it.",
    ),
}
