"""Whether what the grader stands on is installed, and new enough: said in words before it fails in others' words."""

from __future__ import annotations

import functools
import importlib.metadata
import re

from grader.errors import UsageError
from grader.language.english import english

DISTRIBUTION = "deepgrade"
_OF_AN_EXTRA = re.compile(r"""extra == ["']([\w-]+)["']""")
"""What is asked for only together with the name of the extra."""


@functools.cache
def check_installation() -> None:
    """Compare the installed packages with what this version asks for.

    Raises:
        UsageError: one is missing, or its version does not fit.
    """
    if problems := [problem for requirement in _requirements() if (problem := _problem(requirement))]:
        raise UsageError(
            f"The installation is not complete: {'; '.join(problems)}.",
            f"Install it again: {how_to_install('')}",
        )


def how_to_install(module: str) -> str:
    """The command that brings a module which is missing.

    Args:
        module: as it is imported; its package has the same name but for capitals.
    """
    for requirement in _requirements():
        name = re.match(r"[\w.-]+", requirement)
        extra = _OF_AN_EXTRA.search(requirement)
        if name and extra and name[0].lower() == module.partition(".")[0].lower():
            return f'python -m pip install "{DISTRIBUTION}[{extra[1]}]"'
    return f"python -m pip install --upgrade {DISTRIBUTION}"


def _requirements() -> list[str]:
    """What the installed version asks for; nothing if it runs from a folder that was never installed."""
    try:
        return _field(DISTRIBUTION, "Requires-Dist")
    except importlib.metadata.PackageNotFoundError:
        return []


def _version(distribution: str) -> str:
    """Of an installed package; empty if it does not say.

    Raises:
        PackageNotFoundError: it is not installed.
    """
    return next(iter(_field(distribution, "Version")), "")


def _field(distribution: str, name: str) -> list[str]:
    """The values of a field in a package's metadata. `importlib.metadata` would parse the long description, too."""
    found = importlib.metadata.distribution(distribution)
    text = found.read_text("METADATA") or found.read_text("PKG-INFO") or ""
    head = text.partition("\n\n")[0].splitlines()
    return [line.removeprefix(f"{name}: ") for line in head if line.startswith(f"{name}: ")]


def _problem(text: str) -> str:
    """What is wrong with one required package; empty if nothing is."""
    if _OF_AN_EXTRA.search(text) or _is_plainly_met(text):
        return ""
    from packaging.requirements import Requirement

    requirement = Requirement(text)
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return ""
    try:
        version = _version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return english(f"{requirement.name} is missing")
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return english(f"{requirement.name} {version} is installed, and {requirement.specifier} is needed")


def _is_plainly_met(text: str) -> bool:
    """Whether it reads NAME<1,>=2.3 and the version is as plain and fits: so nearly always, and sooner found out."""
    plain = re.fullmatch(r"([\w-]+)((?:,?(?:<|>=)\d+(?:\.\d+)*)+)", text)
    if plain is None:
        return False
    try:
        version = _version(plain[1])
    except importlib.metadata.PackageNotFoundError:
        return False
    if re.fullmatch(r"\d+(\.\d+)*", version) is None:
        return False
    bounds = re.findall(r"(<|>=)([\d.]+)", plain[2])
    return all((_padded(version) >= _padded(bound)) == (sign == ">=") for sign, bound in bounds)


def _padded(version: str) -> tuple[int, ...]:
    """As numbers, as many as ever there are: 9 is 9.0."""
    numbers = [int(number) for number in version.split(".")]
    return (*numbers, *[0] * (8 - len(numbers)))
