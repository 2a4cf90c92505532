"""A layer explained: its formula in symbols, in numbers, its result, and in plain words."""

from formulas.core.expressions import Expression, in_numbers, in_symbols
from formulas.kinds import KINDS
from formulas.layers import Conv, Linear
from formulas.networks import Network, PlacedLayer
from reports.render import number_format as numbers

RULES = (
    ("params", "params"),
    ("macs", "macs"),
    ("elementwise", "elementwise"),
)
SYMBOLS = {
    "kd": "kernel depth",
    "kh": "kernel height",
    "kw": "kernel width",
    "cin": "input channels",
    "cout": "output channels",
    "g": "groups",
    "D": "output depth",
    "H": "output height",
    "W": "output width",
    "N": "batch",
    "elements": "elements of the tensor",
}


def explain_layer(placed: PlacedLayer) -> str:
    """A ``placed`` layer: its formulas with symbols, with numbers, their results, and words."""
    layer, kind = placed.layer, KINDS[placed.kind]
    dims = getattr(layer, "dims", 2)
    values = layer.symbols(*placed.in_shapes)
    shapes = " and ".join(numbers.shape(shape) for shape in placed.in_shapes)
    lines = [f"{placed.name}: {placed.kind}, {shapes} -> {numbers.shape(placed.out_shape)}"]
    for label, name in RULES:
        text = getattr(kind.expression, name)
        result = getattr(placed.cost, name)
        if text == "0" and result == 0:
            continue
        lines += _formula(label, text, values, dims, result, _extra(label, placed))
    lines.append("  " + _legend(kind.expression, values, dims))
    lines.append("  " + in_symbols(kind.expression.words, dims))
    return "\n".join(lines)


def _formula(
    label: str, text: str, values: dict[str, int], dims: int, result: int, extra: str
) -> list[str]:
    batch = {**values, "N": 1} if label == "params" else values
    symbols, figures = in_symbols(text, dims), numbers.grouped(in_numbers(text, batch, dims))
    if batch.get("N", 1) != 1:
        symbols = f"N * {symbols}"
    if text == "0":
        return [f"  {label} = {extra}"]
    plus = f" + {extra}" if extra else ""
    return [
        f"  {label} = {symbols}{plus}",
        f"  {' ' * len(label)} = {figures}{plus}",
        f"  {' ' * len(label)} = {numbers.integer(result)}",
    ]


def _extra(label: str, placed: PlacedLayer) -> str:
    """The addition of a bias to the document's formula."""
    layer = placed.layer
    if not isinstance(layer, (Conv, Linear)) or not layer.bias:
        return ""
    if label == "params":
        channels = layer.out_channels if isinstance(layer, Conv) else layer.out_features
        return f"{numbers.integer(channels)} (bias)"
    outputs = numbers.integer(placed.cost.activations)
    return f"{outputs} (bias added to each output)" * (label == "elementwise")


def _legend(expression: Expression, values: dict[str, int], dims: int) -> str:
    used = in_symbols(f"{expression.params} {expression.main}", dims).replace("*", " ").split()
    used += ["N"] * (values.get("N", 1) != 1)
    named = [
        f"{name} = {SYMBOLS[name]} = {numbers.integer(values[name])}"
        for name in SYMBOLS
        if name in used
    ]
    return "where " + ", ".join(named) if named else "It has no formula: nothing is computed."


def explain(network: Network, name: str) -> str:
    """One layer of a network, or all layers of a block with their sum.

    Parameters
    ----------
    network : Network
        The network.
    name : str
        Path of the layer or block.

    Returns
    -------
    str
        A paragraph a layer, with a line end.

    Raises
    ------
    KeyError
        If no layer has that path or lies below it.
    """
    found = [p for p in network.layers if p.name == name or p.name.startswith(f"{name}.")]
    if not found:
        raise KeyError(name)
    parts = [explain_layer(placed) for placed in found]
    if len(found) > 1:
        params = sum(placed.cost.params for placed in found)
        macs = sum(placed.cost.macs for placed in found)
        total = f"{numbers.integer(params)} params, {numbers.integer(macs)} macs"
        parts.append(f"{name}, {numbers.count_of(len(found), 'layer')} together: {total}")
    return "\n\n".join(parts) + "\n"
