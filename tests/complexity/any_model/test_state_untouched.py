"""After an analysis, whatever it met, the model and torch are as they were before."""

import copy
import random

import numpy
import pytest
import torch
from torch import nn

from complexity import ModelError, analyze, check
from tests.complexity.any_model.helpers import quiet, zeros

functional = nn.functional

# Functions and methods that counters like to patch.
PATCHABLE = [
    (owner, name)
    for owner, names in (
        (functional, ("linear", "conv2d", "relu", "softmax", "scaled_dot_product_attention")),
        (functional, ("batch_norm", "layer_norm", "embedding", "interpolate", "gelu")),
        (torch, ("matmul", "mm", "bmm", "baddbmm", "einsum", "add", "mul", "cat", "conv2d")),
        (torch.Tensor, ("matmul", "__matmul__", "add", "__add__", "mul", "softmax", "detach")),
        (nn.Module, ("__call__", "_call_impl", "forward", "__setattr__", "train", "eval")),
        (nn.Linear, ("forward",)),
        (nn.Conv2d, ("forward", "_conv_forward")),
        (nn.MultiheadAttention, ("forward",)),
    )
    for name in names
]


class Everything(nn.Module):
    """What an analysis might disturb: statistics, dropout, ties, loose tensors, modes, hooks."""

    def __init__(self, raises: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 3)
        self.norm = nn.BatchNorm2d(5)
        self.drop = nn.Dropout(0.5)
        self.head = nn.Linear(5, 7)
        self.tied = nn.Linear(5, 7)
        self.tied.weight = self.head.weight
        self.attention = nn.MultiheadAttention(12, 3, batch_first=True)
        self.register_buffer("table", torch.arange(7.0))
        self.register_buffer("passing", zeros(2), persistent=False)
        self.loose = torch.ones(7)
        self.pair = [torch.ones(2), torch.ones(3)]
        self.frozen = nn.Parameter(torch.ones(7), requires_grad=False)
        self.steps = 0
        self.raises = raises

    def forward(self, x):
        self.steps += 1
        self.seen = x  # a tensor that a model keeps
        self.table += 1
        x = self.drop(self.norm(self.conv(x)).relu())
        x = x + torch.randn_like(x)
        y = zeros(2, 7, 12).to(x.device)
        y = self.attention(y, y, y)[0]
        x = x.mean((2, 3))
        if self.raises:
            raise RuntimeError("half way")
        return self.head(x) + self.tied(x) + self.table + self.loose + self.frozen + y.sum()


def forward_hook(module, args, out):
    return None


def settings() -> dict[str, object]:
    """torch's switches that an analysis may want to turn."""
    cuda = torch.backends.cuda
    return {
        "grad": torch.is_grad_enabled(),
        "inference": torch.is_inference_mode_enabled(),
        "fast path": torch.backends.mha.get_fastpath_enabled(),
        "mkldnn": torch._C._get_mkldnn_enabled(),
        "flash": cuda.flash_sdp_enabled(),
        "efficient": cuda.mem_efficient_sdp_enabled(),
        "math": cuda.math_sdp_enabled(),
        "cudnn attention": cuda.cudnn_sdp_enabled(),
        "cudnn": torch.backends.cudnn.enabled,
        "dtype": torch.get_default_dtype(),
        "device": torch.get_default_device(),
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "anomaly": torch.is_anomaly_enabled(),
        "functions": torch.overrides._get_current_function_mode(),
        "operators": torch.utils._python_dispatch._get_current_dispatch_mode(),
        "compiler": torch._dynamo.eval_frame._stance,
        "global hooks": (
            len(nn.modules.module._global_forward_hooks),
            len(nn.modules.module._global_forward_pre_hooks),
        ),
    }


def state(model: nn.Module) -> dict[str, object]:
    """Everything about a model that must be the same object, or have the same value, afterwards."""
    tensors = {**dict(model.named_parameters()), **dict(model.named_buffers())}
    return {
        "keys": list(model.state_dict()),
        "tensors": {name: (id(t), t.data_ptr()) for name, t in tensors.items()},
        "writes": {name: t._version for name, t in tensors.items() if not t.is_meta},
        "devices": {name: (t.device, t.dtype) for name, t in tensors.items()},
        "grads": {name: (p.requires_grad, p.grad) for name, p in model.named_parameters()},
        "modes": [module.training for module in model.modules()],
        "attributes": [sorted(vars(module)) for module in model.modules()],
        "identities": [
            {name: id(value) for name, value in vars(module).items() if name != "training"}
            for module in model.modules()
        ],
        "hooks": [
            {name: list(hooks) for name, hooks in vars(module).items() if "_hooks" in name}
            for module in model.modules()
        ],
        "children": [id(module) for module in model.modules()],
        "forwards": [type(module).forward for module in model.modules()],
    }


def surroundings() -> dict[str, object]:
    return {
        "torch": torch.get_rng_state().tolist(),
        "python": random.getstate(),
        "numpy": str(numpy.random.get_state()),
        "settings": settings(),
        "functions": [getattr(owner, name) for owner, name in PATCHABLE],
    }  # fmt: skip


