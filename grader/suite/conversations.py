"""Tests that need not be run: what a worker answers has been answered before.

A test is a conversation. What it says next, and how it ends, depends on nothing but what it has been told so far: its
random numbers have a seed, Keras' answers are recorded, the reference is a plain function. So where a submission
answers, byte for byte, what another one has answered before, the end is known, and neither pytest nor the reference nor
the comparison has to be asked. At the first new answer the test itself is run; what was said so far is played to it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping

import msgspec

from grader.errors import GraderError
from grader.model import Outcome
from grader.sandbox import wire
from grader.sandbox.client import Client, StudentError
from grader.sandbox.tape import Exchange, Heard, Tape
from grader.suite.naming import Failure

MOST_BYTES = 64 * 1024 * 1024
"""That are remembered, about; what comes later is run each time."""
_MOST_OF_ONE = MOST_BYTES // 32
"""That one conversation may take: a submission must not fill the memory, nor take the room of all others."""
_PER_TURN = 400
"""Bytes that a turn costs besides what is said, about."""


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """How a conversation has ended."""

    outcome: Outcome
    failure: Failure | None
    """If an answer came and was not right."""
    where: tuple[str, tuple[int, ...]] | None
    """File name and cells of the module, if the outcome names a line of it."""


class _Turn(msgspec.Struct):
    """What a test says after all that it was told."""

    to: str
    says: bytes
    opens: bool
    heard: dict[bytes, _Turn | Ended] = {}
    """What comes next, by the digest of what the worker answers."""


class Conversations:
    """The conversations that have been held."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._begun: dict[bytes, _Turn | Ended] = {}
        self._key = os.urandom(16)
        self._left = most_bytes

    def hold(self, test: str, clients: Mapping[str, Client]) -> tuple[Tape, Ended | None]:
        """Say what the test has said before, as long as the answers are known.

        Args:
            test: its topic and name, and what else it depends on.
            clients: of the workers that it speaks with, by their name on the tape.

        Returns:
            What was said; and the end, if it was reached.
        """
        tape = Tape()
        found = self._begun.get(test.encode())
        while isinstance(found, _Turn):
            try:
                heard = clients[found.to].repeat(found.says, opens=found.opens)
            except (StudentError, GraderError) as error:
                tape.failure = error
                found = None
                break
            tape.add(found.to, found.says, found.opens, heard)
            found = found.heard.get(self._digest(heard))
        tape.rewind()
        return tape, found

    def keep(self, test: str, tape: Tape, ended: Ended) -> None:
        """Remember a conversation that was held."""
        turns = sum(_cost_of_turn(exchange) for exchange in tape.exchanges)
        end = _PER_TURN + (_cost_of_failure(tape) if ended.failure is not None else 0)
        if self._left <= 0 or turns + end > _MOST_OF_ONE:
            return
        at, key = self._begun, test.encode()
        for exchange in tape.exchanges:
            turn = at.get(key)
            if turn is None:
                turn = at[key] = _Turn(exchange.to, exchange.said, exchange.opens)
                self._left -= _cost_of_turn(exchange)
            if not isinstance(turn, _Turn) or (turn.to, turn.says) != (exchange.to, exchange.said):
                return  # it cannot be foretold
            at, key = turn.heard, self._digest(exchange.heard)
        at[key] = ended
        self._left -= end

    def _digest(self, heard: Heard) -> bytes:
        """Nobody can make another answer with this digest: the key is not known outside of this process."""
        tree, blob = heard
        digest = hashlib.blake2b(len(tree).to_bytes(8, "big"), digest_size=16, key=self._key)
        digest.update(tree)
        digest.update(blob)
        return digest.digest()


def _cost_of_turn(exchange: Exchange) -> int:
    return _PER_TURN + len(exchange.said)


def _cost_of_failure(tape: Tape) -> int:
    """Bytes of what was heard, about: it is kept as it came, and as the values that it stands for."""
    heard = [exchange.heard for exchange in tape.exchanges]
    return sum((wire.TREE_COST + 1) * len(tree) + 2 * len(blob) for tree, blob in heard)
