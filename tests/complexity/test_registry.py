"""Formulas of the user's own, for an operator and for a module, and how to take them back."""

import re

import pytest
import torch
from torch import Tensor, nn

from complexity import analyze, register
from complexity.cli import main
from complexity.registry import REGISTERED
from formulas.core.cost import Cost
from tests.complexity.any_model.helpers import Function, zeros


@torch.library.custom_op("any_model_tests::scan", mutates_args=())
def scan(x: Tensor, decay: float) -> Tensor:
    """A recurrence in one kernel, as a library would bring it."""
    steps, state = [], torch.zeros_like(x[0])
    for step in x:
        state = decay * state + step
        steps.append(state)
    return torch.stack(steps)


@scan.register_fake
def _(x: Tensor, decay: float) -> Tensor:
    return torch.empty_like(x)


@torch.library.custom_op("any_model_tests::real_only", mutates_args=())
def real_only(x: Tensor) -> Tensor:
    """A kernel without a version for the meta device."""
    return x.clone()


OPERATOR = torch.ops.any_model_tests.scan
NAME = "any_model_tests.scan"
SEQUENCE = zeros(5, 7, 11)


class Scanned(nn.Module):
    """A projection, a scan whose kernel nobody knows, and a projection."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Linear(11, 3)
        self.up = nn.Linear(3, 11)

    def forward(self, x):
        return self.up(OPERATOR(self.down(x), 0.5))


KNOWN = 2 * 35 * 33


class Kernel(nn.Module):
    """A module with an operator inside that nobody knows."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(zeros(11))

    def forward(self, x, *, times: int = 1):
        for _ in range(times):
            x = OPERATOR(x * self.scale, 0.5)
        return x


class Special(Kernel):
    """The same, of another class."""


@pytest.fixture(autouse=True)
def nothing_stays_registered():
    yield
    left = dict(REGISTERED)
    REGISTERED.clear()
    assert left == {}


def test_an_unknown_operator_is_named_and_the_total_is_a_lower_bound():
    report = analyze(Scanned(), SEQUENCE)
    assert report.unknown == {NAME: 1}
    assert not report.complete
    assert report.macs == KNOWN
    assert report.coverage["unknown"] == 1


def test_a_registered_operator_is_counted_by_its_formula():
    with register(OPERATOR, lambda out, x, decay: 2 * x.numel()):
        report = analyze(Scanned(), SEQUENCE)
    assert report.unknown == {}
    assert report.complete
    assert report.macs == KNOWN + 2 * 5 * 7 * 3
    assert report.layer("scan").macs == 210
    assert report.coverage.get("unknown", 0) == 0
    assert any("registered formula" in note and "scan (1)" in note for note in report.notes)
    assert report.verdict.agrees


def test_a_formula_sees_the_output_and_the_arguments():
    seen = []

    def formula(out, x, decay):
        seen.append((tuple(out.shape), tuple(x.shape), decay))
        return Cost(macs=13, elementwise=17, activations=19)

    with register(OPERATOR, formula):
        report = analyze(Function(lambda x: OPERATOR(x, 0.25)), SEQUENCE)
    assert seen == [((5, 7, 11), (5, 7, 11), 0.25)]
    assert (report.cost.macs, report.cost.elementwise, report.cost.activations) == (13, 17, 19)


def test_one_overload_can_be_registered_alone():
    with register(OPERATOR.default, lambda out, x, decay: 23):
        assert analyze(Function(lambda x: OPERATOR(x, 0.5)), SEQUENCE).macs == 23


def test_a_registered_formula_replaces_a_built_in_one():
    model = Function(torch.cumsum)
    assert analyze(model, (zeros(7, 11), 0)).macs == 0
    with register(torch.ops.aten.cumsum, lambda out, x, dim: out.numel()):
        assert analyze(model, (zeros(7, 11), 0)).macs == 77
    assert analyze(model, (zeros(7, 11), 0)).macs == 0


def test_remove_takes_the_formula_back():
    registration = register(OPERATOR, lambda out, x, decay: 29)
    assert analyze(Scanned(), SEQUENCE).macs == KNOWN + 29
    registration.remove()
    report = analyze(Scanned(), SEQUENCE)
    assert (report.macs, report.unknown) == (KNOWN, {NAME: 1})
    registration.remove()  # once more does no harm


def test_a_with_block_takes_it_back_also_after_an_error():
    with pytest.raises(KeyError), register(OPERATOR, lambda out, x, decay: 29):
        raise KeyError
    assert analyze(Scanned(), SEQUENCE).unknown == {NAME: 1}


