"""Settings that networks share: what may be said of alpha, of a resolution, of a variant."""

import numpy as np
import pytest

from formulas.networks.options import (
    VARIANTS,
    image,
    multiplier,
    one_of,
    scaled,
)
from tests.oracles.refusals import refuses
from tests.oracles.symbols import N, cout


@pytest.mark.parametrize("value", [1, 0.25, 1.4, 3, 1e-3])
def test_a_finite_number_above_0_is_a_multiplier(value):
    assert multiplier("alpha", value) == value


@pytest.mark.parametrize(
    "wrong", [0, -0.5, 0.0, float("nan"), float("inf"), float("-inf"), True, "1", None, [1], 1j]
)
def test_anything_else_is_no_multiplier(wrong):
    with refuses(f"alpha={wrong!r} must be a finite number above 0"):
        multiplier("alpha", wrong)


def test_an_array_of_multipliers_is_a_sweep_if_all_are_good():
    alphas = np.array([0.25, 1.0])
    assert multiplier("alpha", alphas) is alphas
    for wrong in ([0.5, 0.0], [0.5, np.inf], [0.5, np.nan], [-1.0, 1.0]):
        with refuses(f"alpha={np.array(wrong)!r} must be a finite number above 0"):
            multiplier("alpha", np.array(wrong))


@pytest.mark.parametrize(
    ("channels", "alpha", "thin"), [(32, 0.75, 24), (32, 0.3, 9), (5, 1.99, 9), (32, 1, 32)]
)
def test_scaled_channels_are_cut_not_rounded(channels, alpha, thin):
    assert scaled(channels, alpha) == thin
    assert scaled(channels, np.array([alpha])).tolist() == [thin]


@pytest.mark.parametrize(
    "alpha",
    [np.float64(0.3), np.float32(0.3), np.float16(0.3), np.int64(3), np.int32(3), np.uint8(9),
     np.int8(4)],
)  # fmt: skip
def test_numpy_numbers_scale_as_the_python_numbers_they_are(alpha):
    assert multiplier("alpha", alpha) == alpha
    found = scaled(32, alpha)
    assert found == scaled(32, alpha.item())
    assert type(found) is int


@pytest.mark.parametrize("dtype", ["float64", "int64", "int32", "uint8", "int8"])
def test_an_array_of_any_numbers_scales_exactly(dtype):
    assert scaled(1024, np.array([1, 4, 9], dtype)).tolist() == [1024, 4096, 9216]


@pytest.mark.parametrize("wrong", [np.bool_(True), np.array([True]), np.array(["1"])])
def test_numpy_has_no_other_multipliers(wrong):
    with refuses(f"alpha={wrong!r} must be a finite number above 0"):
        multiplier("alpha", wrong)


@pytest.mark.parametrize("huge", [1e300, 2.0**49, np.array([1.0, 1e300])])
def test_widths_beyond_exact_floats_are_refused(huge):
    with refuses(f"alpha={huge!r} must leave fewer than 2**53 channels"):
        scaled(32, huge)


def test_no_channel_may_be_scaled_away():
    with refuses("alpha=0.03 must leave at least 1 of 32 channels"):
        scaled(32, 0.03)


def test_one_of_names_what_is_allowed():
    assert one_of("ratio", 1.5, [0.5, 1, 1.5]) == 1.5
    for wrong in (3, "1", True, None):
        with refuses(f"ratio={wrong!r} must be one of 0.5, 1, 1.5"):
            one_of("ratio", wrong, [0.5, 1, 1.5])


@pytest.mark.parametrize(
    ("variant", "side", "classes"), [("document", 32, 100), ("paper", 224, 1000)]
)
def test_what_is_not_given_is_the_variants(variant, side, classes):
    assert image(variant, None, None, 2) == ((2, 3, side, side), classes)
    assert image(variant, (5, 7), 11, 2) == ((2, 3, 5, 7), 11)
    assert image(variant, None, cout, N) == ((N, 3, side, side), cout)


def test_the_variants_are_the_documents_and_the_papers():
    assert VARIANTS == ("document", "paper")
