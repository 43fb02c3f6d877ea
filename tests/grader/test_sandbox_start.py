"""A zygote that is started ahead: who ends it, and what it leaves."""

from __future__ import annotations

import os
import sys

import pytest

from grader.model import Limits
from grader.sandbox.client import Budget, Client
from grader.sandbox.start import started_ahead

if not sys.platform.startswith("linux"):
    pytest.skip("zygotes are forked on Linux", allow_module_level=True)

from grader.sandbox.forked import ForkSandbox

LIMITS = Limits()


def answer(sandbox: ForkSandbox) -> int:
    client = Client(sandbox.open(LIMITS), LIMITS, Budget(60.0))
    client.load("work", "work.py", b"def f():\n    return 3\n")
    found: int = client.call(0, "f", (), {})
    client.close()
    return found


def test_runner_shares_a_core_with_its_workers_only_as_long_as_it_has_any() -> None:
    before = os.sched_getaffinity(0)
    with started_ahead(LIMITS) as zygote:
        assert zygote is not None
        sandbox = ForkSandbox(LIMITS, zygote=zygote)
        assert os.sched_getaffinity(0) == before
        assert answer(sandbox) == 3
        core = os.sched_getaffinity(0)
        assert len(core) == 1
        assert os.sched_getaffinity(zygote.process.pid) == core
        assert answer(sandbox) == 3
        sandbox.close()
        assert os.sched_getaffinity(0) == before
    assert zygote.process.returncode == 0


def test_zygote_ends_where_no_worker_was_ever_opened() -> None:
    with started_ahead(LIMITS) as zygote:
        assert zygote is not None
        ForkSandbox(LIMITS, zygote=zygote).close()
    assert zygote.process.returncode == 0


def test_lent_zygote_that_has_died_is_replaced() -> None:
    with started_ahead(LIMITS) as zygote:
        assert zygote is not None
        zygote.process.kill()
        zygote.process.wait()
        sandbox = ForkSandbox(LIMITS, zygote=zygote)
        assert answer(sandbox) == 3
        sandbox.close()
