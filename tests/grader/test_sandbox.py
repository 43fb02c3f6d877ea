"""Every sandbox does what the list of conformance says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
from conformance import CASES, Open, dedented

from grader.model import Limits, Module
from grader.sandbox.client import Budget, Link, Sandbox
from grader.sandbox.local import LocalLink
from grader.sandbox.portable import ProcessSandbox
from grader.suite.subject import Subject, control_of


class LocalSandbox:
    """The sandbox that is none, for code that we trust."""

    def open(self, limits: Limits) -> Link:  # noqa: ARG002
        return LocalLink()

    def close(self) -> None:
        pass


def forked(*layers: str) -> Callable[[], Sandbox]:
    def start() -> Sandbox:
        from grader.sandbox.forked import ForkSandbox

        return ForkSandbox(Limits(), layers=layers)

    return start


ALL = ("no_new_privs", "capabilities", "rlimits", "landlock", "seccomp")
SANDBOXES: dict[str, tuple[Callable[[], Sandbox], frozenset[str]]] = {
    "local": (LocalSandbox, frozenset()),
    "process": (ProcessSandbox, frozenset({"process"})),
}
if sys.platform.startswith("linux"):
    # A machine that lacks Landlock and seccomp: what isolation `partial` comes to there.
    SANDBOXES["partial"] = (forked("no_new_privs", "capabilities", "rlimits"), frozenset({"process"}))
    SANDBOXES["full"] = (forked(*ALL), frozenset({"process", "confined"}))


@pytest.fixture(scope="module", params=SANDBOXES)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    start, _ = SANDBOXES[request.param]
    made = start()
    yield made
    made.close()


@pytest.fixture
def open_module(sandbox: Sandbox) -> Iterator[Open]:
    opened: list[Subject] = []

    def make(source: str | bytes, **limits: float) -> Subject:
        allowed = Limits(**{"call_seconds": 20.0, "topic_seconds": 60.0, **limits})  # type: ignore[arg-type]
        module = Module(topic="work", filename="work.py", source=dedented(source))
        opened.append(Subject(module, lambda: sandbox.open(allowed), allowed, Budget(allowed.topic_seconds)))
        return opened[-1]

    yield make
    for subject in opened:
        control_of(subject).close()


@pytest.mark.parametrize(
    ("sandbox", "case"),
    [
        pytest.param(name, case, id=f"{name}-{case.__name__}")
        for name, (_, abilities) in SANDBOXES.items()
        for case, needs in CASES
        if needs <= abilities
    ],
    indirect=["sandbox"],
)
def test_sandbox_conforms(open_module: Open, case: Callable[[Open], None]) -> None:
    case(open_module)
