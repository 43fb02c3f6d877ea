"""What `grade check` says of an installation that is not as it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from grader.errors import UsageError
from grader.student import installation

Installed = Callable[..., None]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installed]:
    """Packages that are found before those that are really installed."""
    monkeypatch.syspath_prepend(str(tmp_path))

    def install(name: str, version: str, *fields: str) -> None:
        head = [f"Metadata-Version: 2.4\nName: {name}", f"Version: {version}", *fields]
        folder = tmp_path / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        text = "\n".join(head) + "\n\nVersion: 0 would be too old.\nRequires-Dist: prose\n"
        (folder / "METADATA").write_text(text, "utf-8")

    installation.check_installation.cache_clear()
    yield install
    installation.check_installation.cache_clear()


@pytest.mark.parametrize(
    "required", ["click<9,>=8.2", "click>=8.2,<9", "click<9.0", "click>=8.10", "click", "click~=8.2"]
)
@pytest.mark.parametrize("version", ["8.2", "8.2.0", "8.1.9", "8.10", "9", "9.0.0", "10.1", "9.0rc1", "8.3.dev1"])
def test_a_version_is_judged_as_the_standard_says(installed, required, version):
    installed("deepgrade", "1", f"Requires-Dist: {required}", 'Requires-Dist: jax>=1; extra == "gpu"')
    installed("click", version)
    if Requirement(required).specifier.contains(version, prereleases=True):
        installation.check_installation()
    else:
        with pytest.raises(UsageError, match=f"click {version} is installed"):
            installation.check_installation()


def test_a_package_that_is_missing_is_named(installed):
    installed("deepgrade", "1", "Requires-Dist: never-written>=1,<2")
    with pytest.raises(UsageError, match="never-written is missing"):
        installation.check_installation()


def test_what_brings_a_module_is_the_extra_that_asks_for_it(installed):
    installed("deepgrade", "1", "Requires-Dist: click", 'Requires-Dist: Jinja2<4,>=3; extra == "instructor"')
    assert installation.how_to_install("jinja2") == 'python -m pip install "deepgrade[instructor]"'
    assert installation.how_to_install("click") == "python -m pip install --upgrade deepgrade"
