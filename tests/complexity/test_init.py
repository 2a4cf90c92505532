"""The door of the package: what it offers, and that it is loaded only when asked for."""

import pytest

import complexity


def test_the_names_are_those_of_the_modules_behind():
    from complexity.analysis import analyze
    from complexity.errors import ModelError
    from complexity.grid.pareto import search
    from complexity.grid.sweep import sweep
    from complexity.interop.bridge import bridge
    from complexity.interop.check import check
    from complexity.registry import register
    from complexity.symbolic.derive import derive

    assert complexity.analyze is analyze
    assert complexity.bridge is bridge
    assert complexity.check is check
    assert complexity.derive is derive
    assert complexity.register is register
    assert complexity.ModelError is ModelError
    assert complexity.sweep is sweep
    assert complexity.search is search
    names = "Arguments ModelError analyze bridge check derive register search sweep"
    assert sorted(complexity.__all__) == names.split()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'complexity' has no attribute 'analyse'"):
        _ = complexity.analyse
