"""Values as they cross between runner and worker: plain data as tree and blob, and back.

Both sides use this module, so it imports nothing of the grader.
"""

from __future__ import annotations

import collections
import functools
import itertools
import json
import math
import struct
import sys
import types
from collections.abc import Callable
from typing import Any

import msgspec
import numpy as np
from msgspec.msgpack import Ext

TREE_COST = 128
"""Bytes of memory that a byte of a tree can cost once it is decoded."""
MAX_DEPTH = 32
MAX_ITEMS = 100_000
"""Of an iterator that is drained into a list."""
MAX_DIMENSIONS = 32
ARRAY_KINDS = "biufc"

_LEAST, _BEYOND = -(2**63), 2**64
"""Whole numbers that MessagePack holds."""
_LITTLE = ("<", "|", "=") if sys.byteorder == "little" else ("<", "|")
_TUPLE, _ARRAY, _BIG_INT, _COMPLEX, _HANDLE, _GENERATOR = range(1, 7)
_COMPLEX_FORMAT = struct.Struct("<dd")
_BIT_GENERATORS = ("PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64")
_LAZY: tuple[type, ...] = (
    types.GeneratorType,
    range,
    zip,
    map,
    filter,
    enumerate,
    reversed,
    itertools.chain,
    collections.deque,
    set,
    frozenset,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)


_UNREADABLE = (
    *(msgspec.MsgspecError, struct.error, RecursionError, OverflowError),
    *(ValueError, TypeError, LookupError, AttributeError),
)
"""What reading hostile bytes can raise."""


class WireError(Exception):
    """A value that cannot cross, or bytes that are no message."""

    @property
    def sentence(self) -> str:
        """What is wrong, for the student."""
        text = str(self)
        return f"{text[:1].upper()}{text[1:]}."


class Handle(msgspec.Struct, frozen=True, array_like=True):
    """Stands for something that stays on the side where it was made."""

    id: int
    function: bool
    label: str


encode = msgspec.msgpack.Encoder().encode
_decode_handle: Callable[[memoryview], Handle] = msgspec.msgpack.Decoder(Handle).decode
_decode_header: Callable[[memoryview], tuple[str, int, tuple[int, ...], int]] = msgspec.msgpack.Decoder(
    tuple[str, int, tuple[int, ...], int]
).decode

MakeHandle = Callable[[Any], Handle]
TakeHandle = Callable[[Handle], Any]


def pack(value: object, make_handle: MakeHandle, *, generators: bool = False) -> tuple[msgspec.Raw, bytes]:
    """Encode a value as tree and blob.

    Args:
        value: what is to cross.
        make_handle: called for what must stay on this side.
        generators: whether random generators cross as their state; only the runner sends them.

    Raises:
        WireError: if it holds something that cannot cross.
    """
    packer = _Packer(make_handle, generators)
    tree = encode(packer.pack(value, 0))
    return msgspec.Raw(tree), packer.blobs[0] if len(packer.blobs) == 1 else b"".join(packer.blobs)


class _Packer:
    """Packs one value. What is common is asked first: a batch packs some thousand values a submission."""

    __slots__ = ("blobs", "generators", "make_handle", "offset")

    def __init__(self, make_handle: MakeHandle, generators: bool) -> None:
        self.blobs: list[bytes] = []
        self.offset = 0
        self.make_handle = make_handle
        self.generators = generators

    def pack(self, value: Any, depth: int) -> object:
        """A tree that MessagePack can hold."""
        kind = type(value)
        if kind is float or kind is bool or value is None:
            return value
        if kind is np.ndarray:
            return self._array(value)
        if kind is int and _LEAST <= value < _BEYOND:
            return value
        if kind is str and value.isascii():
            return value
        if isinstance(value, np.ndarray):
            raise WireError(
                f"a plain NumPy array is expected, not {_article(kind.__name__)}: "
                "use np.array, and @ for matrix products"
            )
        if depth >= MAX_DEPTH:
            raise WireError(f"the value is nested more than {MAX_DEPTH} levels deep")
        if isinstance(value, list):
            return [self.pack(item, depth + 1) for item in value]
        if isinstance(value, tuple):
            return Ext(_TUPLE, encode([self.pack(item, depth + 1) for item in value]))
        if isinstance(value, dict):
            return {_key(key): self.pack(item, depth + 1) for key, item in value.items()}
        if isinstance(value, _LAZY):
            return self.pack(_drained(value), depth)
        return self._other(value)

    def _other(self, value: Any) -> object:
        scalar = _scalar(value)
        if scalar is not None:
            return scalar
        if self.generators and isinstance(value, np.random.Generator):
            return Ext(_GENERATOR, _generator_state(value))
        if isinstance(value, types.ModuleType):
            raise WireError(f"a module ({value.__name__}) is not an answer")
        return Ext(_HANDLE, encode(self.make_handle(value)))

    def _array(self, array: np.ndarray[Any, Any]) -> object:
        dtype = array.dtype
        if dtype.kind not in ARRAY_KINDS:
            raise WireError(f"an array of numbers is expected, not one of dtype {dtype.name}")
        if dtype.byteorder not in _LITTLE:
            array = array.astype(dtype.newbyteorder("<"))
        data = array.tobytes()
        header = encode((dtype.kind, dtype.itemsize, array.shape, self.offset))
        self.blobs.append(data)
        self.offset += len(data)
        return Ext(_ARRAY, header)


