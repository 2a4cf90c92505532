"""The networks in symbols: what is open, and what is refused."""

import pytest

from complexity.symbolic import network_formula as closed_formulas
from complexity.symbolic.network_formula import least_resolution, network_formula
from formulas.core.errors import FormulaError, SizeError
from formulas.networks import NETWORKS, network
from tests.oracles.refusals import refuses


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_least_resolution_is_the_first_that_the_network_takes(name, variant):
    least = least_resolution(name, {"variant": variant})
    network(name, variant=variant, resolution=least)
    for side in range(1, least):
        with pytest.raises(SizeError):
            network(name, variant=variant, resolution=side)


def test_what_was_said_is_no_longer_open():
    formula = network_formula("mobilenet", {"alpha": 0.5, "batch": 1})
    assert [each.name for each in formula.dimensions] == ["r"]
    assert formula.macs(r=160) == 304102400


def test_a_dimension_that_the_network_lacks_is_refused():
    for words in (["seq"], ["alpha"]):
        with refuses(f"dims='{words[0]}' must be among batch, res, which this network leaves open"):
            network_formula("squeezenet", {}, words)
    with refuses("dims='' must leave a size open: batch, res or alpha"):
        network_formula("squeezenet", {}, [])


def test_the_alpha_of_mobilenetv2_is_whole():
    formula = network_formula("mobilenetv2", {"variant": "paper"}, ["alpha"])
    assert formula.dimensions[0].rule == "alpha a whole number"
    with pytest.raises(SizeError):
        formula.at(alpha=1.5)
    assert formula.at(alpha=2) == network("mobilenetv2", variant="paper", alpha=2).cost


def test_a_wrong_expression_is_not_given(monkeypatch):
    """A fault is planted: the closed form in numbers has another resolution."""

    def other(name, **options):
        if isinstance(options.get("resolution"), int):
            options["resolution"] += 1
        return network(name, **options)

    monkeypatch.setattr(closed_formulas, "network", other)
    with pytest.raises(FormulaError, match="the expressions of mobilenet do not hold at"):
        network_formula("mobilenet", {})
