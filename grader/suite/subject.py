"""The module under test, as a suite sees it: `student.adam_step(...)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.model import Limits, Module, Result
from grader.sandbox.client import Budget, Call, Client, Link, StudentError
from grader.sandbox.tape import Track


class Subject:
    """One module of one submission. Its functions are called by name; what they return is plain data.

    All else stands behind `control_of`, so that every name is free for the student's functions.
    """

    def __init__(self, module: Module, open_link: Callable[[], Link], limits: Limits, budget: Budget) -> None:
        self._control = Control(module, open_link, limits, budget)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        control = self._control

        def call(*args: object, **kwargs: object) -> Any:
            return control.client().call(0, name, args, kwargs)

        call.__name__ = name
        return call


def control_of(subject: Subject) -> Control:
    """The grader's side of a subject."""
    return subject._control


class Control:
    """Keeps a worker with the module loaded, and starts another one where a test has lost it."""

    def __init__(self, module: Module, open_link: Callable[[], Link], limits: Limits, budget: Budget) -> None:
        self.module = module
        self._open_link = open_link
        self._limits = limits
        self._budget = budget
        self._client: Client | None = None
        self._broken: StudentError | None = None

    def client(self) -> Client:
        """A client whose module is loaded.

        Raises:
            StudentError: if the module cannot be loaded. It is tried once: a loop at import costs its time only once.
        """
        if self._broken is not None:
            raise self._broken
        if self._client is None:
            self._client = self._load()
        return self._client

    def start_test(self, number: int = 0, track: Track | None = None) -> None:
        """Begin with clean notes, and with a new worker where the last one is gone; see Client.

        With a track the test has begun already, and a worker that is gone is gone in it.
        """
        if self._client is not None and not self._client.alive and track is None:
            self._client = None
        if self._client is not None:
            self._client.start_test(number, track)

    def renew(self, budget: Budget) -> None:
        """Give it other seconds to use."""
        self._budget = budget
        if self._client is not None:
            self._client.renew(budget)

    @property
    def changed(self) -> tuple[str, ...]:
        """Arguments that this test's calls have changed in place."""
        return tuple(self._client.changed) if self._client else ()

    @property
    def output(self) -> str:
        """What this test's calls have printed."""
        return "".join(self._client.output) if self._client else ""

    @property
    def transcript(self) -> list[Any]:
        """What this test's calls have returned."""
        return self._client.transcript if self._client else []

    @property
    def calls(self) -> list[Call]:
        """What this test has called."""
        return self._client.calls if self._client else []

    @property
    def cut_short(self) -> bool:
        """Whether a call of this test has ended otherwise than by an answer."""
        return self._client is None or self._client.cut_short

    def close(self) -> None:
        """End the worker."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _load(self) -> Client:
        if self.module.problem:
            self._broken = StudentError(
                Result.NOT_GRADED if self.module.denied else Result.EXCEPTION, self.module.problem
            )
            raise self._broken
        client = Client(self._open_link(), self._limits, self._budget)
        try:
            client.load(self.module.topic, self.module.filename, self.module.source, self.module.cells)
        except StudentError as error:
            client.close()
            self._broken = error
            raise
        return client
