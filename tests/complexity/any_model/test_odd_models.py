"""Models that do what few models do, and calls from where few calls come."""

import random

import pytest
import torch
from torch import nn

from complexity import ModelError, analyze
from tests.complexity.any_model.helpers import Case, Function, assert_counted, quiet, zeros

functional = nn.functional


class Sized(nn.Module):
    """A transposed convolution that is told its output's size when it runs."""

    def __init__(self) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 5, 3, stride=2)

    def forward(self, x):
        return self.up(x, output_size=(14, 16))


class SecondTry(nn.Module):
    """Tries a layer that does not fit, and takes another."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(6, 7), nn.Linear(5, 7)

    def forward(self, x):
        try:
            return self.first(x)
        except RuntimeError:
            return self.second(x)


class ByKeyword(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(5, 7)

    def forward(self, *, batch):
        return {"answer": self.linear(input=batch["x"][0])}


class Unpooled(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.pool, self.unpool = nn.MaxPool2d(2, return_indices=True), nn.MaxUnpool2d(2)

    def forward(self, x):
        return self.unpool(*self.pool(x))


def with_a_forward_of_its_own() -> nn.Module:
    """An instance whose forward somebody has replaced: it is no Linear any more."""
    linear = nn.Linear(5, 7)
    linear.forward = lambda x: x @ linear.weight.mT @ linear.weight
    return linear


def exported() -> nn.Module:
    with quiet():
        model = nn.Sequential(nn.Linear(5, 7), nn.ReLU())
        return torch.export.export(model, (zeros(3, 5),)).module()


def squared_gradient(x, w):
    return torch.func.grad(lambda w: (x @ w).pow(2).sum())(w)


X = zeros(3, 5)
with quiet():  # its support is in beta
    SPARSE = torch.eye(5).to_sparse_csr()
CASES = (
    Case("transposed convolution with its output's size", Sized, zeros(1, 3, 6, 7),
         3 * 42 * 5 * 9, 140),
    Case("a layer that raises, and another", SecondTry, X, 105, 49 + 42),
    Case("nested inputs by keyword", ByKeyword, {"batch": {"x": [X]}}, 105, 42),
    Case("unpooling", Unpooled, zeros(1, 3, 6, 8), 0, 0, closed=False),
    Case("forward of its own", with_a_forward_of_its_own, X, 210, 42),
    Case("mapped over a batch", lambda: Function(torch.vmap(torch.mm)),
         (zeros(2, 3, 5), zeros(2, 5, 7)), 210, 0),
    Case("a gradient inside forward", lambda: Function(squared_gradient, (5, 7)), X, 210, 35),
    Case("symbolically traced", lambda: torch.fx.symbolic_trace(nn.Linear(5, 7)), X, 105, 42),
    Case("exported", exported, X, 105, 42),
    Case("a list of inputs", lambda: Function(lambda pair: torch.matmul(*pair)), [X, zeros(5, 7)],
         105, 0),
    Case("no input", lambda: Function(lambda: torch.ones(3, 5) @ torch.ones(5, 7)), (), 105, 0),
    Case("no tensor comes out", lambda: Function(lambda x: None), X, 0, 0, closed=False),
    Case("nothing in it", nn.Sequential, X, 0, 0, closed=False),
    Case("an empty batch", lambda: nn.Linear(5, 7), zeros(0, 5), 0, 42, closed=False),
    Case("an empty batch of maps", lambda: nn.Conv2d(3, 5, 3), zeros(0, 3, 7, 7), 0, 140,
         closed=False),
    Case("no output features", lambda: nn.Linear(5, 0), X, 0, 0, closed=False),
    Case("sparse rows, counted as dense", lambda: Function(torch.matmul),
         (SPARSE, zeros(5, 7)), 175, 0),
    Case("attention with rows of its own", lambda: nn.MultiheadAttention(
        12, 3, batch_first=True, add_bias_kv=True, add_zero_attn=True),
         (zeros(2, 7, 12),) * 3, 2 * (7 * 4 * 144 + 2 * 7 * 9 * 12), 4 * 144 + 4 * 12 + 24),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_an_odd_model_has_its_true_figures(case):
    with quiet():
        assert_counted(case)


MODES = {
    "inference mode": torch.inference_mode,
    "no gradients": torch.no_grad,
    "gradients": torch.enable_grad,
    "autocast": lambda: torch.autocast("cpu", dtype=torch.bfloat16),
    "meta by default": lambda: torch.device("meta"),
    "deterministic": lambda: torch.random.fork_rng(devices=[]),
}


@pytest.mark.parametrize("backward", [False, True], ids=["forward", "step"])
@pytest.mark.parametrize("mode", MODES)
def test_the_callers_mode_does_not_matter(mode, backward):
    model = nn.Sequential(nn.Linear(5, 7), nn.LayerNorm(7), nn.ReLU(), nn.Linear(7, 3))
    lstm = nn.LSTM(5, 7)
    x, sequence = torch.ones(3, 5), torch.ones(11, 3, 5)
    with MODES[mode]():
        report = analyze(model, x, backward=backward)
        recurrent = analyze(lstm, sequence, backward=backward)
    for each, macs in ((report, 105 + 63), (recurrent, 33 * 28 * 12)):
        assert each.macs == macs
        assert each.unknown == {}
        assert each.verdict.agrees, each.verdict.differences
    if backward:
        assert report.training.backward.macs == 105 + 2 * 63


def test_tensors_of_inference_mode_can_be_analysed():
    with torch.inference_mode():
        model, x = nn.Linear(5, 7), torch.ones(3, 5)
    assert analyze(model, x).macs == 105
    assert analyze(model, x, backward=True).training.backward.macs == 105


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_the_data_type_does_not_matter(dtype):
    model = nn.Sequential(nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.GELU()).to(dtype)
    report = analyze(model, zeros(1, 3, 7, 11, dtype=dtype))
    assert report.macs == 5 * 45 * 27
    assert report.verdict.agrees


def test_the_layer_that_raises_is_named_also_while_another_error_is_handled():
    model = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(6, 3))
    try:
        raise KeyError
    except KeyError:
        with pytest.raises(ModelError, match=r"raised in 2 \(Linear\)"):
            analyze(model, X)


def test_a_layer_whose_error_was_handled_is_not_blamed_for_a_later_one():
    model = nn.Sequential(SecondTry(), nn.Linear(6, 3))
    with pytest.raises(ModelError, match=r"raised in 1 \(Linear\)"):
        analyze(model, X)


class Remembering(nn.Module):
    """Keeps what it met, in the way of models that collect losses, caches and shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(5, 5)
        self.losses, self.cache, self.shapes = [], {"k": torch.zeros(5)}, set()

    def forward(self, x):
        x = self.linear(x) + self.cache["k"].add_(1)
        self.losses.append(x.mean())
        self.cache["last"] = x
        self.shapes.add(tuple(x.shape))
        return x


