"""Nothing is changed: a model, its inputs and the random state are left as they were."""

import copy
import gc
from collections.abc import Callable

import pytest
import torch
from torch import nn

from complexity import ModelError, analyze, check
from complexity.tracing.isolation.isolate import borrowed, collection_paused
from complexity.tracing.torch_state.unfused_kernels import plain_kernels
from tests.complexity.helpers import state_of, values_of
from tests.complexity.small import Asks, Calls, Raises, Remembers, Tied, network_in_miniature
from tests.complexity.threads import one_inside_the_other

VECTORS, LINES, MAPS = (3, 5), (3, 5, 11), (2, 3, 11, 13)


def frozen_and_hooked() -> nn.Module:
    """Hooks of the user's own, of every kind."""
    model = network_in_miniature()
    model[0].register_forward_hook(lambda *_: None)
    model[1].register_forward_pre_hook(lambda *_: None)
    model[6].register_full_backward_hook(lambda *_: None)
    model.register_forward_hook(lambda *_, **__: None, with_kwargs=True, always_call=True)
    return model


class Inside(nn.Module):
    """Changes its input in place through its layers, whose output is asked for its value."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = network_in_miniature()

    def forward(self, x):
        x.add_(1)
        return self.inner(x) if x.sum().item() > -1e30 else x


MODELS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "miniature": (network_in_miniature, MAPS),
    "hooked": (frozen_and_hooked, MAPS),
    "tied": (lambda: Tied(5), VECTORS),
    "writes": (Remembers, VECTORS),
    "on the cpu": (Asks, LINES),
    "on the cpu, in place": (Inside, MAPS),
    "raises": (lambda: Raises(nn.Linear(11, 7)), LINES),
    "raises inside": (lambda: Raises(nn.Linear(13, 7)), LINES),
    "raises on the cpu": (lambda: Raises(Asks()), LINES),
}


def mode(model: nn.Module, training: bool | None) -> nn.Module:
    """All in one mode; None: every other module in training, which no call of the user's gives."""
    model.train(bool(training))
    if training is None:
        for number, module in enumerate(model.modules()):
            module.training = number % 2 == 0
    return model


@pytest.mark.parametrize("training", [True, False, None], ids=["train", "eval", "mixed"])
@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("ask", [analyze, check])
def test_a_model_and_its_input_are_left_as_they_were(ask, name, training):
    build, shape = MODELS[name]
    torch.manual_seed(7)
    model, x = mode(build(), training), torch.randn(shape, requires_grad="writes" not in name)
    if name in ("on the cpu, in place", "writes"):
        x.requires_grad_(False)
    before, values = state_of(model, x), values_of(model, x)
    if name.startswith("raises"):
        with pytest.raises(ModelError):
            ask(model, x)
    else:
        ask(model, x)
    after = state_of(model, x)
    assert {key for key in before if before[key] != after.get(key)} == set()
    assert after.keys() == before.keys()
    now = values_of(model, x)
    assert all(torch.equal(old, new) for old, new in zip(values, now, strict=True))


def test_the_comparison_sees_each_thing_that_can_change():
    """The guard of the test above: each change is planted, and seen."""
    changes: list[Callable[[nn.Module], object]] = [
        lambda m: m.train(),
        lambda m: m[3].train(),
        lambda m: m[0].weight.data.add_(1),
        lambda m: setattr(m[0], "weight", nn.Parameter(m[0].weight.detach())),
        lambda m: m[0].weight.requires_grad_(False),
        lambda m: setattr(m[6].weight, "grad", None),
        lambda m: m[6].weight.grad.zero_(),
        lambda m: m[1].running_mean.add_(1),
        lambda m: setattr(m[1], "running_var", m[1].running_var.clone()),
        lambda m: m[1].num_batches_tracked.add_(1),
        lambda m: m[2].register_forward_hook(lambda *_: None),
        lambda m: setattr(m, "left_behind", 1),
        lambda _: torch.rand(1),
    ]
    for change in changes:
        model = network_in_miniature().eval()
        before, values = state_of(model), values_of(model)
        change(model)
        seen = [torch.equal(a, b) for a, b in zip(values, values_of(model), strict=False)]
        assert state_of(model) != before or not all(seen)


@pytest.mark.parametrize("name", ["mobilenet", "shufflenetv2"])
def test_a_network_by_name_leaves_the_random_state_when_analysed(name):
    before = torch.random.get_rng_state()
    analyze(name, resolution=37)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_network_by_name_leaves_the_random_state_when_checked():
    before = torch.random.get_rng_state()
    check("squeezenet")
    assert torch.equal(torch.random.get_rng_state(), before)


def test_an_attribute_that_forward_sets_does_not_stay():
    model = Calls(lambda x: setattr(model, "last", x) or x * 2)
    analyze(model, torch.zeros(VECTORS))
    assert "last" not in vars(model)


def test_a_parameter_that_forward_writes_is_left_as_it_was():
    class Clamps(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.full((5,), 3.0))

        def forward(self, x):
            self.scale.data.clamp_(0, 1)
            return x * self.scale if x.sum().item() == 0 else x

    model = Clamps()
    analyze(model, torch.zeros(VECTORS))
    assert model.scale.tolist() == [3.0] * 5


def test_the_model_runs_in_evaluation_mode():
    seen = []
    model = nn.Sequential(Calls(lambda x: seen.append(model.training) or x), nn.Dropout())
    analyze(model.train(), torch.zeros(VECTORS))
    assert set(seen) == {False}
    assert model.training


def test_a_result_after_the_analysis_equals_the_one_before():
    model, x = network_in_miniature().eval(), torch.randn(MAPS)
    twin = copy.deepcopy(model)
    check(model, x)
    with torch.no_grad():
        assert torch.equal(model(x), twin(x))


@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_one_tensor_has_one_stand_in(device):
    model = Tied(5)
    with borrowed(model, device):
        assert model.first.weight is model.second.weight
        assert model.first.weight.device.type == device
        assert model.first.weight.requires_grad
    assert model.first.weight is model.second.weight


@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_buffers_are_stand_ins_while_the_model_is_borrowed(device):
    model = nn.BatchNorm1d(5)
    own = model.running_mean
    with borrowed(model, device):
        assert model.running_mean is not own
        assert not model.training
    assert model.running_mean is own
    assert model.training


@pytest.mark.parametrize("running", [True, False])
def test_the_collector_is_as_it_was(running):
    was = gc.isenabled()
    (gc.enable if running else gc.disable)()
    try:
        with collection_paused():
            assert not gc.isenabled()
        assert gc.isenabled() is running
    finally:
        (gc.enable if was else gc.disable)()


SETTINGS = {
    "kernels": (plain_kernels, torch.backends.cuda.flash_sdp_enabled),
    "random state": (lambda: borrowed(nn.ReLU(), "meta"), lambda: torch.get_rng_state().tolist()),
}  # fmt: skip


@pytest.mark.parametrize("setting", SETTINGS)
def test_two_threads_do_not_put_back_what_the_other_found(setting):
    """Unless the second waits, it finds what the first has set, and leaves it for good."""
    borrow, now = SETTINGS[setting]

    def run(meanwhile):
        with borrow():
            torch.manual_seed(8191)
            meanwhile()

    before = now()
    one_inside_the_other(run)
    assert now() == before
