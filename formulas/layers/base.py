"""What all descriptions share: how they are built, and the symbols of their formulas."""

from typing import TypeAlias

from formulas.errors import SizeError
from formulas.quantities import Quantity, Shape, elements, every, is_symbolic

Symbols: TypeAlias = dict[str, Quantity]


def fix(layer: object, **values: object) -> None:
    """Set fields of a frozen description while it is being built."""
    for name, value in values.items():
        object.__setattr__(layer, name, value)


def must_match(name: str, expected: Quantity, shape: Shape, axis: int) -> None:
    """Refuse an input whose size along ``axis`` is not what the layer was built for."""
    if len(shape) < abs(axis):
        raise SizeError("input", shape, f"must have at least {abs(axis)} dimensions")
    found = shape[axis]
    if is_symbolic(expected) or is_symbolic(found):
        return
    if not every(found == expected):
        raise SizeError(name, expected, f"must equal the input's, {found!r} in {shape!r}")


def map_symbols(shape: Shape, dims: int) -> Symbols:
    """The batch ``N`` and the sides ``D``, ``H``, ``W`` of an output map."""
    if dims == 0:
        return {"N": elements(shape[:-1])}
    sides = dict(zip(("W", "H", "D"), reversed(shape[-dims:]), strict=False))
    return {"N": elements(shape[: -dims - 1]), **sides}
