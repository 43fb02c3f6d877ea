"""Options and small things that several commands share."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.console import Console

    from grader.report.terminal import Terminal

course_option = click.option(
    "--course",
    "course_dir",
    type=click.Path(path_type=Path),
    help="Folder of the course (default: the nearest course.toml).",
)
folder_option = click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    help="Folder with the topic modules (default: this one, or exercises/ in the kit).",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
cluster_option = click.option(
    "--cluster",
    default="",
    metavar="ADDRESS",
    help="Grade on a Dask cluster: the address of its scheduler, or local:N to start one here; see docs/scaling.md.",
)
gradebook_option = click.option(
    "--gradebook",
    required=True,
    metavar="FILE",
    help="The gradebook: a SQLite file, or postgresql://USER@HOST/DATABASE.",
)


topics_option = click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="NAME",
    help="Only this topic; repeatable. What is recorded of the others stays as it is.",
)


def example(*lines: str) -> str:
    """The end of a command's help: what to type, line by line."""
    title = "Example:" if len(lines) == 1 else "Examples:"
    return "\n".join(("\b", title, *(f"  {line}" for line in lines)))  # with \b, Click leaves the lines as they are


def console(*, stderr: bool = False) -> Console:
    """A terminal for bars and tables; colours only if it is one and NO_COLOR is not set."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def terminal(*, stderr: bool = False) -> Terminal:
    """A terminal for pages, sooner loaded; colours likewise."""
    from grader.report.terminal import Terminal

    return Terminal(sys.stderr if stderr else None)


def print_json(value: Any) -> None:
    """Print a record as JSON, which is UTF-8 whatever the terminal is."""
    import msgspec

    from grader.export.json import harmless

    click.echo(harmless(msgspec.json.format(msgspec.json.encode(value), indent=2)))


def now() -> str:
    """UTC, ISO 8601, seconds."""
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
