"""Numbers are recognised by their values, and no expression is made up for what has none."""

import random

import pytest

from formulas.symbolic.fitting import Recognition, UnrecognizedError, line, solution
from formulas.symbolic.polynomial import variable

N, r = variable("N"), variable("r")
POINTS = [{"N": n, "r": s} for n, s in ((2, 224), (2, 223), (3, 193), (5, 174))]
EXPRESSIONS = [
    N, r, 3 * N, r + 7, N * r, 8 * r**2 + 1, N * r**2, -(-r // 2), r // 32, -(-r // 7) * 7, 4 * N * r**2 - 2,
]  # fmt: skip


@pytest.fixture
def known():
    return Recognition(POINTS)


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_an_expression_is_found_from_its_values(expression, known):
    found = known(known.values(expression))
    for _ in range(30):
        sizes = {"N": random.randint(1, 99), "r": random.randint(1, 999)}
        assert found.value(sizes) == expression.value(sizes)


def test_a_number_that_never_changes_is_a_number(known):
    assert known((7, 7, 7, 7)) == 7


def test_what_was_learned_comes_before_what_is_looked_for(known):
    side = (r + 3) // 4 * 2 + 5
    known.learn(side)
    assert known(known.values(side)) is side


def test_values_without_an_expression_are_refused_each_time(known):
    for _ in range(2):
        with pytest.raises(UnrecognizedError):
            known((3, 1, 4, 1))


def test_on_a_class_of_sizes_a_quotient_is_plain():
    known = Recognition([{"r": 224 * k} for k in (2, 3, 4, 6)])
    assert str(known(56 * k for k in (2, 3, 4, 6))) == "1/4 r"


def test_a_combination_takes_the_fewest_terms(known):
    values = known.values(16 * N * r + 5 * r + 3)
    assert known.combination(values, [N, r, N * r, r**2]) == 16 * N * r + 5 * r + 3
    assert known.combination((7, 7, 7, 7), [N]) == 7
    with pytest.raises(UnrecognizedError):
        known.combination((3, 1, 4, 1), [N])


def test_a_line_and_a_system_are_solved_exactly_or_not_at_all():
    assert line((1, 1), (2, 3)) is None
    assert line((1, 2, 3), (1, 2, 4)) is None
    assert solution([[1, 1], [2, 1]], [3, 5]) is None  # nothing left to check it with
    assert solution([[1, 1], [2, 1], [3, 1]], [3, 5, 8]) is None
    assert solution([[1, 1], [1, 1], [1, 1]], [3, 3, 3]) is None
