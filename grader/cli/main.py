"""`grade`: the group of all commands, and how errors are shown."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

import grader
from grader.cli.options import example
from grader.cli.speech import SpeakingContext, in_english, in_own_language, lang_option, show_error, spoken
from grader.errors import GraderError
from grader.language.choice import STUDENT, speaking
from grader.language.messages import gettext
from grader.language.said import said

# Command: its module beside this one, and its help in one line. Modules are loaded when their command is used.
COMMANDS = {
    "check": ("check", "Score my work, topic by topic."),
    "next": ("next", "Say which topic to go on with."),
    "hint": ("hint", "Give a hint on a topic, in stages."),
    "plot": ("plot", "Draw my own run beside the reference's numbers."),
    "pack": ("pack", "Make the zip to hand in."),
    "batch": ("batch", "Grade a class into a gradebook."),
    "regrade": ("regrade", "Grade again, and show whose score changes."),
    "override": ("override", "Set a score by hand."),
    "log": ("log", "Show every grade that a student ever had."),
    "gradebook": ("gradebook", "Copy a gradebook, or upgrade an old one."),
    "export": ("export", "Write grades for other programs."),
    "report": ("report", "Write the grades as pages, for staff and for each student."),
    "similar": ("similar", "List pairs of submissions that are worth a look."),
    "audit": ("audit", "Prove that the suites tell right from wrong."),
    "truth": ("truth", "Ask Keras again."),
    "messages": ("messages", "Collect what is to be translated."),
    "release": ("release", "Write the student's kit, with nothing secret in it."),
    "doctor": ("doctor", "Show what this machine can isolate."),
    "demo": ("demo", "Make a class, grade it, export it, report it."),
}


class _Commands(click.Group):
    """Loads a command when it is used, so that `grade --help` loads none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"grader.cli.{COMMANDS[cmd_name][0]}")
        command: click.Command = module.command
        return in_own_language(command) if cmd_name in STUDENT else in_english(command)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog=example(
        "grade check                                            a student, in the folder with the modules",
        "grade batch submissions/ --gradebook gradebook.db      an instructor",
        "grade export csv --gradebook gradebook.db",
    ),
)
@click.version_option(grader.__version__, prog_name="deepgrade")
@lang_option
def cli() -> None:
    """Grade exercises on optimising and regularising deep networks."""


cli.context_class = SpeakingContext


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line. Every error that a user can meet ends here, without a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a sign that the terminal lacks is no reason to fail
    try:
        with speaking(spoken(sys.argv[1:] if arguments is None else arguments)):
            _run(arguments)
    except GraderError as error:
        sys.exit(_report(error))


def _run(arguments: Sequence[str] | None) -> None:
    try:
        sys.exit(cli.main(arguments, prog_name="grade", standalone_mode=False) or 0)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        show_error(error)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        _say(gettext("Stopped. What was done so far is kept; the same command goes on from there."))
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the reader has gone, as in `grade … | head`
        sys.exit(1)
    except Exception as error:
        sys.exit(_report(error))
    finally:
        gc.freeze()  # the process ends: a last search for garbage would take longer than many a command


def _report(error: Exception) -> int:
    """Show an error; returns the exit code."""
    if isinstance(error, GraderError):
        _say(gettext("Error: {problem}", problem=said(error.problem)))
        for line in said(error.remedy).splitlines():
            _say(f"  {line}")
        return error.exit_code
    if os.environ.get("GRADE_DEBUG"):
        raise error
    if isinstance(error, ModuleNotFoundError) and not (error.name or "grader").startswith("grader"):
        from grader.student.installation import how_to_install

        _say(gettext("Error: {module} is not installed here.", module=error.name))
        _say("  " + gettext("Install it: {command}", command=how_to_install(error.name or "")))
        return 2
    _say(gettext("Error: a bug in deepgrade: {bug}", bug=f"{type(error).__name__}: {error}"))
    _say("  " + gettext("Nothing is lost. Please report it; GRADE_DEBUG=1 shows where it happened."))
    return 1


def _say(text: str) -> None:
    from grader.report.text import encodable, printable

    click.echo(encodable(printable(text), sys.stderr.encoding or "utf-8"), err=True)
