"""Hooks, modes and openings: there during the run, and gone when it is over."""

import pytest
import torch
from torch import nn

from complexity.tracing.instrumentation import ENGINES, locating, recording
from tests.complexity.helpers import state_of
from tests.complexity.small import Calls, network_in_miniature


def is_leaf(module: nn.Module) -> bool:
    return not list(module.children())


def test_hooks_are_there_during_the_run_and_gone_after_it():
    model = network_in_miniature().eval()
    before = state_of(model)
    with recording(model, is_leaf):
        assert all(m._forward_hooks and m._forward_pre_hooks for m in model.modules())
    assert state_of(model) == before


def test_hooks_are_gone_after_an_error_too():
    model = network_in_miniature().eval()
    before = state_of(model)
    with pytest.raises(RuntimeError), recording(model, is_leaf):
        model(torch.empty(2, 4, 11, 13))
    assert state_of(model) == before


@pytest.mark.parametrize("engine", ENGINES)
def test_torch_is_as_it_was_afterwards(engine):
    functional = torch.nn.functional
    before = dict(vars(functional)), dict(vars(torch.functional))
    with recording(nn.ReLU(), is_leaf, engine):
        assert vars(functional) != before[0]
    assert (dict(vars(functional)), dict(vars(torch.functional))) == before
    assert not torch.overrides._get_current_function_mode_stack()
    assert not torch.utils._python_dispatch._get_current_dispatch_mode_stack()


def test_the_fast_engine_runs_no_kernel_for_what_it_answers():
    """A fully connected layer at work is two operators; answered, it is none."""

    def operators(engine):
        seen: list = []
        x, w = torch.empty(3, 5, device="meta"), torch.empty(7, 5, device="meta")
        model = Calls(lambda x, w: torch.nn.functional.linear(x, w))
        with torch.no_grad(), recording(model, is_leaf, engine) as recorder:
            recorder.ran = lambda func, *rest: seen.append(func)
            model(x, w)
        return len(seen)

    assert (operators("operators"), operators("fast")) == (2, 0)


def test_to_know_where_a_model_is_no_module_of_it_is_touched():
    model, seen = network_in_miniature().eval(), []
    before = state_of(model)
    with locating(model, is_leaf) as recorder:
        assert state_of(model) == before
        assert not torch.overrides._get_current_function_mode_stack()
        model[0].forward = lambda x: seen.append(recorder.row_of(torch.ops.aten.add.Tensor)) or x
        model[0](torch.empty(2))
    assert seen == ["0"]
    assert not torch.nn.modules.module._has_any_global_hook()
