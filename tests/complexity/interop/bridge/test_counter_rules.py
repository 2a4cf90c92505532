"""Rows and modules, put side by side."""

import torch
from torch import nn

from complexity import analyze
from complexity.interop.bridge.call_trace import visited
from complexity.interop.bridge.counter_rules import (
    held_by,
    owners_of,
    paths_to,
    places_of,
    repeated,
    size,
    steps_of_modules,
)
from tests.complexity.interop.bridge.models import Shared
from tests.complexity.small import Reused, Tied


def test_the_way_down_to_a_row():
    assert list(paths_to("a.b#2")) == ["", "a", "a.b"]
    assert size((2, 3, 5)) == 30


def test_a_row_belongs_to_the_outermost_module_that_counts():
    layer = nn.TransformerEncoderLayer(12, 4, 20, batch_first=True).eval()
    report = analyze(layer, torch.zeros(2, 5, 12))
    inner, outer = layer.linear1, layer.self_attn
    owners = {row.name: owner for row, owner in owners_of(report, layer, (inner, outer))}
    assert owners["linear1"] is inner
    assert owners["self_attn.linear#2"] is outer
    assert owners["linear2"] is None
    everything = owners_of(report, layer, (inner, layer))
    assert {id(owner) for _, owner in everything} == {id(layer)}


def test_rows_of_one_module_stand_against_what_is_counted_of_it():
    model = Reused(nn.Linear(4, 4), 1)  # 2, 2 and 1 rows of 16
    report = analyze(model, torch.zeros(2, 4))
    seen = visited(model, (torch.zeros(2, 4),), {})
    steps = steps_of_modules(report, model, {model.layer: {"": 100, "biases": 20}}, seen)
    assert steps == [("not explained: fc by another formula", 20), ("biases", 20)]
    steps = steps_of_modules(report, model, {model.layer: {"": 80}}, seen, lambda _: "words")
    assert steps == [("words", 0)]
    steps = steps_of_modules(report, model, {}, seen)
    assert steps == [
        ("fc outside of the modules that it counts", -64),
        ("fc outside of the modules that it counts", -16),
    ]


def test_places_are_counted_on_a_walk_that_stops():
    model = Shared()
    places = places_of(model, lambda module: False)
    assert (places[model], places[model.first], places[model.left]) == (1, 3, 1)
    assert model.first not in places_of(model, lambda module: module is model)
    assert repeated({model.first: {"": 5, "b": 2}}, places.get) == [
        ("shared modules counted once a place", 14)
    ]
    assert repeated({model.left: {"": 5}}, places.get) == []


def test_params_are_missed_or_counted_again():
    model = Tied(5)
    both = [("missed", 0), ("again", 25)]
    assert held_by(model, [model.first, model.second], "missed", "again") == both
    assert held_by(model, [model.first], "missed", "again") == [("missed", -5), ("again", 0)]
