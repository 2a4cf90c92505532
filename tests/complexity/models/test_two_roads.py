"""The five real networks against their closed forms, which were written apart from them."""

import pytest
import torch

from complexity.analysis import run_of
from complexity.models import BUILDERS, build
from formulas.core.cost import COST_FIELDS
from formulas.networks import NETWORKS
from tests.complexity.helpers import (
    ODD,
    SETTINGS,
    USUAL,
    closed_form,
    label,
)


@pytest.fixture(scope="module", params=SETTINGS, ids=label)
def real(request):
    """A setting and its real network, without storage; pytest makes one after the other."""
    return request.param, build(closed_form(request.param), "meta")


FUNCTIONS = ("addition", "concatenation")  # rows that no module runs


def test_every_closed_form_has_its_real_network():
    assert list(BUILDERS) == list(NETWORKS)


def test_every_setting_is_tested():
    assert len(SETTINGS) == 2 + 2 * 4 + (1 + 4) + 2 * 5 + 2 * 4


def test_parameters_and_buffers_equal_the_closed_form(real):
    setting, model = real
    closed = closed_form(setting)
    assert sum(p.numel() for p in model.parameters()) == closed.cost.params
    assert sum(b.numel() for b in model.buffers()) == closed.buffers


def test_each_row_names_a_module_with_just_its_parameters(real):
    setting, model = real
    modules = dict(model.named_modules())
    rows = [row for row in closed_form(setting).layers if row.kind not in FUNCTIONS]
    for row in rows:
        own = modules[row.name.split("#")[0]]
        again = "#" in row.name
        held = sum(p.numel() for p in own.parameters())
        assert row.cost.params == held * (not again), row.name
    leaves = {path for path, module in modules.items() if not list(module.children())}
    assert {row.name.split("#")[0] for row in rows} == leaves


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_forward_with_real_arithmetic_gives_finite_scores(name, variant):
    closed = closed_form((name, {"variant": variant}), resolution=(67, 83), batch=2, classes=7)
    torch.manual_seed(11)
    with torch.no_grad():
        out = build(closed)(torch.randn(*closed.input_shape))
    assert out.shape == (2, 7)
    assert torch.isfinite(out).all()
    assert out.std() > 0


@pytest.mark.parametrize("where", [ODD, USUAL], ids=["odd", "usual"])
def test_trace_equals_closed_form_row_by_row_and_gives_a_score_for_each_class(real, where):
    setting, model = real
    closed = closed_form(setting, **where)
    rows = closed.layers
    scores = []
    watching = model.register_forward_hook(lambda _, __, out: scores.append(tuple(out.shape)))
    run = run_of(model, torch.empty(*closed.input_shape, device="meta"))
    watching.remove()
    assert scores == [(closed.input_shape[0], closed.classes)]
    assert run.parameters == ()
    assert not any(call.unknown for call in run.calls)
    assert run.device == "meta"
    assert [call.name for call in run.calls] == [row.name for row in rows]
    for row, call in zip(rows, run.calls, strict=True):
        assert call.out_shape == row.out_shape, row.name
        assert set(call.in_shapes) == set(row.in_shapes), row.name
        assert call.calls == 1
        for field in COST_FIELDS:
            assert getattr(call.cost, field) == getattr(row.cost, field), (row.name, field)
