"""What may stand where a formula wants a whole number.

A *quantity* is a Python int, an integer NumPy array (a sweep is one call) or a SymPy
expression (the formula comes back in symbols). Neither library is imported: each is
recognised by what it can do, so the same arithmetic serves all three.
"""

import operator
from collections.abc import Callable, Iterable
from functools import cache
from math import prod
from typing import Any, TypeAlias

from formulas.core.errors import SizeError

INT64_MAX = 2**63 - 1
Quantity: TypeAlias = Any
Sizes: TypeAlias = Quantity | tuple[Quantity, ...]
Shape: TypeAlias = tuple[Quantity, ...]


def is_symbolic(value: object) -> bool:
    """Whether ``value`` is an expression with free symbols (SymPy or alike)."""
    return bool(getattr(value, "free_symbols", None))


def is_array(value: object) -> bool:
    """Whether ``value`` is an array of one or more dimensions (NumPy or alike)."""
    return bool(getattr(value, "shape", None)) and hasattr(value, "dtype")


def every(condition: Any) -> bool:
    """Whether ``condition`` holds, for every element where it is an array."""
    return bool(condition.all()) if is_array(condition) else bool(condition)


def quantity(name: str, value: Any, minimum: int = 1) -> Quantity:
    """``value`` as a quantity of at least ``minimum``; NumPy integers become exact ints.

    Arrays become int64, and Python's integers where a product or sum would not fit, so that
    none wraps around. A bool, a float or a string is refused: ``quantity("groups", True)``
    raises ``SizeError: groups=True must be an integer of at least 1``.
    """
    rule = f"must be an integer of at least {minimum}"  # the error writes arrays out: not yet
    if isinstance(value, bool):
        raise SizeError(name, value, rule)
    try:
        exact = operator.index(value)
    except TypeError:
        pass
    else:
        if exact < minimum:
            raise SizeError(name, value, rule)
        return exact
    if is_symbolic(value):
        if value.is_integer is False or (value - minimum).is_negative:
            raise SizeError(name, value, rule)
        return value
    kind = getattr(getattr(value, "dtype", None), "kind", "")
    if is_array(value) and kind in ("i", "u") and every((value >= minimum) & (value <= INT64_MAX)):
        return value.astype("int64").view(exact_kind(value.__class__))
    raise SizeError(name, value, rule)


@cache
def exact_kind(base: Any) -> Any:
    """The array class ``base``, whose products and sums leave int64 before they overflow in it.

    A result is the plain one wherever the largest factors together fit; two scans for the
    largest elements are what that costs.
    """
    if hasattr(base, "exact"):
        return base

    def guarded(name: str, combine: Callable[[int, int], int]) -> Callable[[Any, Any], Any]:
        plain = getattr(base, name)

        def method(self: Any, other: Any) -> Any:
            one, two = largest(self), largest(other)
            if one is not None and two is not None and combine(one, two) > INT64_MAX:
                self = self.astype(object)
            return plain(self, other)

        return method

    pairs = (("mul", operator.mul), ("add", operator.add))
    methods = {
        f"__{side}{name}__": guarded(f"__{side}{name}__", combine)
        for name, combine in pairs
        for side in ("", "r")
    }

    def wrap(self: Any, made: Any, *_: Any) -> Any:
        return made.view(type(self)) if made.shape else made[()]  # a sum is a plain number

    def plain_when_saved(self: Any) -> Any:
        return self.view(base).__reduce__()

    others = {"exact": True, "__array_wrap__": wrap, "__reduce__": plain_when_saved}
    return type("array", (base,), {**methods, **others})  # the name that it is printed with


def largest(value: Any) -> int | None:
    """The magnitude of an integer or of the largest in an integer array; None of other things."""
    if getattr(getattr(value, "dtype", None), "kind", "") in ("i", "u") and value.size:
        return max(int(value.max()), -int(value.min()))
    return abs(value) if isinstance(value, int) else None


def quantities(name: str, value: Sizes, dims: int, minimum: int = 1) -> Shape:
    """``value`` as one quantity for each of ``dims`` dimensions.

    ``quantities("kernel", 3, 2) == (3, 3)`` and ``quantities("kernel", (3, 5), 2) == (3, 5)``.
    """
    if not isinstance(value, (tuple, list)):
        return (quantity(name, value, minimum),) * dims
    if len(value) != dims:
        raise SizeError(name, value, f"must have {dims} numbers, one for each dimension")
    return tuple(quantity(name, part, minimum) for part in value)


def dimensions(*values: Sizes) -> int:
    """How many spatial dimensions the sizes speak of; plain numbers mean a square, 2."""
    lengths = {len(value) for value in values if isinstance(value, (tuple, list))}
    return max(lengths, default=2)


def same(one: Quantity, other: Quantity) -> bool:
    """Whether two quantities are equal, in every element of arrays; undecided symbols are."""
    if is_symbolic(one) or is_symbolic(other):
        return True
    return every(one == other)


def must_divide(name: str, divisor: Quantity, of: str, whole: Quantity) -> None:
    """Refuse a ``divisor`` that does not divide ``whole``; undecided symbols pass."""
    if is_symbolic(divisor) or is_symbolic(whole):
        return
    if not every(whole % divisor == 0):
        raise SizeError(name, divisor, f"must divide {of}={whole!r}")


def exact_quotient(whole: Quantity, divisor: Quantity) -> Quantity:
    """``whole / divisor`` where the division is known to leave no remainder."""
    if is_symbolic(whole) or is_symbolic(divisor):
        return whole / divisor
    return whole // divisor


def elements(shape: Iterable[Quantity]) -> Quantity:
    """How many elements a tensor of this shape has: ``elements((2, 3, 5)) == 30``."""
    return prod(shape)


def map_elements(
    kernel: Sizes, out_size: Sizes, in_size: Sizes | None
) -> tuple[Quantity, Quantity, Quantity]:
    """Positions of the kernel, of the output map and of the input map (the output's if None)."""
    dims = dimensions(kernel, out_size, in_size)
    k = elements(quantities("kernel", kernel, dims))
    out = elements(quantities("out_size", out_size, dims))
    return k, out, out if in_size is None else elements(quantities("in_size", in_size, dims))
