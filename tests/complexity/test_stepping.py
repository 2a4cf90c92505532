"""How sizes move, and which runs are spared."""

import pytest
import torch
from torch import nn

from complexity.analysis import analyze
from complexity.errors import ModelError
from complexity.stepping import Move, Runs, moves_of
from tests.complexity.deriving_models import Fixed, UNet


def runs_of(model):
    return Runs(lambda sizes: analyze(model, torch.empty(sizes["N"], 3, *[sizes["r"]] * 2)))


def test_each_size_is_run_once_and_an_error_is_kept():
    traced = []

    def trace(sizes):
        traced.append(dict(sizes))
        if sizes["N"] == 3:
            raise ModelError("three")
        return analyze(nn.ReLU(), torch.empty(sizes["N"]))

    runs = Runs(trace)
    for _ in range(2):
        runs({"N": 2})
        with pytest.raises(ModelError, match="three"):
            runs({"N": 3})
    assert traced == [{"N": 2}, {"N": 3}]
    assert runs.unlike({"N": 2}, {"N": 5}) is None
    assert runs.unlike({"N": 2}, {"N": 3}) == "three"


@pytest.mark.parametrize(
    "move", [Move(2, 1), Move(224, 1), Move(64, 1), Move(448, 224), Move(224, 32), Move(80, 16)]
)
def test_sizes_are_of_the_class_and_the_unseen_one_is_not_among_them(move):
    sizes = [move.size(index) for index in range(4)]
    assert len(set(sizes)) == 4
    assert move.unseen not in sizes
    for size in (*sizes, move.unseen, move.near(1), move.near(100)):
        assert size >= 1
        assert (size - move.start) % move.step == 0
    assert move.near(100) >= 100 > move.near(100) - move.step


def test_the_fine_sizes_tell_a_floor_from_a_ceiling_of_every_stride_up_to_32():
    sizes = [Move(224, 1).size(index) for index in range(4)]
    for stride in (2, 4, 8, 16, 32):
        vectors = {tuple((size + shift) // stride for size in sizes) for shift in (0, stride - 1)}
        assert len(vectors) == 2
        assert all(len(set(vector)) > 1 for vector in vectors)


def test_the_finest_step_is_found_by_running():
    reasons = []
    assert next(moves_of(runs_of(UNet()), {"N": 2, "r": 64}, "r", reasons)) == Move(64, 4)
    assert "RuntimeError" in reasons[0]
    assert next(moves_of(runs_of(nn.ReLU()), {"N": 2, "r": 64}, "r", [])) == Move(64, 1)


def test_a_fixed_size_has_no_way_to_move():
    reasons = []
    assert list(moves_of(runs_of(Fixed()), {"N": 2, "r": 224}, "r", reasons)) == []
    assert len(reasons) == 3
