"""What crosses between runner and worker, and what does not."""

import collections
import itertools
import json
import struct
import warnings

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from grader.sandbox import wire

QUICK = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**4000), 2**4000)
    | st.floats(allow_nan=False)
    | st.complex_numbers(allow_nan=False)
    | st.text(st.characters(codec="utf-8"))
    | st.binary()
)
KEYS = st.text(st.characters(codec="utf-8")) | st.integers(-(2**63), 2**63 - 1)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner),
    max_leaves=20,
)
DTYPES = (
    nps.boolean_dtypes()
    | nps.integer_dtypes(endianness="?")
    | nps.unsigned_integer_dtypes(endianness="?")
    | nps.floating_dtypes(endianness="?")
    | nps.complex_number_dtypes(endianness="?")
)
ARRAYS = nps.arrays(DTYPES, nps.array_shapes(min_dims=0, min_side=0, max_dims=4, max_side=4))


def no_handle(value):
    raise AssertionError(f"{type(value).__name__} does not stay here")


def crossed(value, **options):
    """The value on the other side."""
    return wire.unpack(*wire.pack(value, no_handle, **options), no_handle, **options)


def types_of(value):
    """The types of a value and of all that it holds."""
    if isinstance(value, (list, tuple)):
        return (type(value), *map(types_of, value))
    if isinstance(value, dict):
        return (type(value), *((type(key), types_of(item)) for key, item in value.items()))
    return type(value)


@QUICK
@given(VALUES)
def test_plain_values_cross_unchanged(value):
    there = crossed(value)
    assert there == value
    assert types_of(there) == types_of(value)


@QUICK
@given(ARRAYS)
@example(np.array(True))
@example(np.zeros((0, 3)))
@example(np.array(7, dtype=">i4"))
def test_arrays_cross_unchanged(array):
    there = crossed(array)
    assert type(there) is np.ndarray
    assert there.dtype == array.dtype.newbyteorder("=")
    assert there.dtype.isnative
    assert there.flags.writeable
    assert there.shape == array.shape
    np.testing.assert_array_equal(there, array)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12.0).reshape(3, 4)[::-2, ::3],
        np.broadcast_to(np.arange(3.0), (4, 3)),
        np.asfortranarray(np.arange(6).reshape(2, 3)),
    ],
    ids=["transposed", "with gaps", "broadcast", "by columns"],
)
def test_arrays_that_are_not_contiguous_cross_by_value(array):
    np.testing.assert_array_equal(crossed(array), array)


@QUICK
@given(st.lists(ARRAYS, max_size=4), st.dictionaries(KEYS, ARRAYS, max_size=3))
def test_arrays_in_containers_keep_their_places(listed, named):
    there, also = crossed((listed, named))
    for one, other in zip([*there, *also.values()], [*listed, *named.values()], strict=True):
        np.testing.assert_array_equal(one, other)
    assert list(also) == list(named)


def test_tuples_stay_tuples_and_lists_stay_lists():
    value = ((1, [2, (3,)], ()), [], {"a": (4, [5])})
    assert crossed(value) == value
    assert types_of(crossed(value)) == types_of(value)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf"), -0.0, 5e-324])
def test_special_floats_cross_bit_by_bit(number):
    assert struct.pack("<d", crossed(number)) == struct.pack("<d", number)
    assert struct.pack("<d", crossed(complex(0.0, number)).imag) == struct.pack("<d", number)


