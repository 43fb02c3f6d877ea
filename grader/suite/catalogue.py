"""What the catalogued mistakes of a topic answer, asked where its solutions are."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from grader import diagnosis
from grader.diagnosis import Transcript
from grader.model import Mistake
from grader.sandbox import wire
from grader.sandbox.host import Host
from grader.sandbox.tape import Exchange
from grader.suite.bench import Bench
from grader.suite.subject import Subject

_MOST_SAID = 64 * 1024
"""Bytes that a mistake was told, and of which it knows what it has said: a submission may have made them up."""

Ask = Callable[[str, Subject], Transcript | None]
"""Runs a test on a subject: what it answers if it fails, None if it passes."""


class LiveCatalogue:
    """The catalogue of a topic, asked where its solutions are. Each question is asked once a session."""

    def __init__(self, bench: Bench, topic: str, tests: Sequence[str], ask: Ask) -> None:
        """Read the catalogue.

        Args:
            bench: makes subjects of the mistakes.
            topic: whose mistakes.
            tests: of its suite, in teaching order.
            ask: runs one of them.
        """
        self.mistakes = {mistake.name: mistake for mistake in diagnosis.load_mistakes(bench.course, topic)}
        self._bench = bench
        self._topic = topic
        self._tests = tests
        self._ask = ask
        self._answers: dict[tuple[str, str], Transcript | None] = {}
        self._bare: dict[str, _Bare] = {}

    def possible(self, names: Iterable[str], test: str, exchanges: Sequence[Exchange]) -> dict[str, bool]:
        """Those that may be behind a failure. Most are not: the first answer tells, and no test is needed to get it.

        One that says the same to the end fails as the submission did: a test knows nothing but what it is told.

        Args:
            names: of mistakes.
            test: that failed.
            exchanges: what was said in it; empty if nobody knows.

        Returns:
            Their names, and whether it is certain that they say the same.
        """
        talk = _Talk(exchanges)
        found = {}
        for name in names:
            if (name, test) in self._answers or self.mistakes[name].remembers:
                found[name] = False
            elif (likeness := self._bare_mistake(name).likeness(talk)) is not _Likeness.NONE:
                found[name] = likeness is _Likeness.SURE and talk.is_whole
        return found

    def answer(self, mistake: str, test: str) -> Transcript | None:
        """What a mistake answers in a test that it fails; None if it passes.

        One that keeps something in mind takes the whole suite in teaching order, as a submission does.
        """
        if (mistake, test) not in self._answers:
            known = self.mistakes[mistake]
            subject = self._bench.mistaken(self._topic, known)
            for name in self._tests if known.remembers else (test,):
                self._answers[mistake, name] = self._ask(name, subject)
        return self._answers[mistake, test]

    def comparable(self, transcript: Transcript) -> Transcript:
        """The answers as they are."""
        return transcript

    def _bare_mistake(self, name: str) -> _Bare:
        if name not in self._bare:
            self._bare[name] = _Bare(self._bench, self._topic, self.mistakes[name])
        return self._bare[name]


class _Likeness(enum.Enum):
    """Whether a mistake says what a submission has said."""

    NONE = enum.auto()
    MAYBE = enum.auto()
    """The same values, as far as that can be known without the test."""
    SURE = enum.auto()
    """The same values, and the same arguments changed in place, to the end."""


class _Talk:
    """What a module was told, and what it has answered, in a test that it failed."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = [exchange for exchange in exchanges if not exchange.to]
        self._answers: list[_Answer] = []
        self.is_whole = len(self._exchanges) == len(exchanges) > 0
        """Whether it is all that the test was told: no other module of the student's had a part in it."""

    def __len__(self) -> int:
        return len(self._exchanges)

    def said(self, position: int) -> bytes:
        """What it was told."""
        return self._exchanges[position].said

    def answer(self, position: int) -> _Answer:
        """What it said to that; read once, for all mistakes that are compared with it."""
        for exchange in self._exchanges[len(self._answers) : position + 1]:
            tree, blob = exchange.heard
            self._answers.append(_Answer.of(wire.decode_response(tree), blob))
        return self._answers[position]


class _Turn:
    """What a mistake says to something, and what it was told then."""

    def __init__(self, answer: _Answer) -> None:
        self.answer = answer
        self.following: dict[bytes, _Turn] = {}


