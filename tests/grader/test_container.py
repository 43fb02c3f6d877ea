"""Isolation inside a real container, with Docker's default profile and without a layer. No image is fetched.

Needs a Docker engine that answers (DOCKER_HOST counts); elsewhere these tests skip and say so.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IMAGE = f"deepgrade-test-{os.getpid()}"
ROOT_USER, PLAIN_USER = "0:0", "1000:1000"
HARDENED = ("--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--tmpfs", "/tmp")
# The profile of engines before 20.10.18 does not know Landlock's calls; the rest of it does not matter here.
LANDLOCK = ("landlock_create_ruleset", "landlock_add_rule", "landlock_restrict_self")
BEFORE_LANDLOCK = {
    "defaultAction": "SCMP_ACT_ALLOW",
    "syscalls": [{"names": LANDLOCK, "action": "SCMP_ACT_ERRNO", "errnoRet": 1}],
}


def why_not() -> str:
    """Why no container can be started here; empty where one can."""
    if not sys.platform.startswith("linux") or shutil.which("docker") is None:
        return "there is no docker command here"
    told = subprocess.run(["docker", "info", "--format", "{{.ServerVersion}}"], capture_output=True, check=False)
    return "" if told.returncode == 0 else "no Docker engine answers here"


pytestmark = pytest.mark.skipif(bool(WHY := why_not()), reason=WHY or "-")


@pytest.fixture(scope="module", autouse=True)
def image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty system: what is in it comes from this one, read-only."""
    packed = tmp_path_factory.mktemp("image") / "system.tar"
    with tarfile.open(packed, "w") as tar:
        for name in ("bin", "lib", "lib64", "sbin"):
            if (Path("/") / name).is_symlink():
                entry = tarfile.TarInfo(name)
                entry.type, entry.linkname = tarfile.SYMTYPE, f"usr/{name}"
                tar.addfile(entry)
        for name in ("proc", "dev", "etc", "root", "usr", "tmp", "var/tmp"):
            entry = tarfile.TarInfo(name)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if "tmp" in name else 0o755
            tar.addfile(entry)
        users = b"root:x:0:0::/root:/bin/sh\nplain:x:1000:1000::/tmp:/bin/sh\n"
        entry = tarfile.TarInfo("etc/passwd")
        entry.size, entry.mode = len(users), 0o644
        tar.addfile(entry, io.BytesIO(users))
    subprocess.run(["docker", "import", str(packed), IMAGE], check=True, capture_output=True)
    yield
    subprocess.run(["docker", "rmi", IMAGE], check=False, capture_output=True)


Inside = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def inside() -> Inside:
    """Run a command of this interpreter in a new container."""

    def run(*command: str | Path, user: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        places = {"/usr", sys.prefix, sys.base_prefix, str(ROOT)}
        places |= {f"/{name}" for name in ("bin", "lib", "lib64", "sbin") if not (Path("/") / name).is_symlink()}
        mounts = [part for place in sorted(places) if Path(place).exists() for part in ("-v", f"{place}:{place}:ro")]
        engine = ("docker", "run", "--rm", "--network", "none")
        shell = ("-e", "HOME=/tmp", "-e", "PYTHONUTF8=1", "-e", "COLUMNS=100", "-w", str(ROOT))
        return subprocess.run(
            [*engine, "--user", user, *shell, *mounts, *options, IMAGE, sys.executable, *map(str, command)],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=600,
        )

    return run


@pytest.mark.parametrize("options", [(), HARDENED], ids=["default", "hardened"])
@pytest.mark.parametrize("user", [ROOT_USER, PLAIN_USER], ids=["root", "plain"])
def test_isolation_in_a_container_is_full(inside: Inside, user: str, options: tuple[str, ...]) -> None:
    done = inside("-m", "grader.cli", "doctor", "--json", user=user, options=options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["isolation"] == "full"


@pytest.mark.parametrize("user", [ROOT_USER, PLAIN_USER], ids=["root", "plain"])
def test_isolation_in_a_container_that_forbids_landlock_is_partial(inside: Inside, tmp_path: Path, user: str) -> None:
    profile = tmp_path / "profile.json"
    profile.write_text(json.dumps(BEFORE_LANDLOCK))
    options = ("--security-opt", f"seccomp={profile}")
    found = json.loads(inside("-m", "grader.cli", "doctor", "--json", user=user, options=options).stdout)
    assert found["isolation"] == "partial"
    assert {finding["layer"] for finding in found["findings"] if not finding["held"]} == {"landlock"}
    tmp_path.chmod(0o755)
    (tmp_path / "ada").mkdir()
    shutil.copy(ROOT / "exercises" / "adam.py", tmp_path / "ada")
    options += ("-v", f"{tmp_path}:/mnt:ro")
    done = inside("-m", "grader.cli", "batch", "/mnt", "--gradebook", "/tmp/g.db", user=user, options=options)
    assert done.returncode == 1
    told = " ".join(done.stderr.split())
    assert "cannot isolate student code fully: landlock missing" in told
    assert "landlock needs Linux 5.13 or newer" in told
    assert "Docker 20.10.18 or newer" in told
    assert "--isolation partial" in told


@pytest.mark.slow
@pytest.mark.parametrize("user", [ROOT_USER, PLAIN_USER], ids=["root", "plain"])
def test_conformance_and_attacks_in_a_container_pass(inside: Inside, user: str) -> None:
    files = [f"tests/grader/test_{name}.py" for name in ("sandbox", "confinement", "isolation", "attacks")]
    done = inside("-m", "pytest", "-q", "-p", "no:cacheprovider", *files, user=user)
    assert done.returncode == 0, done.stdout[-4000:]
    assert "skipped" not in done.stdout
