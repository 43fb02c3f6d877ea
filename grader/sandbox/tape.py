"""What a runner and its workers have said to each other in one test, frame by frame."""

from __future__ import annotations

from typing import NamedTuple

Heard = tuple[bytes, bytes]
"""Tree and blob of a worker's frame."""


class DivergedError(BaseException):
    """A test says something else than it has said before in the same situation.

    It is no Exception, so that no test can take it for a student's.
    """


class Exchange(NamedTuple):
    """A frame of the runner's, and the worker's next one."""

    to: str
    """Which worker; empty for that of the module under test."""
    said: bytes
    opens: bool
    """Whether it opens a call; else it answers a question that the worker has asked during one."""
    heard: Heard


class Tape:
    """Keeps what is said. What was said before the test itself began is played to it first."""

    def __init__(self) -> None:
        self.exchanges: list[Exchange] = []
        self.failure: Exception | None = None
        """What became of the frame after the last of these, where there was no answer to it."""
        self._played = 0

    @property
    def plays(self) -> bool:
        """Whether the next answer is known already."""
        return self._played < len(self.exchanges) or self.failure is not None

    def play(self, to: str, said: bytes) -> Heard:
        """The answer to a frame, while it is known.

        Raises:
            DivergedError: if this is not the frame that was answered.
            Exception: what became of the frame.
        """
        if self._played == len(self.exchanges):
            assert self.failure is not None
            raise self.failure
        exchange = self.exchanges[self._played]
        if exchange.to != to or exchange.said != said:
            raise DivergedError
        self._played += 1
        return exchange.heard

    def add(self, to: str, said: bytes, opens: bool, heard: Heard) -> None:
        """Keep what was just said."""
        self.exchanges.append(Exchange(to, said, opens, heard))
        self._played += 1

    def rewind(self) -> None:
        """Play it from the beginning."""
        self._played = 0


class Track(NamedTuple):
    """One worker's part of a tape."""

    tape: Tape
    to: str = ""
