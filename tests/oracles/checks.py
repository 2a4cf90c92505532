"""The checks that every kind of layer must pass; planted faults show that each can fail.

Each asks the table for a layer's cost and holds it against a count that took another road.
"""

import re
from fractions import Fraction

from formulas.core.expressions import in_numbers
from formulas.kinds import KINDS, count, kind_of
from formulas.layers import Conv, Layer, Linear
from tests.oracles.loops import conv_macs, linear_macs
from tests.oracles.running import Shape, measured


def check_by_running(layer: Layer, *shapes: Shape) -> None:
    """All five fields of the cost are what running the layer on ones gives."""
    assert count(layer, *shapes) == measured(layer, *shapes)


def check_by_walking(layer: Conv | Linear, shape: Shape) -> None:
    """The MACs are the steps of the definition's loops."""
    walk = conv_macs if isinstance(layer, Conv) else linear_macs
    assert count(layer, shape).macs == walk(layer, shape)


def value_of(text: str) -> Fraction:
    """What an expression in numbers comes to, exactly."""
    exact = re.sub(r"\d+", r"Fraction(\g<0>)", text)
    return Fraction(eval(exact, {"__builtins__": {}, "Fraction": Fraction}))


def check_text(layer: Layer, *shapes: Shape) -> None:
    """The kind's text, with numbers put in, comes to what its formula says without bias.

    The text tells of one image: the batch is 1. Of element-wise work it tells where there
    are no MACs, and an addition's has two summands.
    """
    text = KINDS[kind_of(layer)].expression
    cost = count(layer, *shapes)
    symbols = {**layer.symbols(*shapes), "N": 1}
    dims = getattr(layer, "dims", 2)
    assert value_of(in_numbers(text.params, symbols, dims)) == cost.params
    assert value_of(in_numbers(text.macs, symbols, dims)) == cost.macs
    if not cost.macs:
        assert value_of(in_numbers(text.elementwise, symbols, dims)) == cost.elementwise
