"""What all descriptions share: how they are built, and the symbols of their formulas."""

from typing import TypeAlias

from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity, Shape, elements, same

Symbols: TypeAlias = dict[str, Quantity]


def fix(layer: object, **values: object) -> None:
    """Set fields of a frozen description while it is being built."""
    for name, value in values.items():
        object.__setattr__(layer, name, value)


def must_have(dims: int, shape: Shape) -> None:
    """Refuse an input with fewer than ``dims`` dimensions."""
    if len(shape) < dims:
        raise SizeError("input", shape, f"must have at least {dims} dimensions")


def one_to_three(dims: int) -> int:
    """``dims``, where a layer can have so many spatial dimensions."""
    if dims not in (1, 2, 3):
        raise SizeError("dims", dims, "must be 1, 2 or 3")
    return dims


def must_match(name: str, expected: Quantity, shape: Shape, axis: int) -> None:
    """Refuse an input whose size along ``axis`` is not what the layer was built for."""
    must_have(abs(axis), shape)
    found = shape[axis]
    if not same(found, expected):
        raise SizeError(name, expected, f"must equal the input's, {found!r} in {shape!r}")


def real_products(count: Quantity, is_complex: bool) -> Quantity:
    """``count`` products as products of real numbers: a complex one is four of them."""
    return 4 * count if is_complex else count


def map_symbols(shape: Shape, dims: int) -> Symbols:
    """The batch ``N`` and the sides ``D``, ``H``, ``W`` of an output map."""
    if dims == 0:
        return {"N": elements(shape[:-1])}
    sides = dict(zip(("W", "H", "D"), reversed(shape[-dims:]), strict=False))
    return {"N": elements(shape[: -dims - 1]), **sides}
