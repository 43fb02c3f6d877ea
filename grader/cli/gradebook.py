"""`grade gradebook`: the gradebook itself."""

from __future__ import annotations

import click

from grader.cli.options import example, gradebook_option


@click.group(epilog=example("grade gradebook backup gradebook-copy.db --gradebook gradebook.db"))
def command() -> None:
    """Copy a gradebook, or bring an old one up to date."""


@command.command("upgrade", epilog=example("grade gradebook upgrade --gradebook gradebook.db"))
@gradebook_option
def upgrade_command(gradebook: str) -> None:
    """Bring a gradebook of an older deepgrade up to date. Everything in it stays; it works, or nothing has changed."""
    from grader.gradebook import upgrade_gradebook
    from grader.gradebook.tables import VERSION

    before = upgrade_gradebook(gradebook)
    if before == VERSION:
        click.echo(f"It has format {VERSION} already.")
    else:
        click.echo(f"Upgraded from format {before} to {VERSION}.")


@command.command(
    "backup",
    epilog=example(
        "grade gradebook backup copies/ --gradebook gradebook.db",
        "grade gradebook backup copy.db --gradebook postgresql://ada@host/grades",
    ),
)
@click.argument("target")
@gradebook_option
def backup_command(target: str, gradebook: str) -> None:
    """Copy a gradebook as it is at this moment, also while a batch writes to it.

    TARGET is a file that does not exist, a folder, in which the copy is named after the time, or the URL of an empty
    database. The copy is a gradebook like any other: that is how one moves from SQLite to PostgreSQL or back.
    """
    from grader.gradebook import copy_gradebook, open_gradebook
    from grader.report.text import count, printable

    place = target if "://" in target else _in_folder(target)
    with open_gradebook(gradebook, create=False) as book:
        students = copy_gradebook(book, place)
    click.echo(f"Copied {count(students, 'student')} to {printable(_without_password(place))}.")


def _in_folder(target: str) -> str:
    import time
    from pathlib import Path

    if not Path(target).is_dir():
        return target
    return str(Path(target) / time.strftime("gradebook-%Y-%m-%dT%H%M%SZ.db", time.gmtime()))


def _without_password(place: str) -> str:
    import sqlalchemy as sa

    return sa.make_url(place).render_as_string() if "://" in place else place
