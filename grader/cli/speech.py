"""Help and errors of the command in the user's language. Click itself speaks English; its texts pass through here."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence

import click

from grader.language.choice import CHINESE, ENGLISH, OPTION, choose, known_language, language, use
from grader.language.english import english
from grader.language.messages import gettext, gettext_noop
from grader.language.said import said
from grader.language.wrapping import width_of, wrap

OF_CLICK = (
    gettext_noop("Show this message and exit."),
    gettext_noop("Show the version and exit."),
    gettext_noop("Options"),
    gettext_noop("Commands"),
    english("No such option: {option}"),
    english("No such option: {option} Did you mean {other}?"),
    english("No such option {option}."),
    english("No such option {option}. Did you mean {other}?"),
    english("No such command {command}."),
    english("No such command {command}. Did you mean {other}?"),
    english("Did you mean {other}?"),
    english("Missing argument {argument}."),
    english("Missing command."),
    english("Got unexpected extra argument ({arguments})"),
    english("Got unexpected extra arguments ({arguments})"),
    english("Option {option} requires an argument."),
    english("Invalid value for {option}: {problem}"),
    english("{value} is not in the range {range}."),
    english("{value} is not a valid integer range."),
    english("{value} is not one of {choices}."),
)
"""What Click says to students, as far as they can meet it; the test compares it with what Click says."""

_RIGHT = re.compile(r"^(.*?)(  \[.*\])?$", re.DOTALL)
_EXAMPLE = re.compile(r"^(\s*\S.*?\s{2,})(\S.*)$")
_ENCODED = "中"
"""A terminal that cannot show this sign cannot show Chinese."""


def _use(context: click.Context, parameter: click.Parameter, value: str | None) -> None:  # noqa: ARG001
    if value is not None:
        known_language(value, OPTION)  # `main` has read it already, before any help or error


lang_option = click.option(
    OPTION,
    metavar="CODE",
    is_eager=True,
    expose_value=False,
    callback=_use,
    help="Language: en or zh_CN (default: GRADE_LANG, else the locale).",
)


def spoken(arguments: Sequence[str]) -> str:
    """The language of a command that was given these arguments.

    Raises:
        UsageError: there is no such language.
    """
    code = choose(arguments)
    if code == CHINESE and not _can_show(_ENCODED):
        if choose() != code:
            click.echo("This terminal cannot show Chinese. On Windows: set PYTHONUTF8=1", err=True)
        return ENGLISH
    return code


def _can_show(sign: str) -> bool:
    try:
        sign.encode(sys.stdout.encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def show_error(error: click.ClickException) -> None:
    """Write an error of Click's, as Click does."""
    if language() == ENGLISH:
        error.show()
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        click.echo(context.get_usage(), err=True)
        click.echo(gettext("Try '{command} --help' for help.", command=context.command_path) + "\n", err=True)
    click.echo(gettext("Error: {problem}", problem=said(error.format_message())), err=True)


class _Formatter(click.HelpFormatter):
    """Looks up what it is given to write. Where the language is English it is Click's own."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line that begins the help."""
        super().write_usage(prog, args, prefix or gettext("Usage: "))

    def write_heading(self, heading: str) -> None:
        """Write the title of a section."""
        if language() == ENGLISH:
            super().write_heading(heading)
        else:
            self.write(f"{'':>{self.current_indent}}{gettext(heading)}：\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs; what Click is to leave as it is, line by line."""
        if language() == ENGLISH:
            super().write_text(text)
            return
        indent = " " * self.current_indent
        shown = []
        for paragraph in text.split("\n\n"):
            if paragraph.startswith("\b"):
                shown.append([_example(line) for line in paragraph.split("\n")[1:]])
            else:
                shown.append(wrap(gettext(" ".join(paragraph.split())), self.width - self.current_indent))
        self.write("\n\n".join("\n".join(indent + line for line in lines) for lines in shown) + "\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of commands or options."""
        if language() == ENGLISH:
            super().write_dl(list(rows), col_max, col_spacing)
            return
        entries = [(first, _record(second)) for first, second in rows]
        column = min(max((width_of(first) for first, _ in entries), default=0), col_max) + col_spacing
        left = " " * self.current_indent
        for first, second in entries:
            lines = wrap(second, max(self.width - column - 2, 10))
            if width_of(first) > column - col_spacing:
                self.write(f"{left}{first}\n")
                first = ""
            self.write(f"{left}{first}{' ' * (column - width_of(first))}{lines[0]}\n")
            for line in lines[1:]:
                self.write(f"{left}{' ' * column}{line}\n")


class SpeakingContext(click.Context):
    """Of a command whose help is translated."""

    formatter_class = _Formatter


def in_own_language(command: click.Command) -> click.Command:
    """The command, with its help in the language of now."""
    command.context_class = SpeakingContext
    return command


def in_english(command: click.Command) -> click.Command:
    """A command for staff, which speaks English."""
    use(ENGLISH)
    return command


def _example(line: str) -> str:
    """A line of examples: what to type stays."""
    found = _EXAMPLE.match(line)
    return found[1] + gettext(found[2]) if found else gettext(line) if line.strip() else line


def _record(text: str) -> str:
    """The help of an option; what Click adds in brackets is names and numbers."""
    found = _RIGHT.match(text)
    assert found is not None
    extra = (found[2] or "").replace("default: ", gettext("default: "))
    return gettext(found[1]) + extra