@pytest.mark.parametrize(
    ("value", "arrives"),
    [
        (np.float32(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.int8(-3), -3),
        (np.uint64(2**64 - 1), 2**64 - 1),
        (np.bool_(True), True),
        (np.complex64(1 + 2j), 1 + 2j),
        (np.str_("text"), "text"),
        (bytearray(b"ab"), b"ab"),
        (range(3), [0, 1, 2]),
        ((x * x for x in range(3)), [0, 1, 4]),
        (zip("ab", (1, 2), strict=True), [("a", 1), ("b", 2)]),
        (map(abs, (-1, 2)), [1, 2]),
        (itertools.chain([1], [2]), [1, 2]),
        (collections.deque([1, 2]), [1, 2]),
        ({"a": 1}.items(), [("a", 1)]),
        ({5}, [5]),
        (collections.OrderedDict(a=1), {"a": 1}),
        (collections.namedtuple("Pair", "a b")(1, 2), (1, 2)),
        ({np.int64(3): 1}, {3: 1}),
        ("a\udc80b", "a?b"),
        ({"\udc80": 1}, {"?": 1}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_relatives_of_plain_values_arrive_as_plain_values(value, arrives):
    there = crossed(value)
    assert there == arrives
    assert types_of(there) == types_of(arrives)


def nested(depth, make):
    value = 1.0
    for _ in range(depth):
        value = make(value)
    return value


def matrix():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.matrix([[1.0]])


def itself():
    value = []
    value.append(value)
    return value


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (np.array([1, "a", None], dtype=object), "an array of numbers is expected, not one of dtype object"),
        (np.array(["a", "b"]), "an array of numbers is expected, not one of dtype str"),
        (np.array(["2024-01-01"], dtype="datetime64[D]"), "not one of dtype datetime64"),
        (np.zeros(2, dtype=[("a", float)]), "an array of numbers is expected"),
        (matrix(), "a plain NumPy array is expected, not a matrix"),
        (np.ma.masked_array([1.0], mask=[True]), "not a MaskedArray"),
        (np.rec.array([(1.0,)], dtype=[("a", float)]), "not a recarray"),
        (nested(wire.MAX_DEPTH + 1, lambda inner: [inner]), "more than 32 levels"),
        (nested(wire.MAX_DEPTH + 1, lambda inner: (inner,)), "more than 32 levels"),
        (nested(wire.MAX_DEPTH + 1, lambda inner: {"a": inner}), "more than 32 levels"),
        (itself(), "more than 32 levels"),
        (itertools.chain(itertools.repeat(0)), "more than 100000 values"),
        ((0 for _ in itertools.count()), "more than 100000 values"),
        (range(10**12), "more than 100000 values"),
        (np, "a module (numpy) is not an answer"),
        ({1.5: 0}, "keys of a dict must be text or whole numbers"),
        ({True: 0}, "keys of a dict must be text or whole numbers"),
        ({2**63: 0}, "keys of a dict must be text or whole numbers"),
        (2**5000, "absurdly large"),
        (-(2**5000), "absurdly large"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value[:20],
)
def test_what_cannot_cross_is_a_sentence(value, says):
    with pytest.raises(wire.WireError, match=says.replace("(", r"\(").replace(")", r"\)")):
        wire.pack(value, no_handle)


def test_values_cross_up_to_the_deepest_level():
    deepest = nested(wire.MAX_DEPTH, lambda inner: [(inner, {})][0:1])
    with pytest.raises(wire.WireError, match="levels deep"):
        wire.pack(deepest, no_handle)
    for make in (lambda inner: [inner], lambda inner: (inner,), lambda inner: {"a": inner}):
        value = nested(wire.MAX_DEPTH, make)
        assert crossed(value) == value


def test_a_frame_with_too_many_parts_is_refused():
    payload, blob = wire.pack("x" * wire.MAX_TREE, no_handle)
    with pytest.raises(wire.WireError, match="too many parts"):
        wire.frame(wire.Value(payload, (), ""), blob)


def test_what_stays_crosses_as_a_handle():
    kept = []

    def keep(value):
        kept.append(value)
        return wire.Handle(len(kept), callable(value), "thing")

    thing = object()
    tree, blob = wire.pack([thing, (len,)], keep)
    assert kept == [thing, len]
    there = wire.unpack(tree, blob, lambda handle: handle)
    assert there == [wire.Handle(1, False, "thing"), (wire.Handle(2, True, "thing"),)]


@pytest.mark.parametrize("name", ["PCG64", "PCG64DXSM", "MT19937", "Philox", "SFC64"])
def test_generators_go_on_where_they_were_where_they_are_allowed(name):
    generator = np.random.Generator(getattr(np.random, name)(5))
    generator.integers(10, size=3, dtype=np.int32)
    there = crossed(generator, generators=True)
    assert type(there.bit_generator) is type(generator.bit_generator)
    np.testing.assert_array_equal(there.normal(size=8), generator.normal(size=8))
    np.testing.assert_array_equal(there.integers(9, size=5), generator.integers(9, size=5))


def test_generators_do_not_cross_where_they_are_not_allowed():
    generator = np.random.default_rng(5)
    with pytest.raises(AssertionError, match="Generator does not stay here"):
        wire.pack(generator, no_handle)
    tree, blob = wire.pack(generator, no_handle, generators=True)
    with pytest.raises(wire.WireError):
        wire.unpack(tree, blob, no_handle)


@pytest.mark.parametrize(
    "state",
    [b"", b"5", b"{}", b"[]", b'{"bit_generator": "default_rng"}', b'{"bit_generator": "PCG64"}', b"\xff"],
)
def test_a_generator_of_another_kind_is_refused(state):
    tree = msgspec.msgpack.encode(msgspec.msgpack.Ext(6, state))
    with pytest.raises(wire.WireError):
        wire.unpack(tree, b"", no_handle, generators=True)


def test_a_frame_says_how_long_its_parts_are():
    payload, blob = wire.pack(np.arange(3.0), no_handle)
    data = wire.frame(wire.Value(payload, (), ""), blob)
    tree_size, blob_size = wire.HEADER.unpack(data[: wire.HEADER.size])
    assert len(data) == wire.HEADER.size + tree_size + blob_size
    assert blob_size == 24


def test_the_state_of_a_generator_is_readable():
    tree, _ = wire.pack(np.random.default_rng(1), no_handle, generators=True)
    extension = msgspec.msgpack.decode(bytes(tree))
    assert json.loads(bytes(extension.data))["bit_generator"] == "PCG64"
