"""Modules by all of their paths, tensors once."""

import torch
from torch import nn

from complexity.tracing.recording.module_index import Parts, parameters_of
from tests.complexity.any_model.helpers import quiet
from tests.complexity.small import network_in_miniature


def test_modules_parameters_and_buffers_are_those_that_torch_lists():
    model = network_in_miniature()
    parts = Parts(model)
    assert parts.modules == list(model.modules())
    assert list(parts.parameters.values()) == list(model.parameters())
    assert list(parts.buffers.values()) == list(model.buffers())
    assert parts.buffered == sum(b.numel() for b in model.buffers()) > 0
    assert [paths[0] for paths in parts.paths.values()] == [
        name for name, _ in model.named_modules()
    ]


def test_a_shared_module_has_all_of_its_paths_and_is_met_once():
    shared = nn.Linear(5, 5)
    parts = Parts(nn.Sequential(shared, nn.Sequential(shared)))
    assert parts.paths[id(shared)] == ["0", "1.0"]
    assert parts.modules.count(shared) == 1
    assert len(parts.parameters) == 2


def test_what_is_scripted_has_tensors_and_takes_no_hooks():
    with quiet():
        scripted = torch.jit.trace(nn.BatchNorm1d(5).eval(), torch.zeros(3, 5))
    parts = Parts(nn.Sequential(scripted))
    assert len(parts.modules) == 1
    assert (len(parts.parameters), len(parts.buffers)) == (2, 3)


def test_the_parameters_of_a_module_come_once():
    tied = nn.Module()
    tied.one = tied.two = nn.Parameter(torch.zeros(3))
    assert list(parameters_of(tied)) == [tied.one]
    tied.inner = nn.Linear(5, 7)
    assert len(list(parameters_of(tied))) == 3


def test_what_quantised_layers_keep_packed_counts_with_the_buffers_once():
    with quiet():
        shared = nn.quantized.dynamic.Linear(5, 7)
        parts = Parts(nn.Sequential(shared, nn.BatchNorm1d(7), shared))
    assert parts.packed == 35 + 7
    assert parts.buffered == 35 + 7 + 2 * 7 + 1
    kinds = [tensor.dtype for tensor in parts.buffers.values()]
    assert kinds.count(torch.qint8) == 1
    assert set(map(id, parts.buffers.values())) <= set(parts.tensors)
