"""The same interface without a process, for code that we trust: solutions and catalogued mistakes."""

from __future__ import annotations

from collections.abc import Collection

from grader.sandbox import host, wire
from grader.sandbox.client import Allowance, AnswerQuestion, Reply
from grader.sandbox.tape import Heard, Track


class LocalLink:
    """A host in this process."""

    layers: tuple[str, ...] = ()
    alive = True
    trusted = True
    track: Track | None = None

    def __init__(self) -> None:
        self._host = host.Host(self._exchange, capture=False)
        self._answer: AnswerQuestion | None = None

    def transact(
        self,
        request: wire.Request,
        blob: bytes,
        answer: AnswerQuestion,
        allowance: Allowance,  # noqa: ARG002  trusted code needs no clock
    ) -> tuple[Reply, bytes]:
        """Let the host do it."""
        self._answer = answer
        return self._host.handle(request, blob)

    def exchange(self, said: bytes, allowance: Allowance) -> Heard:
        """Never asked: there are no frames in one process."""
        raise NotImplementedError

    def keep_only(self, handles: Collection[int]) -> None:
        """Let go of the objects that earlier tests have made: this process grades a whole class."""
        self._host.keep_only(handles)

    def close(self) -> None:
        """Do nothing: there is no process."""

    def _exchange(self, question: wire.Ask, blob: bytes) -> tuple[wire.Request, bytes]:
        assert self._answer is not None
        return self._answer(question, blob)