class _Bare:
    """A mistake without a test around it: it is told what a submission was told, until it answers otherwise.

    What it has said once it says again, so that it is asked only where nobody was told the same before.
    """

    def __init__(self, bench: Bench, topic: str, mistake: Mistake) -> None:
        module = bench.mistake_module(topic, mistake)
        self._host = Host(self._ask, capture=False)
        self._host.handle(wire.Load(module.topic, module.filename, module.source, 0), b"")
        self._begun: dict[bytes, _Turn] = {}
        self._following = self._begun
        self._room = _MOST_SAID
        self._changes_the_same = True
        self._talk = _Talk(())
        self._position = 0

    def likeness(self, talk: _Talk) -> _Likeness:
        """Whether it says the same, questions about functions that it was handed included."""
        following = self._begun
        self._changes_the_same = True
        for position in range(len(talk)):
            turn = following.get(talk.said(position))
            if turn is None:
                return self._is_asked(talk)
            if not self._are_alike(turn.answer, talk.answer(position)):
                return _Likeness.NONE
            following = turn.following
        return self._found()

    def _found(self) -> _Likeness:
        return _Likeness.SURE if self._changes_the_same else _Likeness.MAYBE

    def _is_asked(self, talk: _Talk) -> _Likeness:
        self._talk, self._position, self._following = talk, 0, self._begun
        self._host.handle(_ELSEWHERE, b"")  # objects get their numbers anew: those of last time have moved on
        try:
            return self._found() if self._says_the_same() else _Likeness.NONE
        except wire.WireError:  # an answer of its own that could not have crossed
            return _Likeness.MAYBE

    def _says_the_same(self) -> bool:
        while self._position < len(self._talk):
            reply, blob = self._host.handle(*_request(self._talk.said(self._position)))
            if self._position >= len(self._talk) or not self._is_alike(_Answer.of(reply, blob)):
                return False
            self._position += 1
        return True

    def _is_alike(self, answer: _Answer) -> bool:
        """Whether it is what the submission said here."""
        said = self._talk.said(self._position)
        if said not in self._following and self._room > len(said):
            self._room -= len(said)
            self._following[said] = _Turn(answer)
        self._following = self._following[said].following if said in self._following else {}
        return self._are_alike(answer, self._talk.answer(self._position))

    def _are_alike(self, one: _Answer, other: _Answer) -> bool:
        self._changes_the_same &= one.changed == other.changed
        return _alike(one.value, other.value)

    def _ask(self, question: wire.Ask, blob: bytes) -> tuple[wire.Request, bytes]:
        """What the submission was answered, if it has asked the same."""
        following = self._position + 1
        if following < len(self._talk) and self._is_alike(_Answer.of(question, blob)):
            self._position = following
            return _request(self._talk.said(following))
        self._position = len(self._talk)  # it goes another way
        return wire.Refuse("nobody is there"), b""


def _request(said: bytes) -> tuple[wire.Request, bytes]:
    tree_size, _ = wire.HEADER.unpack_from(said)
    border = wire.HEADER.size + tree_size
    return wire.decode_request(said[wire.HEADER.size : border]), said[border:]


class _Answer(NamedTuple):
    """What a module has said to something."""

    value: Any
    """What a call returned, or asked; a name where an object stays behind; nothing comparable where it raised."""
    changed: tuple[str, ...] = ()
    """Arguments that the call changed in place."""

    @classmethod
    def of(cls, reply: wire.Response, blob: bytes) -> _Answer:
        """Read one.

        Raises:
            WireError: if it cannot be read.
        """
        if isinstance(reply, wire.Ask):
            return cls([reply.function, wire.unpack(reply.payload, blob, _name)])
        if isinstance(reply, wire.Value):
            return cls(wire.unpack(reply.payload, blob, _name), reply.changed)
        return cls(_NOTHING)


def _name(handle: wire.Handle) -> str:
    return handle.label


_NOTHING = object()
_ELSEWHERE = wire.Get(target=0, name="__name__", test=-1)
"""A question of a test that does not exist."""


def _alike(one: Any, other: Any) -> bool:
    """Whether two answers are the same; where they are not, a look at one number mostly tells."""
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray) and one.shape == other.shape and one.size:
        first, second = one.flat[0], other.flat[0]
        if one.dtype.kind == other.dtype.kind == "f" and abs(first - second) > 1e-3 * (1.0 + abs(first)):
            return False
    return one is not _NOTHING and other is not _NOTHING and diagnosis.same_answers([one], [other])
