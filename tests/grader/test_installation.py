"""What `grade check` says of an installation that is not as it should be."""

from __future__ import annotations

import importlib.metadata

import pytest
from packaging.requirements import Requirement

from grader.errors import UsageError
from grader.student import installation


@pytest.mark.parametrize(
    "required", ["click<9,>=8.2", "click>=8.2,<9", "click<9.0", "click>=8.10", "click", "click~=8.2"]
)
@pytest.mark.parametrize("version", ["8.2", "8.2.0", "8.1.9", "8.10", "9", "9.0.0", "10.1", "9.0rc1", "8.3.dev1"])
def test_a_version_is_judged_as_the_standard_says(monkeypatch, required, version):
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: [required, 'jax>=1; extra == "gpu"'])
    monkeypatch.setattr(importlib.metadata, "version", lambda _: version)
    installation.check_installation.cache_clear()
    if Requirement(required).specifier.contains(version, prereleases=True):
        installation.check_installation()
    else:
        with pytest.raises(UsageError, match=f"click {version} is installed"):
            installation.check_installation()
    installation.check_installation.cache_clear()


def test_a_package_that_is_missing_is_named(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "requires", lambda _: ["never-written>=1,<2"])
    installation.check_installation.cache_clear()
    with pytest.raises(UsageError, match="never-written is missing"):
        installation.check_installation()
    installation.check_installation.cache_clear()
