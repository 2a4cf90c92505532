"""ptflops's rules, as in ptflops 0.7.5 with its default backend (``ptflops/pytorch_ops.py``).

It calls MACs what each module of a class in its table counts, by the exact class, an image at a
time, and what some functions count that are called by name. Inside a module that it counts it looks
at no other module.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from inspect import signature
from typing import Any

from torch import nn

from complexity.interop.bridge.call_trace import Seen, Visit, kept
from complexity.interop.bridge.counter_rules import (
    MACS,
    MISSED,
    UNBATCHED,
    Habits,
    Parts,
    Rule,
    Steps,
    gathered,
    is_unbatched,
    kind_words,
    places_of,
    repeated,
    size,
    steps_of_modules,
)
from complexity.interop.bridge.ptflops_functions import (
    BY_NAME,
    FUNCTIONS,
    KINDS,
    steps_of_functions,
)
from complexity.tracing.recording.records import TensorShape
from reports.model.report import LayerRow, ModelReport

BIASES = "biases: one for each output element"
ACTIVATED = "activation modules: one for each element"
POOLED = "pooling modules: one for each input element"
NORMED = "norms: two for each element, one without affine weights"
RESIZED = "upsampling modules: one for each output element of the first image"
GATED = "recurrent layers: gates, states and biases"
ATTENDED = "attention modules: scaling, softmax and biases"
SAMPLED = "deformable convolutions: 24 or 25 for each sample"
PROJECTED = "projections inside attention modules, where it does not look"
OWN_WIDTH = "attention modules: keys and values at their own width, no keys that are added"
UNPROJECTED = "recurrent layers without their projections"
IMAGE = "per image: divided by the batch"
CUT = "fractions of functions cut"
FROZEN = "frozen params (requires_grad=False) left out"


def _convolution(visit: Visit, extra: int = 0) -> Parts:
    """Transposed ones at input size, as ours; a bias is one for each output element."""
    conv, given, out = visit.module, visit.inputs[0], visit.output
    transposed = type(conv).__name__.startswith("ConvTranspose")
    positions = given[0] * size((given if transposed else out)[2:])
    kernel = size(conv.kernel_size)
    found = {MACS: kernel * conv.in_channels * (conv.out_channels // conv.groups) * positions}
    if conv.bias is not None:
        found[BIASES] = given[0] * size(out[1:])
    return found if not extra else {**found, SAMPLED: kernel * extra * positions}


def _deformed(visit: Visit) -> Parts:
    masked = len(visit.inputs) == 3 and visit.inputs[2] is not None
    return _convolution(visit, 25 if masked else 24)


def _linear(visit: Visit) -> Parts:
    given, out = visit.inputs[0], visit.output
    rows = size(given[:-1])
    bias = rows * out[-1] if visit.module.bias is not None else 0
    return {MACS: given[-1] * out[-1] * rows, BIASES: bias}


def _norm(visit: Visit) -> Parts:
    """A layer norm's weights go by another name, and it counts one."""
    return {NORMED: (2 if getattr(visit.module, "affine", False) else 1) * size(visit.inputs[0])}


def _recurrent(visit: Visit) -> Parts:
    """Every layer at every place of the input's first two sides; projections are not in it."""
    layer, given = visit.module, visit.inputs[0]
    cell = isinstance(layer, nn.RNNCellBase)
    kind = type(layer).__name__.removesuffix("Cell")
    rest = {"RNN": 1, "GRU": 7, "LSTM": 10}[kind] * layer.hidden_size
    products = states = 0
    for suffix in [""] if cell else [f"_l{number}" for number in range(layer.num_layers)]:
        products += sum(getattr(layer, f"weight_{of}{suffix}").numel() for of in ("ih", "hh"))
        states += rest
        if layer.bias:
            states += sum(getattr(layer, f"bias_{of}{suffix}").numel() for of in ("ih", "hh"))
    runs = given[0] if cell else given[0] * given[1] * (2 if layer.bidirectional else 1)
    return {MACS: products * runs, GATED: states * runs}


