"""What is said of a result, everywhere alike: in a word or two, and as a sentence to the student."""

from __future__ import annotations

from grader.language.messages import gettext_noop
from grader.model import Result

KINDS = {
    Result.PASSED: (gettext_noop("passed"), gettext_noop("This is right.")),
    Result.WRONG_VALUE: (gettext_noop("wrong numbers"), gettext_noop("The numbers are wrong.")),
    Result.WRONG_SHAPE: (gettext_noop("wrong shape"), gettext_noop("The shape is wrong.")),
    Result.WRONG_TYPE: (gettext_noop("wrong type"), gettext_noop("What comes back is of the wrong type.")),
    Result.EXCEPTION: (gettext_noop("error"), gettext_noop("Python stopped with an error.")),
    Result.TIMEOUT: (gettext_noop("too slow"), gettext_noop("It did not finish in time and was stopped.")),
    Result.MEMORY: (gettext_noop("too much memory"), gettext_noop("It asked for more memory than it may have.")),
    Result.CRASHED: (gettext_noop("crashed"), gettext_noop("Python itself came to an end before there was an answer.")),
    Result.FORBIDDEN: (gettext_noop("not allowed"), gettext_noop("It tried something that is not allowed here.")),
    Result.NOT_IMPLEMENTED: (gettext_noop("not written yet"), gettext_noop("This is still to be written.")),
    Result.NOT_GRADED: (
        gettext_noop("not graded"),
        gettext_noop("The grader itself failed here. This costs no points; please report it."),
    ),
}
