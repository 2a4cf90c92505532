"""A torch module as a layer description: by what it is, never by its name.

A subclass counts as its base as long as it runs the base's ``forward``; with a ``forward`` of its
own it is no known layer, and the operations inside it are counted one by one.
"""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from torch import nn

from complexity.closed_form.modules import READERS
from complexity.closed_form.operators import read_operation
from complexity.tracing import TracedCall
from formulas.core.errors import SizeError
from formulas.core.quantities import Shape
from formulas.layers import (
    BatchNorm,
    Bilinear,
    ConvTranspose,
    EmbeddingBag,
    Layer,
    Recurrent,
)

FREE = (nn.Identity, nn.Flatten, nn.Unflatten)
DROPOUTS = (
    nn.Dropout,
    nn.Dropout1d,
    nn.Dropout2d,
    nn.Dropout3d,
    nn.AlphaDropout,
    nn.FeatureAlphaDropout,
)
# Complex numbers go through these as they are; a convolution of them, torch makes of three real
# ones and additions, which the trace alone knows.
COMPLEX = (nn.Linear, nn.Bilinear)
# What the forward of torch's convolutions calls, and a subclass may override.
INNER = "_conv_forward"
# How the parameters of torch's own layers begin.
OWN = ("weight", "bias", "in_proj", "running")


@lru_cache(1024)
def base_of(kind: type[nn.Module], forward: Any) -> type[nn.Module] | None:
    """The class among those that are known whose own ``forward`` is what ``kind`` runs."""
    for base in (*FREE, *DROPOUTS, *READERS):
        if issubclass(kind, base) and forward is base.forward:
            inner = getattr(base, INNER, None)
            return base if inner is getattr(kind, INNER, None) else None
    return None


def known_base(module: nn.Module) -> type[nn.Module] | None:
    """What known class a module counts as; None with a ``forward`` of its own."""
    if "forward" in vars(module):
        return None
    return base_of(type(module), type(module).forward)


def is_layer(module: nn.Module) -> bool:
    """Whether a module is one row: a known layer, or known to cost nothing."""
    return is_free(module, module.training) or read_module(module) is not None


def is_free(module: nn.Module, training: bool) -> bool:
    """Whether a module is known to compute nothing, in training or at inference."""
    return known_base(module) in (FREE if training else FREE + DROPOUTS)


def computes_weight(module: nn.Module) -> bool:
    """Whether the weight is no parameter of the module's own, but computed for each run.

    So it is where it is parametrised or pruned; computing it is work that no layer's formula
    covers. The attribute is not touched: that alone would run it.
    """
    if "weight" in module._parameters:
        return False
    return hasattr(type(module), "weight") or "weight" in vars(module)


def read_module(module: nn.Module) -> Layer | None:
    """The description of a known layer; None for a container or a layer without a formula.

    So it is with sizes that torch allows and the formulas do not, such as no outputs at all.
    """
    base = known_base(module)
    if base not in READERS or computes_weight(module):
        return None
    if not owns_its_tensors(module, complex_too=base in COMPLEX):
        return None
    try:
        return READERS[base](module)
    except SizeError:
        return None


def owns_its_tensors(module: nn.Module, complex_too: bool) -> bool:
    """Whether weight and bias are parameters, and there are no others than torch's own.

    A weight kept as a buffer is not learnable, and a parameter that was added is nobody's; of
    complex ones, only some layers are known.
    """
    for name, parameter in module._parameters.items():
        if parameter is not None and not (
            name.startswith(OWN)
            and isinstance(parameter, nn.Parameter)  # and nothing that was put in its place
            and (complex_too or not parameter.is_complex())
        ):
            return False
    buffers = module._buffers
    return not buffers or all(buffers.get(name) is None for name in ("weight", "bias"))


def describe(call: TracedCall) -> tuple[Layer, tuple[Shape, ...]] | None:
    """The description of what ran and the shapes it was applied to.

    None where there is no closed form: then the cost is known from the trace alone.
    """
    try:
        if call.module is None:
            return read_operation(call)
        if call.transformed:
            return None
        layer = read_module(call.module)
        if layer is None:
            return None
        if isinstance(layer, (Bilinear, Recurrent, EmbeddingBag)):
            packed = isinstance(layer, Recurrent) and list(map(len, call.in_shapes[:2])) == [2, 1]
            return None if packed else (layer, call.in_shapes)  # lengths that shapes do not tell
        shape = call.in_shapes[0]
        if isinstance(layer, BatchNorm) and len(shape) == 2:
            layer = replace(layer, dims=0)  # vectors, where BatchNorm1d also takes sequences
        if isinstance(layer, ConvTranspose):
            layer = sized(layer, shape, call.out_shape)
        return layer, (shape,)
    except SizeError:
        return None


def sized(layer: ConvTranspose, shape: Shape, out: Shape) -> ConvTranspose:
    """``layer`` with the output padding that makes its output ``out``.

    A call with ``output_size`` chooses it anew: among the sizes that a convolution would bring
    down to this input, which lie less than a stride apart. Other sizes are refused.
    """
    sides = zip(out, layer.out_shape(shape), strict=True)
    more = [given - own for given, own in sides][-layer.dims :]
    extra = zip(layer.output_padding, more, strict=True)
    return replace(layer, output_padding=tuple(own + each for own, each in extra))
