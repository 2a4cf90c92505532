"""An analysis neither sees the modes of its caller nor is seen by them."""

import pytest
import torch
from torch import nn
from torch.overrides import TorchFunctionMode, _get_current_function_mode_stack
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode_stack
from torch.utils.flop_counter import FlopCounterMode

from complexity import analyze, bridge, check
from complexity.tracing.torch_state.ambient_modes import no_ambient_modes

X, MACS = torch.zeros(2, 4), 2 * 4 * 4
ASKS = {
    "analyze": lambda model: analyze(model, X),
    "operators": lambda model: analyze(model, X, engine="operators"),
    "backward": lambda model: analyze(model, X, backward=True),
    "memory": lambda model: analyze(model, X, memory=True),
    "check": lambda model: check(model, X),
    "bridge": lambda model: bridge(model, X, to="torch"),
}


class Asking(nn.Module):
    """Analyses ``target`` in its forward; its own MACs are those of one layer."""

    def __init__(self, ask, target=None):
        super().__init__()
        self.layer = nn.Linear(4, 4)
        self.hidden = (lambda: self.layer) if target is None else (lambda: target)
        self.ask = ask

    def forward(self, x):
        self.ask(self.hidden())
        return self.layer(x)


@pytest.mark.parametrize("engine", ["fast", "operators"])
@pytest.mark.parametrize("target", [nn.Linear(4, 4), None], ids=["another", "its own layer"])
@pytest.mark.parametrize("name", ASKS)
def test_an_analysis_in_forward_adds_nothing_to_the_outer_one(name, target, engine):
    report = analyze(Asking(ASKS[name], target), X, engine=engine)
    assert report.macs == MACS
    assert [row.name for row in report.layers] == ["layer"]
    assert not report.unknown


@pytest.mark.parametrize("name", ASKS)
def test_an_analysis_in_forward_is_right_itself(name):
    expected, seen = str(ASKS[name](nn.Linear(4, 4))), []
    analyze(Asking(lambda model: seen.append(str(ASKS[name](model))), nn.Linear(4, 4)), X)
    assert seen[0] == expected


class Loud(TorchFunctionMode):
    calls = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        type(self).calls += 1
        return func(*args, **(kwargs or {}))


class Operators(TorchDispatchMode):
    calls = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        type(self).calls += 1
        return func(*args, **(kwargs or {}))


@pytest.mark.parametrize("mode", [Loud, Operators, lambda: FlopCounterMode(display=False)])
@pytest.mark.parametrize("name", ASKS)
def test_a_mode_of_the_caller_changes_no_answer(name, mode):
    expected = str(ASKS[name](nn.Linear(4, 4)))
    with mode():
        assert str(ASKS[name](nn.Linear(4, 4))) == expected


def test_modes_are_off_meanwhile_and_on_again_in_their_order():
    with Loud() as one, Operators() as two, Loud() as three:
        with no_ambient_modes():
            before = (Loud.calls, Operators.calls)
            torch.zeros(3) + 1
            assert (Loud.calls, Operators.calls) == before
        assert _get_current_function_mode_stack()[-2:] == [one, three]
        assert _get_current_dispatch_mode_stack()[-1] is two


def test_a_default_device_stays():
    with torch.device("meta"), Loud(), no_ambient_modes():
        assert torch.zeros(3).is_meta


def test_modes_are_on_again_after_an_error():
    with Loud() as mode:
        with pytest.raises(ValueError, match="half way"), no_ambient_modes():
            raise ValueError("half way")
        assert _get_current_function_mode_stack()[-1] is mode
