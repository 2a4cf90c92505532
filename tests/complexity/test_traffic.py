"""Bytes of the rows against the tensors that really moved, seen by an oracle of its own."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from complexity import analyze
from complexity.models import build
from complexity.tracing.recording.records import moved_by
from formulas.core.memory_traffic import (
    DTYPE_BYTES,
    FLOATS,
    Traffic,
    bytes_moved,
    elements_moved,
)
from formulas.networks import network
from reports.model.report import report_of
from reports.model.totals import by_block, by_kind
from tests.complexity.helpers import ODD, SETTINGS, closed_form, label, traced
from tests.oracles.moving import Moving


def moved_for_real(model: nn.Module, *inputs: torch.Tensor) -> list[Traffic]:
    """One entry an operator, in the order of execution, on the CPU."""
    with torch.no_grad(), Moving(model.eval()) as seen:
        model(*inputs)
    found = [Traffic(read, written, held) for _, read, written, held in seen.ran]
    return [each for each in found if each.total]  # batch norms make statistics of no element


class Words(nn.Module):
    """A table, layer norms, gates, and products of parameters that no layer owns."""

    def __init__(self) -> None:
        super().__init__()
        self.table = nn.Embedding(31, 12)
        self.norm = nn.BatchNorm1d(5)
        self.scale = nn.Parameter(torch.ones(12))
        self.out = nn.Linear(12, 7)

    def forward(self, words: torch.Tensor) -> torch.Tensor:
        x = self.table(words) * self.scale
        x = self.norm(x).mT.contiguous().mT
        return torch.cat([self.out(x.flatten(0, 1)).relu_(), x.new_ones(2, 7).half().float()])


MODELS = {
    **{name: lambda name=name: build(network(name), "cpu") for name in
       ("squeezenet", "mobilenet", "mobilenetv2", "shufflenet", "shufflenetv2")},
    "resnet18": lambda: pytest.importorskip("torchvision").models.resnet18(),
    "densenet121": lambda: pytest.importorskip("torchvision").models.densenet121(),
    "mnasnet0_5": lambda: pytest.importorskip("torchvision").models.mnasnet0_5(),
}  # fmt: skip


def check_bytes(model: nn.Module, inputs: torch.Tensor) -> None:
    """Row by row, or all together where a layer that ran twice on the same shapes is one row."""
    expected = moved_for_real(model, inputs)
    rows = [row for row in analyze(model, inputs).layers if row.moved]
    found = [bytes_moved(row.moved) for row in rows]
    assert sum(found, Traffic()) == sum(expected, Traffic())
    if all(row.calls == 1 for row in rows):
        assert found == expected


@pytest.mark.parametrize("name", MODELS)
def test_bytes_are_those_of_the_tensors_that_moved(name):
    check_bytes(MODELS[name](), torch.zeros(2, 3, 32, 32))


def test_so_they_are_in_another_type():
    check_bytes(build(network("squeezenet"), "cpu").half(), torch.zeros(1, 3, 32, 32).half())


class Attends(nn.Module):
    """One layer, its output cut in three, and attention between the parts."""

    def __init__(self) -> None:
        super().__init__()
        self.parts = nn.Linear(12, 36)
        self.norm = nn.LayerNorm(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        parts = [each.unflatten(-1, (3, 4)) for each in self.parts(x).chunk(3, -1)]
        heads = [each.transpose(1, 2).contiguous() for each in parts]
        return self.norm(nn.functional.scaled_dot_product_attention(*heads) * 2)


def test_so_they_are_of_attention():
    check_bytes(Attends(), torch.zeros(2, 5, 12))


def blind_to_weights(reads, looked_up, outputs, own, packed):
    return moved_by(reads, looked_up, outputs, (), packed)


def blind_to_outputs(reads, looked_up, outputs, own, packed):
    return moved_by(reads, looked_up, (), own, packed)


def blind_to_all_inputs_but_one(reads, looked_up, outputs, own, packed):
    return moved_by(reads[:1], looked_up, outputs, own, packed)


FAULTS = (blind_to_weights, blind_to_outputs, blind_to_all_inputs_but_one)


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_not_counted_or_in_the_wrong_place_turns_the_check_red(monkeypatch, fault):
    monkeypatch.setattr("complexity.tracing.recording.records.moved_by", fault)
    with pytest.raises(AssertionError):
        check_bytes(Attends(), torch.zeros(2, 5, 12))


def check_the_sum(report, expected: list[Traffic]) -> None:
    """The layers, their kinds, their blocks and the model are all that moved."""
    whole = sum(expected, Traffic())
    assert bytes_moved(report.moved) == whole
    for parts in (report.layers, by_kind(report.layers), by_block(report.layers, 1)):
        assert sum((bytes_moved(each.moved) for each in parts), Traffic()) == whole


def test_the_sum_of_layers_is_the_model_and_a_layer_that_is_lost_turns_it_red():
    model, image = build(network("shufflenetv2"), "cpu"), torch.zeros(1, 3, 32, 32)
    report, expected = analyze(model, image), moved_for_real(model, image)
    check_the_sum(report, expected)
    with pytest.raises(AssertionError):
        check_the_sum(replace(report, layers=report.layers[:-1]), expected)
    with pytest.raises(AssertionError):
        check_the_sum(replace(report, layers=(*report.layers, report.layers[0])), expected)


def test_each_tensor_weighs_what_its_own_type_does():
    model, words = Words(), torch.zeros(3, 5, dtype=torch.int64)
    expected = moved_for_real(model, words)
    report = analyze(model, words)
    assert [bytes_moved(row.moved) for row in report.layers if row.moved] == expected
    assert {"int64", "float32", "float16"} <= report.moved.keys()
    scaled = report.layer("mul")
    assert elements_moved(scaled.moved) == Traffic(3 * 5 * 12, 3 * 5 * 12, 12)


@pytest.mark.parametrize("engine", ["fast", "operators"])
@pytest.mark.parametrize("backward", [False, True])
def test_the_parts_are_the_memory_access(engine, backward):
    layer = nn.TransformerEncoderLayer(12, 3, 20, batch_first=True)
    report = analyze(layer, torch.zeros(2, 5, 12), engine=engine, backward=backward)
    for row in report.layers:
        assert elements_moved(row.moved).total == row.memory_access, row.name
    assert elements_moved(report.moved).total == report.cost.memory_access


@pytest.mark.parametrize("setting", SETTINGS, ids=label)
def test_both_roads_part_the_access_alike(setting):
    """The closed form from descriptions, the run from tensors and from whom they belong to."""
    rows = report_of(closed_form(setting, **ODD)).layers
    calls = {call.name: call for call in traced(setting[0], **setting[1], **ODD).calls}
    assert {row.name: row.moved for row in rows} == {
        row.name: calls[row.name].moved for row in rows
    }


def test_runs_that_are_alike_move_as_often():
    act = nn.ReLU()
    (row,) = analyze(nn.Sequential(act, act, act), torch.zeros(7, 11)).layers
    assert (row.calls, elements_moved(row.moved)) == (3, Traffic(231, 231))


def test_every_type_of_torch_has_its_size():
    types = {str(each)[6:]: each.itemsize for each in vars(torch).values()
             if isinstance(each, torch.dtype)}  # fmt: skip
    assert {name: DTYPE_BYTES.get(name) for name in types} == types
    floating = {name for name in types if getattr(torch, name).is_floating_point}
    assert floating <= FLOATS.keys()