def _scalar(value: Any) -> object | None:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        number = int(value)
        if _LEAST <= number < _BEYOND:
            return number
        if number.bit_length() > 4096:
            raise WireError("the whole number is absurdly large")
        return Ext(_BIG_INT, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))
    if isinstance(value, (float, np.floating)):
        return float(value)
    if isinstance(value, (complex, np.complexfloating)):
        number_ = complex(value)
        return Ext(_COMPLEX, _COMPLEX_FORMAT.pack(number_.real, number_.imag))
    if isinstance(value, str):
        return str(value).encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, (bytes, bytearray)):
        return bytes(value)
    return None


def _key(key: object) -> str | int:
    if type(key) is str and key.isascii():
        return key
    if isinstance(key, str):
        return str(key).encode("utf-8", "replace").decode("utf-8")
    if isinstance(key, (int, np.integer)) and not isinstance(key, bool) and -(2**63) <= int(key) < 2**63:
        return int(key)
    raise WireError("the keys of a dict must be text or whole numbers")


def _drained(values: Any) -> list[object]:
    items = list(itertools.islice(values, MAX_ITEMS + 1))
    if len(items) > MAX_ITEMS:
        raise WireError(f"the iterator yields more than {MAX_ITEMS} values")
    return items


def _generator_state(generator: np.random.Generator) -> bytes:
    def plain(value: object) -> object:
        return value.tolist() if isinstance(value, np.ndarray) else str(value)

    return json.dumps(generator.bit_generator.state, default=plain).encode()


def _article(word: str) -> str:
    return f"{'an' if word[:1].lower() in 'aeiou' else 'a'} {word}"


def unpack(tree: bytes | msgspec.Raw, blob: bytes, take_handle: TakeHandle, *, generators: bool = False) -> Any:
    """Rebuild a value as plain data.

    Raises:
        WireError: if the bytes are no encoding of a value, or claim more than they hold.
    """
    return Unpacker(take_handle, generators=generators).unpack(tree, blob)


class Unpacker:
    """Rebuilds values, one after the other."""

    def __init__(self, take_handle: TakeHandle, *, generators: bool = False) -> None:
        """Prepare.

        Args:
            take_handle: called for what stays on the other side.
            generators: whether random generators may come.
        """
        self._take_handle = take_handle
        self._generators = generators
        self._decode = msgspec.msgpack.Decoder(ext_hook=self._ext).decode
        self._blob = b""
        self._depth = 0
        self._claimed = 0

    def unpack(self, tree: bytes | msgspec.Raw, blob: bytes) -> Any:
        """Rebuild a value as plain data.

        Raises:
            WireError: if the bytes are no encoding of a value, or claim more than they hold.
        """
        self._blob, self._depth, self._claimed = blob, 0, 0
        try:
            return self._decode(tree)
        except WireError:
            raise
        except _UNREADABLE as error:
            raise WireError("the answer could not be read") from error
        finally:
            self._blob = b""

    def _ext(self, code: int, data: memoryview) -> object:
        if code == _ARRAY:
            return self._array(data)
        if code == _TUPLE:
            return self._tuple(data)
        if code == _HANDLE:
            return self._take_handle(_decode_handle(data))
        if code == _COMPLEX:
            return complex(*_COMPLEX_FORMAT.unpack(data))
        if code == _BIG_INT and len(data) <= 513:
            return int.from_bytes(data, "big", signed=True)
        if code == _GENERATOR and self._generators:
            return _generator(bytes(data))
        raise WireError("the answer could not be read")

    def _tuple(self, data: memoryview) -> tuple[object, ...]:
        self._depth += 1
        if self._depth > 2 * MAX_DEPTH:
            raise WireError("the value is nested too deep")
        items = self._decode(data)
        self._depth -= 1
        if not isinstance(items, list):
            raise WireError("the answer could not be read")
        return tuple(items)

    def _array(self, data: memoryview) -> np.ndarray[Any, Any]:
        kind, itemsize, shape, offset = _decode_header(data)
        if kind not in ARRAY_KINDS or len(kind) != 1 or len(shape) > MAX_DIMENSIONS or offset < 0:
            raise WireError("the answer could not be read")
        if shape and min(shape) < 0:
            raise WireError("the answer could not be read")
        dtype = _dtype(kind, itemsize)
        count = math.prod(shape)
        size = count * dtype.itemsize
        self._claimed += size  # or a thousand arrays could be made of the same megabytes
        if offset + size > len(self._blob) or self._claimed > len(self._blob):
            raise WireError("the answer could not be read")
        array = np.frombuffer(self._blob, dtype, count, offset).reshape(shape)
        if kind == "b":
            array = array.view(np.uint8).astype(bool)  # a byte that is neither 0 nor 1 is true
        return array.astype(array.dtype.newbyteorder("=")) if sys.byteorder == "big" else array.copy()


@functools.lru_cache(maxsize=64)
def _dtype(kind: str, itemsize: int) -> np.dtype[Any]:
    return np.dtype(f"<{kind}{itemsize}")


def _generator(state: bytes) -> np.random.Generator:
    described = json.loads(state)
    name = described.get("bit_generator")
    if name not in _BIT_GENERATORS:
        raise WireError("the answer could not be read")
    bit_generator = getattr(np.random, name)()
    bit_generator.state = _numbers(described)
    return np.random.Generator(bit_generator)


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return np.array(value, dtype=np.uint64 if len(value) < 10 else np.uint32)
    return value
