"""This machine as a device: the arithmetic on a clock of our own, and one real run."""

import pytest
import torch

from complexity.errors import ArgumentError
from complexity.profiling.device_benchmark import affordable, measured_device
from reports.roofline.devices import device_of
from tests.complexity.profiling.clocks import FakeClock

SMALL = {"side": 32, "copied": 2**12}


class Ticking(FakeClock):
    """Every second mark comes after the next of the given laps."""

    def __init__(self, laps):
        super().__init__()
        self.laps = iter(laps)
        self.marks = 0

    def mark(self):
        self.marks += 1
        if self.marks % 2 == 0:
            self.pass_(next(self.laps))
        return super().mark()


def test_the_best_run_of_each_gives_the_figures_and_the_warmup_none():
    laps = [0.5, 0.25, 8, 64, 4, 16, 2, 32]  # the warm-up first, product and copy in turn
    found = measured_device(clock=Ticking(laps), repeats=3, warmup=1, **SMALL)
    assert found.peak == {"float32": 2 * 32**3 // 2}
    assert found.bandwidth == 2 * 2**12 // 16
    assert "within 75 % (product) and 75 % (copy)" in found.source
    assert found.source.endswith(", which is wide: the machine is busy, and can do more")
    assert found.derivation["float32"].startswith("2 x 32^3 / 2 s: ")
    assert found.derivation["bandwidth"].startswith("8192 / 16 s: ")


@pytest.mark.parametrize(("dtype", "size"), [("float64", 8), ("bfloat16", 2)])
def test_a_copy_is_as_large_in_every_data_type(dtype, size):
    found = measured_device(dtype, clock=Ticking([1] * 4), repeats=1, warmup=1, **SMALL)
    assert found.bandwidth == 2 * 2**12
    assert list(found.peak) == [dtype]
    assert found.source.endswith(" of the median")


def test_a_real_run_gives_figures_of_a_computer_and_leaves_torch_as_it_was():
    before = (torch.get_rng_state(), torch.get_num_threads(), torch.is_grad_enabled())
    one, two = (measured_device(repeats=3, side=256, copied=2**22) for _ in range(2))
    assert 10**7 < one.bandwidth < 10**14
    assert 1 / 100 < one.bandwidth / two.bandwidth < 100
    assert 10**7 < one.peak["float32"] < 10**16
    assert 1 / 100 < one.peak["float32"] / two.peak["float32"] < 100  # in order of magnitude
    assert torch.equal(before[0], torch.get_rng_state())
    assert before[1:] == (torch.get_num_threads(), torch.is_grad_enabled())


def test_it_is_a_device_like_those_of_the_table():
    found = measured_device(clock=Ticking([1] * 4), repeats=1, warmup=1, **SMALL)
    table = {key: value for key, value in vars(found).items() if key != "key"}
    assert device_of("this machine", table, "x.toml") == found


@pytest.mark.parametrize(
    ("seconds", "side"),
    [(1e-3, 32), (0.0301, 32), (0.0325, 16), (0.25, 16), (0.26, 8), (90.0, 8)],
)
def test_the_matrices_are_smaller_where_a_large_product_would_take_too_long(seconds, side):
    """Of the least side, 8, it takes ``seconds``; of 32 64 times as long."""
    clock = Ticking([2 * seconds, seconds])
    assert affordable(32, torch.float32, "cpu", clock, least=8) == side
    assert affordable(8, torch.float32, "cpu", clock, least=8) == 8
    assert clock.marks == 4


@pytest.mark.parametrize("dtype", ["int8", "tf32"])
def test_what_torch_does_not_multiply_is_refused(dtype):
    with pytest.raises(ArgumentError, match=rf"^dtype='{dtype}' cannot be measured through torch"):
        measured_device(dtype)
