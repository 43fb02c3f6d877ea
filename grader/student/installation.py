"""Whether what the grader stands on is installed, and new enough: said in words before it fails in others' words."""

from __future__ import annotations

import functools
import importlib.metadata

from packaging.requirements import InvalidRequirement, Requirement

from grader.errors import UsageError

DISTRIBUTION = "deepgrade"


@functools.cache
def check_installation() -> None:
    """Compare the installed packages with what this version asks for.

    Raises:
        UsageError: one is missing, or its version does not fit.
    """
    try:
        wanted = importlib.metadata.requires(DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        return  # run from a folder that was never installed: there is nothing to compare with
    problems = [problem for requirement in wanted if (problem := _problem(requirement))]
    if problems:
        raise UsageError(
            f"The installation is not complete: {'; '.join(problems)}.",
            f"Install it again: python -m pip install --upgrade {DISTRIBUTION}",
        )


def _problem(text: str) -> str:
    """What is wrong with one required package; empty if nothing is."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return ""
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return ""
    try:
        version = importlib.metadata.version(requirement.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{requirement.name} is missing"
    if requirement.specifier.contains(version, prereleases=True):
        return ""
    return f"{requirement.name} {version} is installed, and {requirement.specifier} is needed"
