"""Runs the code cells of a notebook: the text of this module stands before them in what a worker gets.

It runs where student code runs, in the namespace of the student's module, and therefore leaves no common name behind.
Whoever changes it spoils nobody's work but their own.
"""

import re as __re__
import sys as __sys__
import time as __time__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType

    from _typeshed import TraceFunction


class __Cells__:  # noqa: N801  a name that no student's code has
    """Runs cells one after the other. One that fails is noted, and the next one runs."""

    # Of processor time, so that a busy machine fails nobody. A call of the runner's has two seconds by default.
    SECONDS_OF_A_CELL = 0.1
    SECONDS_OF_ALL = 0.4
    SECONDS_AT_LEAST = 0.05
    MAGIC = __re__.compile(r"\s*(?:[%!]|\?{1,2}[\w.*%]+\s*$|[\w.*%]+\?{1,2}\s*$|[\w.,\s\[\]()*'\"]+=\s*[%!])")
    PYTHON_BELOW = __re__.compile(r"\s*%%(time|timeit|capture|prun)\b")

    class Stopped(BaseException):
        """A cell has taken too long."""

    def __init__(self, namespace: "dict[str, object]", filename: str) -> None:
        self.namespace = namespace
        self.filename = filename
        self.failures: list[tuple[str, BaseException]] = []
        self.used = 0.0
        namespace.setdefault("display", print)  # as in a notebook

    def __call__(self, line: int, text: str) -> None:
        """Run a cell.

        Args:
            line: on which its text begins, in this module.
            text: of the cell; its first line is empty.
        """
        started = __time__.process_time()
        left = min(self.SECONDS_OF_A_CELL, self.SECONDS_OF_ALL - self.used)
        try:
            code = self.compiled(line, text)
            __sys__.settrace(self.watch(started + max(left, self.SECONDS_AT_LEAST)))
            exec(code, self.namespace)
        except self.Stopped as stopped:
            sentence = "this cell was stopped: it takes too long. Keep long runs out of the notebook that you hand in"
            self.note(text, TimeoutError(sentence).with_traceback(stopped.__traceback__))
        except BaseException as error:
            self.note(text, error)
        finally:
            __sys__.settrace(None)
            self.used += __time__.process_time() - started

    def compiled(self, line: int, text: str) -> "CodeType":
        """Compile a cell."""
        return compile(self.readable(line, text), self.filename, "exec", dont_inherit=True)

    def readable(self, line: int, text: str) -> str:
        """A cell as Python reads it. A line of IPython's counts as `pass`, and only where Python cannot read it."""
        lines = text.split("\n")
        first = next((number for number, each in enumerate(lines) if each.strip()), 0)
        indent = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        lines = [each.removeprefix(indent) for each in lines]  # as in a notebook
        if lines[first].lstrip().startswith("%%") and not self.PYTHON_BELOW.match(lines[first]):
            lines = [""]  # a cell of another language
        while True:
            try:
                # The empty lines above give the cell the line numbers that it has in this module.
                source = "\n" * (line - 1) + "\n".join(lines)
                compile(source, self.filename, "exec", dont_inherit=True)
                return source
            except SyntaxError as error:
                number = (error.lineno or 0) - line
                if not 0 <= number < len(lines) or not self.MAGIC.match(lines[number]):
                    raise
                self.blank(lines, number)

    @staticmethod
    def blank(lines: "list[str]", number: int) -> None:
        """Put `pass` in the place of a line, and nothing in that of the lines that continue it."""
        here = lines[number]
        lines[number] = here[: len(here) - len(here.lstrip())] + "pass"
        while here.rstrip().endswith("\\") and number + 1 < len(lines):
            number += 1
            here, lines[number] = lines[number], ""

    def watch(self, deadline: float) -> "TraceFunction":
        """What Python calls before each line of the notebook; it ends a cell that takes too long."""

        def trace(frame: "FrameType", event: str, value: object) -> "TraceFunction | None":  # noqa: ARG001  Python calls it so
            if frame.f_code.co_filename != self.filename:
                return None
            if __time__.process_time() > deadline:
                raise self.Stopped
            return trace

        return trace

    def note(self, text: str, error: BaseException) -> None:
        """Keep a failure, to be told to whoever asks for a name that its cell should have defined."""
        self.failures.append((text, error))
        self.namespace["__getattr__"] = self.missing

    def missing(self, name: str) -> object:
        """What Python asks for a name that the module lacks."""
        word = __re__.escape(name)
        defines = __re__.compile(rf"^[ \t]*(?:async[ \t]+)?(?:(?:def|class)[ \t]+{word}\b|{word}[ \t]*[:=])", __re__.M)
        for text, error in self.failures:
            if defines.search(text):
                if isinstance(error, AttributeError):  # which would only say that the name is missing
                    kind = type(type(error).__name__, (Exception,), {})
                    raise kind(str(error)).with_traceback(error.__traceback__)
                raise error.with_traceback(error.__traceback__)
        raise AttributeError(name)


__cell__ = __Cells__(globals(), __file__)
del TYPE_CHECKING
