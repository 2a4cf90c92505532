"""How sizes move, and which runs are spared."""

import pytest
import torch
from torch import nn

from complexity.analysis import analyze
from complexity.errors import ModelError
from complexity.symbolic.sample_sizes import Move, Runs, moves_of, points_of
from tests.complexity.symbolic.models import Fixed, UNet


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
    ("start", "step"),
    [(2, 1), (9, 1), (47, 1), (48, 1), (64, 1), (128, 1), (129, 1), (224, 1), (1000, 1), (224, 2),
     (224, 4), (80, 16), (224, 32), (448, 224), (129, 3), (7, 2)],
)  # fmt: skip
@pytest.mark.parametrize("times", [2, 8])
def test_sizes_are_of_the_class_and_the_unseen_one_is_not_among_them(start, step, times):
    move = Move.up_to(times * start, start, step)
    assert len({*move.sizes}) == 5
    assert move.unseen not in (*move.sizes, move.far)
    assert move.far not in move.sizes[:4]
    assert move.far <= max(times * start, *move.sizes)
    for size in (*move.sizes, move.unseen, move.far, move.near(1), move.near(100)):
        assert size >= 1
        assert (size - start) % step == 0
    assert move.near(100) >= 100 > move.near(100) - step


@pytest.mark.parametrize("start", [128, 224])
def test_the_fine_sizes_tell_a_floor_from_a_ceiling_and_from_one_a_few_strides_later(start):
    sizes = Move.up_to(8 * start, start, 1).sizes[:4]
    for stride in (2, 4, 8, 16, 32):
        shifts = [0, 1, *(2**k - 1 for k in range(2, 6) if 2**k <= stride)]
        vectors = [tuple((size + shift) // stride for size in sizes) for shift in shifts]
        assert len(set(vectors)) >= len({shift % stride for shift in shifts}) - 2
        assert vectors[0] != vectors[-1]


def test_no_other_size_grows_with_the_last_one():
    moves = {name: Move.up_to(1000, 128, 1) for name in "abcd"}
    for far in (False, True):
        points = points_of(moves, far)
        assert [point["d"] for point in points] == sorted(
            (point["d"] for point in points), key=[p["d"] for p in points].index
        )
        assert {name: points[1][name] for name in "abc"} == dict.fromkeys("abc", 128)
        columns = {tuple(point[name] for point in points) for name in "abcd"}
        assert len(columns) == 4
        for name in "abc":
            pairs = sorted((point["d"], point[name]) for point in points)
            assert [value for _, value in pairs] != sorted(value for _, value in pairs)


def test_the_finest_step_is_found_by_running():
    reasons = []
    ways = list(moves_of(runs_of(UNet()), {"N": 2, "r": 64}, "r", 500, reasons))
    assert [(move.start, move.step) for move in ways[:4]] == [(64, 4), (64, 8), (64, 16), (64, 32)]
    assert "RuntimeError" in reasons[0]
    ways = list(moves_of(runs_of(nn.ReLU()), {"N": 2, "r": 64}, "r", 500, []))
    assert [move.step for move in ways if move.start == 64] == [1, 2, 4, 8, 16, 32]
    assert len({(move.start, move.step) for move in ways}) == len(ways)


def test_a_fixed_size_has_no_way_to_move():
    reasons = []
    assert list(moves_of(runs_of(Fixed()), {"N": 2, "r": 224}, "r", 500, reasons)) == []
    assert len(reasons) == 3
