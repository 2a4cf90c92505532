"""Bounds in the data types that a model has, worked by hand: primes, so that none is swapped."""

from fractions import Fraction

import pytest

from formulas.core.errors import SizeError
from formulas.core.memory_traffic import Traffic
from reports.roofline.bounds import (
    Roofline,
    bound_of,
    computed_in,
    own_types,
    together,
    types_of,
)
from reports.roofline.devices import Device
from tests.reports.helpers import made, row

PEAKS = {"float32": 13, "bfloat16": 53, "int8": 131}
DEVICE = Device("toy", "Toy", "own", "a sheet", 7, PEAKS)
SEVEN = Traffic(inputs=7)


def conv(dtype="float32", *more, **figures):
    """A layer of 130 operations on 7 elements of each type."""
    moved = dict.fromkeys((dtype, *more), SEVEN)
    return row("a.conv", **{"macs": 65, "moved": moved, **figures})


def test_a_layer_is_bound_in_its_own_data_type():
    wide, narrow = (bound_of(conv(dtype), DEVICE) for dtype in ("float32", "bfloat16"))
    assert (wide.moved, wide.seconds, wide.limit) == (28, 10, "arithmetic")  # 130 / 13
    assert (narrow.moved, narrow.seconds) == (14, Fraction(130, 53))
    assert (wide.dtype, narrow.dtype) == ("float32", "bfloat16")


def test_as_if_of_another_type_it_has_the_bytes_and_the_peak_of_that():
    found = bound_of(conv("bfloat16"), DEVICE, "float32")
    assert (found.moved, found.seconds, found.dtype) == (28, 10, "float32")


@pytest.mark.parametrize(
    ("types", "said"),
    [
        (("float32", "bfloat16"), "bfloat16"),  # the faster one, so that the bound holds
        (("int64", "float32"), "float32"),  # indices are not multiplied
        (("int8", "float32"), "float32"),  # weights alone are quantised
        (("quint8", "qint8"), "int8"),
    ],
)
def test_of_several_types_it_is_the_one_that_multiplies(types, said):
    assert computed_in(conv(*types), DEVICE) == said
    assert said in own_types(conv(*types).moved)


def test_a_type_without_a_figure_is_refused_where_something_is_multiplied_in_it():
    with pytest.raises(SizeError) as error:
        _ = Roofline(made(layers=(conv("float16"),)), DEVICE).layers
    assert str(error.value) == (
        "dtype='float16' is what a.conv computes in, and has no figure for toy, "
        "which has float32, bfloat16, int8"
    )
    only_moves = conv("float16", macs=0)
    assert (bound_of(only_moves, DEVICE).seconds, bound_of(only_moves, DEVICE).dtype) == (2, "")


def test_the_types_of_a_model_are_those_that_it_multiplies_in():
    rows = (conv("bfloat16"), conv("float32", macs=0), conv("int64", calls=0), conv("float64"))
    assert types_of(made(layers=rows)) == ["bfloat16", "float64"]
    assert types_of(made(layers=())) == ["float32"]
    assert Roofline(made(layers=rows[:2]), DEVICE).dtypes == ["bfloat16"]
    assert Roofline(made(layers=rows[1:2]), DEVICE).dtypes == ["float32"]


@pytest.mark.parametrize(
    ("own", "dtype", "differs"),
    [("bfloat16", "float32", True), ("bfloat16", "bfloat16", False), ("float32", "tf32", False),
     ("float32", "int8", True), ("bfloat16", None, False), ("int64", "int8", False)],
)  # fmt: skip
def test_it_is_known_where_the_model_has_another_type_than_was_asked_for(own, dtype, differs):
    assert Roofline(made(layers=(conv(own),)), DEVICE, dtype).differs is differs


def test_a_kind_is_limited_by_what_most_of_its_time_is():
    """Not by what most of its layers are: two of memory, one of arithmetic that takes longer."""
    short = [row("a", memory_access=7), row("b", memory_access=7)]  # 4 s each, in memory
    for macs, limit in ((65, "arithmetic"), (39, "memory")):  # 10 s, 6 s
        bounds = [bound_of(each, DEVICE) for each in (*short, row("c", macs=macs))]
        assert [each.limit for each in bounds] == ["memory", "memory", "arithmetic"]
        found = together(bounds)
        assert (found.limit, found.seconds) == (limit, 8 + Fraction(2 * macs, 13))


def test_what_limits_a_layer_is_not_known_where_the_layer_is_not():
    found = Roofline(made(layers=(conv(), conv("float32", known=False))), DEVICE)
    assert [each.bound_by for each in found.layers] == ["arithmetic", None]
    assert len(found.known) == 1
    assert found.kinds[0].bound_by is None


@pytest.mark.parametrize("dtype", [None, "bfloat16"])
def test_quantised_weights_are_multiplied_in_integers_whatever_floats_are_taken_for(dtype):
    dynamic = row("q", macs=65, moved={"float32": SEVEN, "qint8": Traffic(weights=35)})
    found = bound_of(dynamic, DEVICE, dtype)
    bytes_of = {None: 4, "bfloat16": 2}[dtype]
    assert (found.dtype, found.moved) == ("int8", 7 * bytes_of + 35)
    assert types_of(made(layers=(dynamic, conv())), dtype) == ["int8", dtype or "float32"]


def test_products_of_integers_are_of_what_is_read():
    moved = {"int8": SEVEN, "int32": Traffic(outputs=5)}
    assert bound_of(row("i", macs=65, moved=moved), DEVICE, "float32").dtype == "int8"


@pytest.mark.parametrize("types", [("complex64",), ("float32", "complex64")])
def test_complex_products_have_no_figure_and_no_floating_type_stands_for_them(types):
    with pytest.raises(SizeError) as error:
        bound_of(conv(*types), DEVICE, "bfloat16")
    assert str(error.value) == (
        "dtype='bfloat16' cannot stand for complex64, which is what a.conv computes in, and has "
        "no figure for toy, which has float32, bfloat16, int8"
    )
    with pytest.raises(SizeError, match=r"dtype='complex64' is what a\.conv computes in"):
        bound_of(conv(*types), DEVICE)
