"""thop's rules, as in thop 0.1.1 (``profile.py``, ``vision/basic_hooks.py``, ``rnn_hooks.py``).

It calls MACs what each module of a class in its table counts, by the exact class. It knows no
function and no other class, so attention and subclasses are missed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from torch import nn
from torch.nn.utils.rnn import PackedSequence

from complexity.interop.bridge.call_text import given
from complexity.interop.bridge.call_trace import Seen, Visit
from complexity.interop.bridge.counter_rules import (
    MACS,
    UNBATCHED,
    Habits,
    Parts,
    Rule,
    Steps,
    gathered,
    held_by,
    is_unbatched,
    places_of,
    repeated,
    size,
    steps_of_modules,
)
from reports.model.report import ModelReport

NORMED = "norms: four for each element, two without weights"
PRELU = "PReLU: one for each element"
SOFTMAX = "softmax modules: three for each element, less one a row"
POOLED = "average pooling: one for each output element"
ADAPTED = "adaptive average pooling: one for each input element and one for each output element"
RESIZED = "upsampling: 1, 5, 11 or 259 for each output element"
GATED = "recurrent layers: gates, states and biases"
LONGEST = "recurrent layers: every step of the longest sequence, no projections"
TRANSPOSED = "transposed convolutions at output size"
# Output elements cost so much in each mode; others count nothing.
STEPS_OF_MODE = {"nearest": 1, "linear": 5, "bilinear": 11, "bicubic": 224 + 35}
GATES = {nn.RNN: 1, nn.GRU: 3, nn.LSTM: 4, nn.RNNCell: 1, nn.GRUCell: 3, nn.LSTMCell: 4}
STATES = {1: 0, 3: 4, 4: 4}  # steps for each hidden unit beside the gates


def _convolution(visit: Visit) -> Parts:
    """Output elements times weights of one filter, transposed or not."""
    given, weight = visit.inputs[0], visit.module.weight.shape
    filters = given[1] // visit.module.groups
    return {MACS: size(visit.output) * filters * size(weight[2:])}


def _linear(visit: Visit) -> Parts:
    return {MACS: visit.module.in_features * size(visit.output)}


def _norm(visit: Visit) -> Parts:
    layer = visit.module
    weighted = getattr(layer, "affine", False) or getattr(layer, "elementwise_affine", False)
    return {NORMED: (4 if weighted else 2) * size(visit.inputs[0])}


def _softmax(visit: Visit) -> Parts:
    given = visit.inputs[0]
    features = given[visit.module.dim]
    return {SOFTMAX: size(given) // features * (3 * features - 1)}


def _adaptive(visit: Visit) -> Parts:
    """The mean window is a float, cut to a whole number at the end."""
    window = 1.0
    for before, after in zip(visit.inputs[0][2:], visit.output[2:], strict=True):
        window *= before / after
    return {ADAPTED: int((window + 1) * size(visit.output))}


def _upsample(visit: Visit) -> Parts:
    return {RESIZED: STEPS_OF_MODE.get(visit.module.mode, 0) * size(visit.output)}


def _recurrent(visit: Visit, cell: bool) -> Parts:
    """Every layer and step of the longest sequence; projections are not in it."""
    layer, given = visit.module, visit.inputs[0]
    gates, hidden = GATES[type(layer)], layer.hidden_size
    if cell:
        sides, runs = [layer.input_size], given[0]
    else:
        ways = 2 if layer.bidirectional else 1
        later = [hidden * ways] * (layer.num_layers - 1)
        sides = [side for side in (layer.input_size, *later) for _ in range(ways)]
        runs = size(_batch_and_steps(given))
    products = sum(gates * hidden * (side + hidden) for side in sides)
    rest = len(sides) * hidden * (gates * (3 if layer.bias else 1) + STATES[gates])
    return {MACS: products * runs, GATED: rest * runs}


def _batch_and_steps(given: Any) -> tuple[int, int]:
    if isinstance(given, PackedSequence):
        return int(given.batch_sizes.max()), len(given.batch_sizes)
    return given[0], given[1]


def _nothing(_: Visit) -> Parts:
    return {}


def _each(why: str, elements: Callable[[Visit], Any]) -> Rule:
    return lambda visit: {why: size(elements(visit))}


RULES: dict[type[nn.Module], Rule] = {
    **dict.fromkeys((nn.Conv1d, nn.Conv2d, nn.Conv3d), _convolution),
    **dict.fromkeys((nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d), _convolution),
    **dict.fromkeys((nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm), _norm),
    **dict.fromkeys((nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d, nn.LayerNorm), _norm),
    nn.PReLU: _each(PRELU, lambda visit: visit.inputs[0]),
    nn.Softmax: _softmax,
    **dict.fromkeys(
        (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d), _each(POOLED, lambda visit: visit.output)
    ),
    **dict.fromkeys((nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d), _adaptive),
    nn.Linear: _linear,
    **dict.fromkeys((nn.Upsample, nn.UpsamplingBilinear2d, nn.UpsamplingNearest2d), _upsample),
    **dict.fromkeys((nn.RNN, nn.GRU, nn.LSTM), partial(_recurrent, cell=False)),
    **dict.fromkeys((nn.RNNCell, nn.GRUCell, nn.LSTMCell), partial(_recurrent, cell=True)),
    **dict.fromkeys(
        (
            nn.ZeroPad2d,
            nn.ReLU,
            nn.ReLU6,
            nn.LeakyReLU,
            nn.MaxPool1d,
            nn.MaxPool2d,
            nn.MaxPool3d,
            nn.AdaptiveMaxPool1d,
            nn.AdaptiveMaxPool2d,
            nn.AdaptiveMaxPool3d,
            nn.Dropout,
            nn.PixelShuffle,
        ),
        _nothing,
    ),
}


def _otherwise(visit: Visit) -> str:
    kind = type(visit.module).__name__
    if isinstance(visit.module, nn.RNNBase):
        packed = isinstance(visit.inputs[0], PackedSequence)
        return LONGEST if packed or visit.module.proj_size else ""
    if kind.startswith("ConvTranspose"):
        return TRANSPOSED
    return UNBATCHED if kind.startswith("Conv") and is_unbatched(visit) else ""


def _places(model: nn.Module) -> dict[nn.Module, int]:
    return places_of(model, lambda module: type(module) in RULES)


def steps_of(report: ModelReport, model: nn.Module, seen: Seen) -> Steps:
    """A module in several places has a hook for each, and each place is added up."""
    places = _places(model)
    counted = gathered((visit for visit in seen.visits if visit.module in places), RULES)
    return [
        *steps_of_modules(report, model, counted, seen, _otherwise),
        *repeated(counted, lambda module: places[module] ** 2),
    ]


def params_of(model: nn.Module, seen: Seen) -> Steps:
    """What modules hold that it counts and that ran, once a place; the model itself is left out."""
    ran = {visit.module for visit in seen.visits if type(visit.module) in RULES} - {model}
    holders = [each for each, times in _places(model).items() if each in ran for _ in range(times)]
    missed = "params outside of the modules that it counts"
    return held_by(model, holders, missed, "shared params counted once a place")


def run(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, int]:
    """What thop itself says; it calls the model by position only."""
    from thop import profile

    if kwargs:
        raise TypeError(f"it passes no keywords, and the model takes {', '.join(kwargs)}")
    macs, params = profile(model, inputs=args, verbose=False)
    return int(macs), int(params)


def written(model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    return f"thop.profile(model, inputs=({given(args, kwargs)},))"


THOP = Habits("thop", "thop", "macs", steps_of, params_of, run, written)
