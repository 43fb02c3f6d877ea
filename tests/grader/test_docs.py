"""Documents do not rot: what the README shows is run, and every command and option is documented."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from grader.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = (ROOT / "docs" / "commands.md").read_text("utf-8")
BLOCKS = re.findall(r"```console\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


def session(block: str) -> list[tuple[str, list[str]]]:
    """The commands of a block, each with the lines that it is said to print."""
    commands: list[tuple[str, list[str]]] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            commands.append((line[2:], []))
        else:
            commands[-1][1].append(line.rstrip())
    return commands


def shows(printed: list[str], wanted: list[str]) -> bool:
    """Whether the lines are those of the document, in which `…` stands for any number of lines."""
    pattern = "".join("(?:.*\n)*" if line.strip() == "…" else re.escape(line) + "\n" for line in wanted)
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in printed)) is not None


def test_readme_shows_what_the_commands_print(tmp_path):
    shell = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "GRADE_COURSE": str(ROOT)}
    shell["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{shell['PATH']}"
    shutil.copytree(ROOT / "exercises", tmp_path / "exercises")
    assert len(BLOCKS) >= 3
    for command, wanted in (pair for block in BLOCKS for pair in session(block)):
        if command == "make test":  # that is this run
            continue
        command = {"make demo": "grade demo demo"}.get(command, command)
        done = subprocess.run(
            command, shell=True, cwd=tmp_path, env=shell, capture_output=True, text=True, check=False, timeout=300
        )
        printed = (done.stdout + done.stderr).splitlines()
        assert shows(printed, wanted), f"$ {command}\n" + "\n".join(printed)


def every_command(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found: list[tuple[str, click.Command]] = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        here = (*path, name)
        found += every_command(command, here) if isinstance(command, click.Group) else [(" ".join(here), command)]
    return found


@pytest.mark.parametrize(("name", "command"), every_command(cli), ids=lambda value: str(value).replace(" ", "-"))
def test_commands_are_documented_with_their_options(name, command):
    section = re.search(rf"^## `grade {re.escape(name)}\b.*?(?=^## |\Z)", COMMANDS, re.DOTALL | re.MULTILINE)
    assert section, f"docs/commands.md has no section on `grade {name}`"
    missing = [
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--") and option not in ("--help", "--course") and f"`{option}" not in section[0]
    ]
    assert not missing


@pytest.mark.parametrize(("name", "command"), every_command(cli), ids=lambda value: str(value).replace(" ", "-"))
def test_help_gives_an_example(name, command):
    assert f"grade {name}" in f"{command.help} {command.epilog}"


def test_links_between_documents_lead_somewhere():
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8")):
            assert (document.parent / target).exists(), f"{document.name} links to {target}"
