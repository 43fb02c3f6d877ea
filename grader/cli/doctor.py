"""`grade doctor`: what this machine can isolate."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from grader.cli.options import console, example, json_option, print_json

if TYPE_CHECKING:
    from grader.model import Isolation
    from grader.sandbox.doctor import Finding


@click.command(epilog=example("grade doctor"))
@json_option
def command(as_json: bool) -> None:
    """Try every layer of isolation on this machine, for real."""
    from grader.model import Limits
    from grader.sandbox.doctor import examine, level

    findings = examine(Limits())
    reached = level(findings)
    if as_json:
        print_json({"version": 1, "isolation": reached, "findings": findings})
    else:
        _show(findings, reached)
    if reached != "full":
        raise click.exceptions.Exit(1)


def _show(findings: tuple[Finding, ...], reached: Isolation) -> None:
    from rich.table import Table

    from grader.sandbox.layers import NEEDS

    screen = console()
    table = Table("layer", "the probe tried to", "result", box=None, pad_edge=False)
    for finding in findings:
        table.add_row(finding.layer, finding.attempt, finding.detail, style="" if finding.held else "red")
    if findings:
        screen.print(table)
    else:
        screen.print(f"There are no layers on {sys.platform}: student code runs in a process of its own.")
    screen.print(f"Isolation on this machine: {reached}.", style="green" if reached == "full" else "yellow")
    for layer in dict.fromkeys(finding.layer for finding in findings if not finding.held):
        screen.print(f"{layer} needs {NEEDS[layer]}.")
    if reached != "full":
        screen.print("`grade batch` needs --isolation partial or none here; grade a real class where it is full.")
