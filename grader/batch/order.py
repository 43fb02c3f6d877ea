"""What a Dask worker must know before it grades for somebody: the terms, and what must be the same there."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from grader.batch.terms import Terms


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Goes along with every job, encoded; a Dask worker looks into it once."""

    terms: Terms
    """With the course's folder as the coordinator knows it."""
    surroundings: Mapping[str, str]
    """As of Keys."""
    content: str
    """As of Keys."""


encode = msgspec.msgpack.Encoder(order="deterministic").encode
decode = msgspec.msgpack.Decoder(Order).decode