def everything(raises: bool = False) -> nn.Module:
    """A model in a mixed mode, with a hook of its own."""
    model = Everything(raises).train()
    model.attention.eval()
    model.head.eval()
    model.norm.register_forward_hook(forward_hook)
    return model


IMAGE = torch.ones(2, 3, 11, 13)
WAYS = {
    "analyze": lambda model, x: analyze(model, x),
    "with a training step": lambda model, x: analyze(model, x, backward=True),
    "with the outside counters": lambda model, x: check(model, x),
}


@pytest.fixture(params=WAYS, ids=lambda name: name)
def way(request):
    return WAYS[request.param]


@pytest.fixture(params=[False, True], ids=["grad off", "grad on"])
def grad(request):
    with torch.set_grad_enabled(request.param):
        yield request.param


def assert_untouched(model: nn.Module, run) -> None:
    values = copy.deepcopy(model.state_dict())
    before, around = state(model), surroundings()
    run()
    assert surroundings() == around
    after = state(model)
    for what, was in before.items():
        assert after[what] == was, what
    assert all(torch.equal(value, values[name]) for name, value in model.state_dict().items())


@pytest.mark.usefixtures("grad")
def test_a_model_and_torch_are_as_they_were(way):
    model, x = everything(), IMAGE.clone()
    assert_untouched(model, lambda: way(model, x))
    assert model.steps == 0
    assert not hasattr(model, "seen")
    assert torch.equal(x, IMAGE)
    assert x.grad is None


@pytest.mark.usefixtures("grad")
def test_also_where_forward_raises(way):
    model = everything(raises=True)

    def run():
        with pytest.raises(ModelError, match="half way"):
            way(model, IMAGE)

    assert_untouched(model, run)


def test_also_where_the_input_does_not_fit():
    model = everything()

    def run():
        with pytest.raises(ModelError, match=r"raised in conv \(Conv2d\)"):
            analyze(model, zeros(2, 4, 11, 13))

    assert_untouched(model, run)


def test_also_where_it_falls_back_to_the_cpu():
    """A number that forward needs keeps it off the meta device: real buffers are at stake."""

    class Branching(Everything):
        def forward(self, x):
            return super().forward(x) if x.sum().item() else x

    model = Branching().train()
    reports = []
    assert_untouched(model, lambda: reports.append(analyze(model, IMAGE)))
    assert reports[0].verdict.traced_on == "cpu"
    assert model.norm.num_batches_tracked.item() == 0


def test_also_with_a_registered_formula_that_raises():
    from complexity import register

    def broken(module, out, *inputs):
        raise ZeroDivisionError("no formula after all")

    model = everything()

    def run():
        with register(nn.Dropout, broken), pytest.raises((ModelError, ZeroDivisionError)):
            analyze(model, IMAGE)

    assert_untouched(model, run)


class Lazy(nn.Module):
    """Prepares itself in its first run: a hook, a buffer, a parameter and a module of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(5, 7)
        self.prepared = False

    def forward(self, x):
        if not self.prepared:
            self.linear.register_forward_hook(lambda module, args, out: out + 1)
            self.linear.register_forward_pre_hook(lambda module, args: (args[0] * 2,))
            self.register_buffer("cache", zeros(7).to(x.device))
            self.late = nn.Parameter(zeros(7).to(x.device))
            self.child = nn.ReLU()
            self.prepared = True
        return self.child(self.linear(x)) + self.cache + self.late


def test_also_a_model_that_prepares_itself_in_its_first_run(way):
    """What it hung on its modules goes as well as the note that it did: it will do it again."""
    model = Lazy()
    assert_untouched(model, lambda: way(model, torch.ones(3, 5)))
    assert model(torch.ones(3, 5)).shape == (3, 7)
    assert len(model.linear._forward_hooks) == 1


def test_gradients_that_were_there_stay_as_they_are():
    model = nn.Linear(5, 7)
    model(torch.ones(3, 5)).sum().backward()
    kept, values = model.weight.grad, model.weight.grad.clone()
    x = torch.ones(3, 5, requires_grad=True)
    analyze(model, x, backward=True)
    assert model.weight.grad is kept
    assert torch.equal(kept, values)
    assert x.grad is None
    assert x.requires_grad


def test_a_second_analysis_gives_the_same_report():
    model = everything()
    first, second = analyze(model, IMAGE), analyze(model, IMAGE)
    assert first.layers == second.layers
    assert first.coverage == second.coverage


def test_a_model_on_the_meta_device_stays_there_as_it_is():
    with torch.device("meta"):
        model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5)).train()
    before = state(model)
    analyze(model, IMAGE)
    analyze(model, IMAGE, backward=True)
    assert state(model) == before


def test_a_scripted_model_stays_as_it_is():
    with quiet():
        model = torch.jit.script(nn.Sequential(nn.Linear(5, 7), nn.BatchNorm1d(7))).train()
    values = copy.deepcopy(model.state_dict())
    analyze(model, torch.ones(3, 5))
    analyze(model, torch.ones(3, 5), backward=True)
    assert model.training
    assert all(torch.equal(value, values[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())