def test_the_end_of_an_inner_block_leaves_the_outer_formula():
    with register(OPERATOR, lambda out, x, decay: 31):
        with register(OPERATOR, lambda out, x, decay: 37):
            assert analyze(Scanned(), SEQUENCE).macs == KNOWN + 37
        assert analyze(Scanned(), SEQUENCE).macs == KNOWN + 31


def test_a_registered_module_is_one_row():
    model = nn.Sequential(nn.Linear(11, 11), Kernel())
    assert analyze(model, SEQUENCE).unknown == {NAME: 1}
    with register(Kernel, lambda module, out, x: x.numel() * module.scale.numel()):
        report = analyze(model, SEQUENCE)
    row = report.layer("1")
    assert (row.macs, row.params) == (5 * 7 * 11 * 11, 11)
    assert report.unknown == {}
    assert report.macs == row.macs + 35 * 121
    assert [each.name for each in report.layers] == ["0", "1"]


def test_a_registered_module_is_given_its_keywords():
    class Called(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.kernel = Kernel()

        def forward(self, x):
            return self.kernel(x, times=3)

    with register(Kernel, lambda module, out, x, *, times: times * 41):
        assert analyze(Called(), SEQUENCE).macs == 123


def test_a_base_class_stands_for_its_subclasses_and_the_nearest_wins():
    with register(Kernel, lambda module, out, x: 43):
        assert analyze(Special(), SEQUENCE).macs == 43
        with register(Special, lambda module, out, x: 47):
            assert analyze(Special(), SEQUENCE).macs == 47
            assert analyze(Kernel(), SEQUENCE).macs == 43


def test_a_registered_module_run_often_adds_up_with_its_weights_once():
    kernel = Kernel()
    with register(Kernel, lambda module, out, x: 53):
        report = analyze(nn.Sequential(kernel, kernel, kernel), SEQUENCE)
    assert (report.macs, report.params) == (3 * 53, 11)


def test_a_registered_known_layer_is_counted_by_the_users_formula():
    with register(nn.Linear, lambda module, out, x: 59):
        report = analyze(nn.Linear(7, 11), zeros(3, 7))
    assert (report.macs, report.params) == (59, 88)


def test_an_operator_without_a_meta_kernel_is_run_for_real():
    operator = torch.ops.any_model_tests.real_only
    model = Function(operator)
    report = analyze(model, zeros(3, 7))
    assert report.unknown == {"any_model_tests.real_only": 1}
    assert report.verdict.traced_on == "cpu"
    with register(operator, lambda out, x: 61):
        assert analyze(model, zeros(3, 7)).macs == 61


def test_an_operator_that_breaks_in_a_training_step_says_so():
    """The custom operator has no gradient: one sentence, and not a wrong number."""
    from complexity import ModelError

    with pytest.raises(ModelError, match="any_model_tests"):
        analyze(Kernel(), SEQUENCE, backward=True)


@pytest.mark.parametrize("target", [torch.cumsum, "aten::cumsum", nn.Linear(3, 5), int, None])
def test_a_wrong_target_is_refused(target):
    with pytest.raises(TypeError, match=re.escape(f"target={target!r} must be an operator")):
        register(target, lambda out, x: 0)


def test_a_formula_that_is_no_function_is_refused():
    with pytest.raises(TypeError, match="formula=67 must be a function"):
        register(OPERATOR, 67)


SOURCE = """
import torch
from torch import nn

class Singular(nn.Module):
    def forward(self, x):
        return torch.linalg.svdvals(x)

def model():
    return nn.Sequential(nn.Linear(5, 7), Singular())
"""


@pytest.mark.parametrize(("options", "status"), [((), 0), (("--strict",), 1)])
def test_strict_fails_where_something_is_unknown(options, status, tmp_path, capsys):
    source = tmp_path / "singular.py"
    source.write_text(SOURCE, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["report", f"{source}:model", "--input", "3x5", *options])
    assert ended.value.code == status
    printed = capsys.readouterr().out
    assert "aten._linalg_svd" in printed
    assert "at least" in printed


def test_strict_passes_where_nothing_is_unknown(tmp_path, capsys):
    source = tmp_path / "known.py"
    source.write_text("from torch import nn\nmodel = nn.Linear(5, 7)\n", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["report", f"{source}:model", "--input", "3x5", "--strict"])
    assert ended.value.code == 0
    assert "at least" not in capsys.readouterr().out