@pytest.mark.parametrize("asks", [False, True], ids=["meta", "cpu"])
def test_lists_and_dicts_of_a_model_are_as_they_were(asks):
    class Asking(Remembering):
        def forward(self, x):
            return super().forward(x if not asks or x.sum().item() == 0 else -x)

    model = Asking()
    kept = model.losses, model.cache, model.shapes
    report = analyze(model, X)
    assert report.verdict.traced_on == ("cpu" if asks else "meta")
    assert (model.losses, set(model.cache), model.shapes) == ([], {"k"}, set())
    assert model.losses is kept[0]
    assert model.cache is kept[1]
    assert not model.cache["k"].any()


def test_the_random_state_of_python_is_as_it_was():
    before = random.getstate()
    analyze(Function(lambda x: x * random.random()), X)
    assert random.getstate() == before


def test_a_lazy_module_is_refused_and_stays_lazy():
    model = nn.Sequential(nn.LazyLinear(7), nn.ReLU())
    with pytest.raises(ModelError, match="LazyLinear has no size yet"):
        analyze(model, X)
    assert isinstance(model[0], nn.LazyLinear)
    assert torch.nn.parameter.is_lazy(model[0].weight)


def test_attention_in_a_higher_order_operator_is_named():
    """Compiled to one kernel by torch: either its figure, or its name, but no silent 0."""
    from torch.nn.attention.flex_attention import flex_attention

    inputs = (zeros(1, 2, 128, 16),) * 3
    said = ""
    with quiet():
        try:
            report = analyze(Function(flex_attention), inputs)
        except ModelError as error:
            said = str(error)
        else:
            said = str(report.unknown)
    assert "flex_attention" in said or report.macs == 2 * 2 * 128 * 128 * 16


def test_something_that_is_no_module_is_refused():
    with pytest.raises(ModelError, match=r"must be a torch\.nn\.Module"):
        analyze(torch.matmul, X)


def test_options_of_the_networks_are_refused_for_a_module():
    with pytest.raises(TypeError, match="alpha"):
        analyze(nn.Linear(5, 7), X, alpha=1)


def test_inputs_are_not_written_into():
    x = torch.ones(3, 5)
    analyze(Function(lambda x: x.add_(1.0)), x)
    analyze(Function(lambda x: x.add_(1.0) * x.sum().item()), x)
    assert torch.equal(x, torch.ones(3, 5))
