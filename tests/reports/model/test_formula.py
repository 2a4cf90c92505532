"""A formula's values, its rules, and what it refuses."""

from fractions import Fraction

import pytest

from complexity.symbolic.network_formula import network_formula
from formulas.networks import network
from reports.model.formula import Dimension, expression, value_of
from tests.oracles.refusals import refuses


@pytest.fixture(scope="module")
def mobilenet():
    return network_formula("mobilenet", {})


def test_it_gives_the_whole_cost_at_sizes(mobilenet):
    closed = network("mobilenet", alpha=0.5, resolution=160, batch=3)
    assert mobilenet.at(N=3, r=160, alpha=0.5) == closed.cost
    assert mobilenet.macs(N=3, r=160, alpha=Fraction(1, 2)) == closed.cost.macs
    assert value_of(mobilenet.cost, {"N": 3, "r": 160, "alpha": 0.5}) == closed.cost


@pytest.mark.parametrize("by", ["total", "kind", "layer"])
def test_its_parts_add_up_to_the_model(mobilenet, by):
    sizes = {"N": 2, "r": 41, "alpha": Fraction(3, 4)}
    parts = [value_of(cost, sizes) for _, cost in mobilenet.by(by)]
    assert sum(part.macs for part in parts) == mobilenet.macs(**sizes)
    assert sum(part.memory_access for part in parts) == mobilenet.memory_access(**sizes)


def test_outside_of_its_validity_it_refuses(mobilenet):
    with refuses("alpha=0.3 is outside the range that was derived: alpha a multiple of 1/32"):
        mobilenet.at(N=1, r=32, alpha=0.3)
    with refuses("r=0 is outside the range that was derived: r >= 1"):
        mobilenet.at(N=1, r=0, alpha=1)
    with refuses("S=3 is not open here: choose from N, r, alpha"):
        mobilenet.at(S=3)
    with refuses("alpha=None must be given: width multiplier"):
        mobilenet.at(N=1, r=32)


@pytest.mark.parametrize(
    ("dimension", "rule", "bad"),
    [
        (Dimension("N", "batch"), "N >= 1", 0),
        (Dimension("S", "sequence", 2, 1024), "2 <= S <= 1024", 1025),
        (Dimension("r", "resolution", 64, step=32), "r a multiple of 32, r >= 64", 80),
        (Dimension("r", "resolution", 3, step=4, start=3), "r a multiple of 4 plus 3, r >= 3", 8),
        (Dimension("r", "resolution", 32, step=32), "r a multiple of 32", 0),
    ],
)
def test_the_rule_says_what_is_refused(dimension, rule, bad):
    assert dimension.rule == rule
    dimension.refuse(dimension.least)
    with refuses(f"{dimension.name}={bad} is outside the range that was derived: {rule}"):
        dimension.refuse(bad)


def test_it_shows_itself_and_renders_as_mathematics(mobilenet):
    assert repr(mobilenet).startswith("<Formula mobilenet(N, r, alpha): macs = 2048 N alpha^2 r^2")
    assert str(mobilenet).startswith("mobilenet (document, alpha=alpha), input Nx3xrxr")
    assert r"\begin{align*}" in mobilenet._repr_latex_()
    assert str(expression(0)) == "0"
    assert mobilenet.flops == 2 * mobilenet.macs


def test_without_floors_it_is_the_same_on_multiples(mobilenet):
    simple, step = mobilenet.simple
    sizes = {"N": 3, "r": 5 * step, "alpha": 1}
    assert step == 16
    assert value_of(simple, sizes) == mobilenet.at(**sizes)