def _attention(visit: Visit) -> Parts:
    """Queries, keys and values, as ``MultiheadAttention`` projects and multiplies them."""
    layer, (query, key, value) = visit.module, visit.inputs
    batch, sequence = (0, 1) if layer.batch_first else (1, 0)
    (q, k, v), (wide, keyed, valued) = zip(
        *((each[sequence], each[2]) for each in (query, key, value)), strict=True
    )
    heads = layer.num_heads
    macs = q * wide**2 + k * keyed**2 + v * valued**2 + q * valued**2
    macs += heads * q * k * (wide // heads + valued // heads)
    rest = q * wide + heads * q * k + q * valued
    if layer.in_proj_bias is not None:
        rest += (q + k + v) * wide
    return {MACS: query[batch] * macs, ATTENDED: query[batch] * rest}


def _attention_of_timm(visit: Visit) -> Parts:
    """Without its projections, which lie inside, where it does not look."""
    layer, (images, tokens, _) = visit.module, visit.inputs[0]
    macs = 2 * tokens * tokens * layer.head_dim * layer.num_heads
    rest = (tokens * layer.head_dim + tokens * tokens) * layer.num_heads
    return {MACS: images * macs, ATTENDED: images * rest}


def _each(why: str, shape: Callable[[Visit], Any]) -> Rule:
    return lambda visit: {why: size(shape(visit))}


RULES: dict[str, Rule] = {
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d"), _convolution),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), _convolution),
    **dict.fromkeys(
        ("ReLU", "PReLU", "ELU", "LeakyReLU", "ReLU6", "GELU"),
        _each(ACTIVATED, lambda visit: visit.output),
    ),
    **dict.fromkeys(
        (
            f"{kind}Pool{dims}d"
            for kind in ("Max", "Avg", "AdaptiveMax", "AdaptiveAvg")
            for dims in (1, 2, 3)
        ),
        _each(POOLED, lambda visit: visit.inputs[0]),
    ),
    **dict.fromkeys(
        (f"{kind}Norm{dims}d" for kind in ("Batch", "Instance") for dims in (1, 2, 3)), _norm
    ),
    **dict.fromkeys(("GroupNorm", "LayerNorm"), _norm),
    "Linear": _linear,
    "Upsample": _each(RESIZED, lambda visit: visit.output[1:]),
    **dict.fromkeys(("RNN", "GRU", "LSTM", "RNNCell", "GRUCell", "LSTMCell"), _recurrent),
    "MultiheadAttention": _attention,
}
# Classes of other libraries, which it knows where they are installed.
OTHERS: dict[tuple[str, str], Rule] = {
    ("torchvision.ops.deform_conv", "DeformConv2d"): _deformed,
    ("timm.models.vision_transformer", "Attention"): _attention_of_timm,
    ("timm.layers.attention", "Attention"): _attention_of_timm,
}


def rules_for(model: nn.Module) -> dict[type[nn.Module], Rule]:
    """The rule of each class of the model's modules that has one."""
    known = {getattr(nn, name): rule for name, rule in RULES.items()}
    kinds = {type(module) for module in model.modules()}
    others = {kind: OTHERS.get((kind.__module__, kind.__name__)) for kind in kinds}
    return {**known, **{kind: rule for kind, rule in others.items() if rule is not None}}


def steps_of(report: ModelReport, model: nn.Module, seen: Seen) -> Steps:
    """What modules count, divided by the batch, and what functions add, which is not divided."""
    rules = rules_for(model)
    places = places_of(model, lambda module: type(module) in rules)
    counted = gathered((visit for visit in seen.visits if visit.module in places), rules)
    functions = steps_of_functions(seen.spoken, counted)
    steps = [
        *steps_of_modules(report, model, counted, seen, _otherwise, _missed),
        *repeated(counted, lambda module: places[module]),
        *((why, int(figure)) for why, figure in functions),
    ]
    modules = sum(places[module] * sum(parts.values()) for module, parts in counted.items())
    exact = Fraction(modules, _images(seen)) + sum(Fraction(figure) for _, figure in functions)
    kept = int(exact) - report.macs - sum(figure for _, figure in steps)
    return [*steps, (IMAGE if _images(seen) > 1 else CUT, int(kept))]


def _otherwise(visit: Visit) -> str:
    layer, kind = visit.module, type(visit.module).__name__
    if kind == "Attention":
        return PROJECTED
    if isinstance(layer, nn.MultiheadAttention):
        narrow = layer.bias_k is None and not layer.add_zero_attn and layer._qkv_same_embed_dim
        return "" if narrow else OWN_WIDTH
    if isinstance(layer, nn.RNNBase):
        return UNPROJECTED if layer.proj_size else ""
    return UNBATCHED if kind.startswith("Conv") and is_unbatched(visit) else ""


def _missed(row: LayerRow) -> str:
    """Products between modules stand against those that are called by name."""
    return BY_NAME if row.kind in KINDS else MISSED.format(kind_words(row))


def _images(seen: Seen) -> int:
    """The batch, where the model is called with one input; it passes several as keywords."""
    if len(seen.given) != 1:
        return 1
    first = seen.given[0]
    return int(first[0]) if isinstance(first, TensorShape) else len(first)


def params_of(model: nn.Module, seen: Seen) -> Steps:
    """All that can be learned, once."""
    return [(FROZEN, -sum(p.numel() for p in model.parameters() if not p.requires_grad))]


def by_name(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any] | None:
    """The inputs as the dict of keywords that it takes; None where it is one input alone."""
    if len(args) == 1 and not kwargs and not isinstance(args[0], dict):
        return None
    return signature(model.forward).bind(*args, **kwargs).arguments


def run(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], backend: str = "pytorch"
) -> tuple[int, int]:
    """What ptflops itself says; it takes one input, or a dict of keywords."""
    from ptflops import get_model_complexity_info

    named = by_name(model, args, kwargs)
    given = args[0] if named is None else named
    with kept(FUNCTIONS):
        macs, params = get_model_complexity_info(
            model,
            (1,),
            as_strings=False,
            print_per_layer_stat=False,
            input_constructor=lambda _: given,
            backend=backend,
        )
    if macs is None:
        raise RuntimeError("it stopped in the middle of the model")
    return int(macs), int(params)


def written(
    model: nn.Module, args: tuple[Any, ...], kwargs: dict[str, Any], backend: str = "pytorch"
) -> str:
    named = by_name(model, args, kwargs)
    given = "x" if named is None else f"dict({', '.join(f'{key}={key}' for key in named)})"
    made = f"input_constructor=lambda _: {given}"
    return f'get_model_complexity_info(model, (1,), {made}, backend="{backend}")'


PTFLOPS = Habits(
    "ptflops", "ptflops", "macs", steps_of, params_of, run, written, functions=FUNCTIONS, grad=True
)
