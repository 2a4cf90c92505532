"""Which expression a number is, told by its values at a few sizes.

Most numbers are known already: a side of a map is what the layer before gave out, whose own formula
says so in symbols. What is not, such as the positions of a flattened map, is found among sums,
products and floors of known numbers, exactly, with more points than unknowns. A recognised
expression is a claim: verify it at sizes that it was not told from.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, combinations_with_replacement
from math import gcd, prod
from random import Random
from typing import Any, TypeAlias

from formulas.core.quantities import Quantity
from formulas.symbolic.polynomial import Polynomial, variable

Values: TypeAlias = tuple[int, ...]
MOST_DIVISOR = 64  # of a floor that is looked for
# What a floor is looked for of: quotients, and a few fractions such as 3/2.
RATIOS = [(1, divisor) for divisor in range(2, MOST_DIVISOR + 1)]
RATIOS += [(a, b) for a in (2, 3, 5, 7) for b in range(2, 9) if gcd(a, b) == 1]
SAMPLES = 100
MOST_FACTORS = 3
MOST_BASIC = 24  # known numbers that others are made of: the first, which are nearest to the sizes
MOST_TERMS = 2  # of a fitted sum, its constant apart


class UnrecognizedError(ValueError):
    """No expression has these values: ``UnrecognizedError((3, 8, 22))``."""


class Recognition:
    """Numbers at ``points``, each a mapping from names to sizes, as expressions in the names.

    >>> known = Recognition([dict(N=2, r=9), dict(N=3, r=16), dict(N=5, r=31), dict(N=7, r=64)])
    >>> known((81, 256, 961, 4096)), known((5, 8, 16, 32)), known((18, 48, 155, 448))
    (r^2, ceil(r/2), N r)
    """

    def __init__(self, points: Sequence[Mapping[str, int]]) -> None:
        self.points = tuple(points)
        self.known: dict[Values, Polynomial] = {}
        self._missing: set[Values] = set()
        self.names: dict[Values, Polynomial] = {}
        for name in self.points[0]:
            self.learn(variable(name))
        self.names = dict(self.known)

    def values(self, expression: Quantity) -> Values:
        """What ``expression`` is at each of the points."""
        if not isinstance(expression, Polynomial):
            return (expression,) * len(self.points)
        return tuple(expression.value(point) for point in self.points)

    def learn(self, expression: Quantity) -> None:
        """Numbers with this expression's values are this expression: what was learned last.

        A layer reads what the one before it wrote. A name remains a name.
        """
        if not isinstance(expression, Polynomial):
            return
        values = self.values(expression)
        if values not in self.known:
            self._missing.clear()
        if values not in self.known or self.known[values] not in self.names.values():
            self.known[values] = expression

    def __call__(self, values: Iterable[int]) -> Quantity:
        """The expression with these ``values``; ``UnrecognizedError`` where none is found."""
        values = tuple(values)
        if len(set(values)) == 1:
            return values[0]
        if values in self._missing:
            raise UnrecognizedError(values)
        if values not in self.known:
            found = (
                self._affine(values, self.known)
                or self._affine(values, self.names, whole=False)
                or self._product(values)
                or self._floor(values)
            )
            if found is None:
                self._missing.add(values)
                raise UnrecognizedError(values)
            self.known[values] = found
        return self.known[values]

    def _affine(
        self, values: Values, known: Mapping[Values, Polynomial], whole: bool = True
    ) -> Polynomial | None:
        """``a e + b`` of one known ``e``, with ``whole`` numbers or fractions."""
        for at, expression in known.items():
            found = line(at, values)
            if found and (found[0].denominator == 1 or not whole):
                return _polynomial(found[0] * expression + found[1])
        return None

    def _product(self, values: Values) -> Polynomial | None:
        """``a e f + b`` or ``a e f g + b`` of known ones, with whole ``a``."""
        basic = list(self.known.items())[:MOST_BASIC]
        for count in range(2, MOST_FACTORS + 1):
            for chosen in combinations_with_replacement(basic, count):
                at = [prod(each) for each in zip(*(each for each, _ in chosen), strict=True)]
                found = line(at, values)
                if found and found[0].denominator == 1:
                    product: Any = prod((expression for _, expression in chosen), start=1)
                    return _polynomial(found[0] * product + found[1])
        return None

    def _floor(self, values: Values) -> Polynomial | None:
        """``a floor(p e / d) + b`` or with ``ceil``, of one known ``e``, with whole ``a``.

        A part (``a`` is 1) or what is filled up to a multiple (``a`` is ``d``) comes before others.
        None where two of these have these values and differ elsewhere: nobody knows which it is.
        """
        likely, other = self._floors(values, usual=True), self._floors(values, usual=False)
        for floors in (likely, other):
            first = next(floors, None)
            if first is not None:
                return None if any(self._differ(first, each) for each in floors) else first
        return None

    def _floors(self, values: Values, usual: bool) -> Iterator[Polynomial]:
        """All such floors with these values; the ``usual`` ones, or all others."""
        for at, expression in list(self.known.items())[:MOST_BASIC]:
            for times, divisor in RATIOS:
                for shift in (0, divisor - 1):
                    below = [(times * x + shift) // divisor for x in at]
                    found = line(below, values) if len(set(below)) > 2 else None
                    if not found or found[0].denominator != 1:
                        continue
                    if (found[0] in (1, divisor)) is usual:
                        whole = (times * expression + shift) // divisor
                        yield found[0] * whole + found[1]

    def _differ(self, one: Polynomial, other: Polynomial) -> bool:
        """Whether two expressions differ at any of a hundred sizes up to the last."""
        most = {name: max(point[name] for point in self.points) for name in self.points[0]}
        draw = Random(0)
        for _ in range(SAMPLES):
            sizes = {name: draw.randint(2, size + 2) for name, size in most.items()}
            if one.value(sizes) != other.value(sizes):
                return True
        return False

    def combination(self, values: Iterable[int], features: Sequence[Quantity]) -> Quantity:
        """A sum of at most two of ``features``, with rational coefficients, and a constant."""
        values = tuple(values)
        if len(set(values)) == 1:
            return values[0]
        columns = {self.values(feature): feature for feature in features}
        for count in range(1, MOST_TERMS + 1):
            for chosen in combinations(columns, count):
                rows = [[*(column[i] for column in chosen), 1] for i in range(len(values))]
                solved = solution(rows, values)
                if solved:
                    *weights, constant = solved
                    terms = (w * columns[c] for w, c in zip(weights, chosen, strict=True))
                    return sum(terms, constant)
        return self(values)


def _polynomial(expression: Any) -> Polynomial | None:
    return expression if isinstance(expression, Polynomial) else None


def line(xs: Sequence[int], ys: Sequence[int]) -> tuple[Fraction, Fraction] | None:
    """``(a, b)`` with ``y = a x + b`` throughout, if there is one.

    >>> line((1, 2, 5), (5, 7, 13))
    (Fraction(2, 1), Fraction(3, 1))
    """
    low, high = min(range(len(xs)), key=xs.__getitem__), max(range(len(xs)), key=xs.__getitem__)
    if xs[low] == xs[high]:
        return None
    rise, run = ys[high] - ys[low], xs[high] - xs[low]
    for x, y in zip(xs, ys, strict=True):  # in whole numbers, as most are no line
        if (y - ys[low]) * run != rise * (x - xs[low]):
            return None
    a = Fraction(rise, run)
    return a, ys[low] - a * xs[low]


def solution(rows: Sequence[Sequence[int]], values: Sequence[int]) -> list[Fraction] | None:
    """The one exact solution of a linear system with more rows than unknowns; None if none fits.

    >>> solution([[1, 1], [2, 1], [5, 1]], [5, 7, 13])
    [Fraction(2, 1), Fraction(3, 1)]
    """
    table = [[*map(Fraction, row), Fraction(v)] for row, v in zip(rows, values, strict=True)]
    unknowns = len(rows[0])
    if len(rows) <= unknowns:
        return None
    for column in range(unknowns):
        pivot = next((i for i in range(column, len(table)) if table[i][column]), None)
        if pivot is None:
            return None
        table[column], table[pivot] = table[pivot], table[column]
        head = [x / table[column][column] for x in table[column]]
        table[column] = head
        for i, row in enumerate(table):
            if i != column and row[column]:
                table[i] = [x - row[column] * y for x, y in zip(row, head, strict=True)]
    if any(row[-1] for row in table[unknowns:]):
        return None
    return [row[-1] for row in table[:unknowns]]
