"""What student code prints, and the exceptions that it raises."""

from __future__ import annotations

import textwrap

import numpy as np

from conformance.listing import ALIVE, Open, assert_lives, case, error_of
from grader.model import Result
from grader.suite.subject import control_of


@case("process")
def what_is_printed_is_kept(open_module: Open) -> None:
    student = open_module("""
        import sys
        print("at import")
        def f(x):
            print("in f", x)
            print("error", file=sys.stderr)
            sys.stdout.write("no newline")
            return x
        def fail():
            print("before")
            raise ValueError
    """)
    student.f(1)
    control = control_of(student)
    assert control.output == "at import\nin f 1\nerror\nno newline"
    control.start_test()
    assert control.output == ""
    error_of(student.fail)
    assert control.output == "before\n"


@case("process")
def what_is_printed_is_bounded(open_module: Open) -> None:
    source = "def f(x, times):\n    for _ in range(times):\n        print(x * 1000)\n    return 1" + ALIVE
    student = open_module(source, output_kb=1, call_seconds=20.0, topic_seconds=60.0)
    for text, times in (("a", 20_000), ("\U0001f600", 20_000), ("\udc80", 3)):
        assert student.f(text, times) == 1
        assert 500 < len(control_of(student).output) <= 1024
        assert_lives(student)


@case("process")
def a_large_output_limit_does_no_harm(open_module: Open) -> None:
    student = open_module("def f(x):\n    print(x * 5_000_000)\n    return 'a' * 1_900_000" + ALIVE, output_kb=4096)
    assert len(student.f("ü")) == 1_900_000
    assert control_of(student).output.startswith("üüü")
    error = error_of(open_module("print('ü' * 5_000_000)\nraise ValueError('x' * 5_000)", output_kb=4096).f)
    assert error.message.startswith("ValueError: xxx")


@case()
def an_exception_names_the_students_own_line(open_module: Open) -> None:
    student = open_module(
        """
        import numpy as np

        def f(x):
            return helper(x)

        def helper(x):
            return np.linalg.inv(x)
        """
    )
    error = error_of(student.f, np.zeros((2, 2)))
    assert error.result is Result.EXCEPTION
    assert error.message == "LinAlgError: Singular matrix"
    assert error.frames == ((4, "f", "return helper(x)"), (7, "helper", "return np.linalg.inv(x)"))


@case()
def an_exception_at_import_names_its_line(open_module: Open) -> None:
    student = open_module("x = 1\n\ny = x / 0\n" + ALIVE)
    for _ in range(2):
        error = error_of(student.alive, 1)
        assert (error.result, error.message) == (Result.EXCEPTION, "ZeroDivisionError: division by zero")
        assert error.frames == ((3, "", "y = x / 0"),)
        control_of(student).start_test()


@case()
def lines_are_counted_as_python_counts_them(open_module: Open) -> None:
    student = open_module(
        b"a = '\xe2\x80\xa8'\n\x0c\nb = '\x1c'\r\nc = 1\rd = 2\ndef f():\n    raise ValueError('x')\n"
    )
    assert error_of(student.f).frames == ((7, "f", "raise ValueError('x')"),)


@case()
def syntax_errors_name_their_line(open_module: Open) -> None:
    for source, says, line, text in (
        ("x = 1\ndef f(:\n    pass\n", "SyntaxError: invalid syntax", 2, "def f(:"),
        ("def f():\nreturn 1\n", "IndentationError: expected an indented block after function", 2, "return 1"),
        ("if True:\n\tx = 1\n        y = 2\n", "TabError: inconsistent use of tabs", 3, "y = 2"),
        ("f(", "SyntaxError: '(' was never closed", 1, "f("),
    ):
        error = error_of(open_module(source.encode()).f)
        assert error.result is Result.EXCEPTION
        assert error.message.startswith(says)
        assert error.frames == ((line, "", text),)


@case()
def not_implemented_is_told_apart(open_module: Open) -> None:
    student = open_module("def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()" + ALIVE)
    error = error_of(student.f)
    assert error.result is Result.NOT_IMPLEMENTED
    assert error.frames == ((3, "f", "raise NotImplementedError()"),)
    assert_lives(student)


@case()
def recursion_is_an_exception_with_few_lines(open_module: Open) -> None:
    student = open_module("def f(x):\n    return f(x + 1)" + ALIVE)
    error = error_of(student.f, 1)
    assert error.result is Result.EXCEPTION
    assert error.message.startswith("RecursionError: maximum recursion depth exceeded")
    assert set(error.frames) == {(2, "f", "return f(x + 1)")}
    assert len(error.frames) <= 5
    assert_lives(student)


@case()
def exceptions_of_every_kind_are_told(open_module: Open) -> None:
    source = """
        class Stop(BaseException):
            pass
        class Mute(Exception):
            def __str__(self):
                raise RuntimeError("no")
        class Odd(Exception):
            def __str__(self):
                return 5
        def f(which):
            raise {"stop": Stop("now"), "mute": Mute(), "odd": Odd(), "empty": ValueError(), "exit": GeneratorExit(),
                   "long": ValueError("x" * 3_000_000), "surrogate": ValueError("a\\udc80b"),
                   "group": ExceptionGroup("several", [ValueError("a")]), "iteration": StopIteration(3)}[which]
    """
    student = open_module(textwrap.dedent(source) + ALIVE)
    for which, says in {
        "stop": "Stop: now",
        "mute": "an exception that cannot be shown",
        "odd": "an exception that cannot be shown",
        "empty": "ValueError",
        "exit": "GeneratorExit",
        "long": "ValueError: xxx",
        "surrogate": "ValueError: a",
        "group": "ExceptionGroup: several",
        "iteration": "StopIteration: 3",
    }.items():
        error = error_of(student.f, which)
        assert error.result is Result.EXCEPTION, which
        assert error.message.startswith(says)
        assert len(error.message) <= 500
        assert_lives(student)


@case()
def exit_is_an_exception(open_module: Open) -> None:
    for statement in ("import sys; sys.exit(3)", "raise SystemExit"):
        student = open_module(f"def f():\n    {statement}" + ALIVE)
        error = error_of(student.f)
        assert error.result is Result.EXCEPTION
        assert error.message == "work.py stopped Python (exit() or sys.exit()). Remove that call."
        assert error.frames[0][:2] == (2, "f")
        assert_lives(student)


@case("process")
def exit_and_quit_are_exceptions(open_module: Open) -> None:
    for statement in ("exit()", "quit()", "exit('bye')"):
        student = open_module(f"def f():\n    {statement}" + ALIVE)
        assert error_of(student.f).message.startswith("work.py stopped Python")
        assert_lives(student)
        error = error_of(open_module(f"x = 1\n{statement}" + ALIVE).alive, 1)
        assert error.frames == ((2, "", statement),)


@case("process")
def keyboard_interrupts_of_the_students_own_are_exceptions(open_module: Open) -> None:
    student = open_module("def f():\n    raise KeyboardInterrupt" + ALIVE)
    assert error_of(student.f).message == "KeyboardInterrupt"
    assert_lives(student)


@case("process")
def there_is_no_keyboard(open_module: Open) -> None:
    student = open_module("def f():\n    return input('Learning rate? ')" + ALIVE)
    error = error_of(student.f)
    assert error.result is Result.EXCEPTION
    assert error.message.endswith("There is no keyboard here: remove input().")
    assert error.frames[-1][:2] == (2, "f")
    assert_lives(student)
