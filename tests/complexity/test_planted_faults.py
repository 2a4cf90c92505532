"""A fault in the formula of any kind, in any figure, makes a check of a real module disagree."""

import pytest

from complexity import check
from formulas.core.cost import COST_FIELDS
from formulas.kinds import KINDS
from tests.complexity.closed_form.samples import KIND_SAMPLES
from tests.complexity.helpers import plant
from tests.complexity.small import Calls


@pytest.fixture
def alone(monkeypatch):
    """No outside counter helps: the two roads find it by themselves."""
    monkeypatch.setattr("complexity.interop.check.ask", lambda *_: ())


# What a function is applied to belongs to its owner: its own row holds no params, ever.
WITHOUT_PARAMS = {
    "matmul", "grouped_matmul", "outer", "attention", "addition", "elementwise", "reduction",
    "copy", "concatenation",
}  # fmt: skip


def checked_sample(kind: str):
    model, inputs = KIND_SAMPLES[kind]
    return check(model, inputs)


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_fault_no_sample_of_a_kind_differs(kind, alone):
    assert checked_sample(kind).differences == ()


@pytest.mark.parametrize("field", COST_FIELDS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_fault_in_the_formula_of_any_kind_makes_a_check_disagree(monkeypatch, alone, kind, field):
    plant(monkeypatch, kind, field)
    verdict = checked_sample(kind)
    if field == "params" and kind in WITHOUT_PARAMS:
        assert verdict.agrees
        return
    assert not verdict.agrees
    (found,) = verdict.differences
    assert (found.field, found.by, found.closed - found.counted) == (field, "trace", 1)


def test_the_kinds_without_params_are_those_that_no_class_of_layer_is_read_as():
    assert {k for k, (model, _) in KIND_SAMPLES.items() if isinstance(model, Calls)} == (
        WITHOUT_PARAMS
    )
