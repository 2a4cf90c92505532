"""Every guard goes red on a planted fault: in a formula, a network's row, a hook, an import.

A green check tells something only if it would have been red.
"""

import importlib
from dataclasses import replace

import pytest
import torch
from torch import nn

from complexity import check
from complexity.closed_form.compare_rows import compare
from complexity.tracing.ops.cost_rules import name_of, work_of
from complexity.tracing.recording.recorder import Recorder
from formulas.core.cost import COST_FIELDS
from formulas.kinds import KINDS
from formulas.networks import NETWORKS, VARIANTS, network
from reports.model.report import report_of
from tests.complexity.cli.terminal import run
from tests.complexity.helpers import plant, traced

RESOLUTION = 37

# Where each kind is met: a network that has it.
HOME = {
    "depthwise": "mobilenet",
    "group": "shufflenet",
    "pointwise": "mobilenet",
    "standard": "squeezenet",
    "fc": "shufflenetv2",
    "batch_norm": "mobilenetv2",
    "max_pool": "squeezenet",
    "avg_pool": "shufflenet",
    "adaptive_avg_pool": "mobilenet",
    "activation": "squeezenet",
    "addition": "mobilenetv2",
    "concatenation": "shufflenetv2",
    "channel_shuffle": "shufflenet",
}


def differences(name: str, **options):
    """The closed form as it is now against a run of the real network, which no formula touches."""
    options = {"resolution": RESOLUTION, **options}
    return compare(report_of(network(name, **options)).layers, traced(name, **options).calls)


def test_every_kind_of_the_networks_has_its_fault():
    used = {
        placed.kind
        for name in NETWORKS
        for variant in VARIANTS
        for placed in network(name, variant=variant).layers
    }
    assert used == set(HOME)


@pytest.mark.parametrize("name", NETWORKS)
def test_without_a_fault_nothing_differs(name):
    assert differences(name) == ()


@pytest.mark.parametrize("field", COST_FIELDS)
@pytest.mark.parametrize("kind", HOME)
def test_a_fault_in_a_formula_is_found_in_each_layer_of_the_kind(monkeypatch, kind, field):
    name = HOME[kind]
    layers = network(name, resolution=RESOLUTION).layers
    guilty = {placed.name for placed in layers if placed.kind == kind}
    plant(monkeypatch, kind, field)
    found = differences(name)
    assert guilty == {each.layer for each in found} != set()
    assert {each.field for each in found} == {field}
    assert {each.closed - each.counted for each in found} == {1}


@pytest.mark.parametrize("kind", HOME)
def test_a_fault_in_a_formula_makes_the_command_fail_and_name_layer_and_field(
    capsys, monkeypatch, kind
):
    name, field = HOME[kind], "macs" if KINDS[kind].expression.macs != "0" else "memory_access"
    layers = network(name, resolution=RESOLUTION).layers
    guilty = next(placed.name for placed in layers if placed.kind == kind)
    plant(monkeypatch, kind, field)
    done = run(capsys, "report", name, "--res", str(RESOLUTION))
    assert done.status == 1
    assert "Checked: NOT confirmed" in done.out
    assert f"  {guilty}, {field}: closed form " in done.out


@pytest.mark.parametrize("kind", ["depthwise", "batch_norm"])
def test_a_fault_in_a_formula_makes_the_check_fail_and_name_layer_and_field(
    capsys, monkeypatch, kind
):
    field = "macs" if kind == "depthwise" else "elementwise"
    plant(monkeypatch, kind, field)
    done = run(capsys, "check", "mobilenet", "--alpha", "0.25", "--res", "32")
    assert done.status == 1
    assert "[1/1] FAIL mobilenet" in done.out
    part = "conv" if kind == "depthwise" else "bn"
    assert f"mobilenet  conv2.1.depthwise.{part} " in done.out
    assert "fvcore" in done.out.split("likely reason")[1]  # the outside counter sees it too


# Faults in the rows of the networks' tables.

FILES = {name: importlib.import_module(f"formulas.networks.{name}") for name in NETWORKS}


def changed(table, where, value):
    """A copy of the nested table with ``value`` at the place ``where``."""
    key, *deeper = where
    inner = changed(table[key], deeper, value) if deeper else value
    if isinstance(table, dict):
        return {**table, key: inner}
    return (*table[:key], inner, *table[key + 1 :])


def row_faults():
    """One fault for each number of each row of each network's table: where, and what instead.

    A stride of 1 becomes 2 and back; a width grows so that groups and halves still divide it.
    """
    for index, (_, width, stride) in enumerate(FILES["mobilenet"].SEPARABLES):
        yield "mobilenet", "SEPARABLES", (index, 1), width + 1, {}
        yield "mobilenet", "SEPARABLES", (index, 2), 3 - stride, {}
    for index, (_, t, c, n, stride) in enumerate(FILES["mobilenetv2"].STAGES):
        for column, value in enumerate((t + 1, c + 8, n + 1, 3 - stride), 1):
            yield "mobilenetv2", "STAGES", (index, column), value, {"variant": "paper"}
    for variant, table in (("document", "DOCUMENT_WIDTHS"), ("paper", "WIDTHS")):
        for groups, widths in getattr(FILES["shufflenet"], table).items():
            for stage, width in enumerate(widths):
                options = {"groups": groups, "variant": variant}
                yield "shufflenet", table, (groups, stage), width + 8 * groups, options
    for ratio, widths in FILES["shufflenetv2"].WIDTHS.items():
        for stage, width in enumerate(widths):
            yield "shufflenetv2", "WIDTHS", (ratio, stage), width + 2, {"ratio": ratio}
    for fire, (width, squeeze) in FILES["squeezenet"].FIRES.items():
        for column, value in enumerate((width + 2, squeeze + 1)):
            yield "squeezenet", "FIRES", (fire, column), value, {"variant": "paper"}


@pytest.mark.parametrize(
    ("name", "table", "where", "value", "options"),
    [pytest.param(*fault, id="-".join(map(str, fault[:4]))) for fault in row_faults()],
)
def test_a_fault_in_a_network_row_is_found(monkeypatch, name, table, where, value, options):
    tables = FILES[name]
    monkeypatch.setattr(tables, table, changed(getattr(tables, table), where, value))
    found = differences(name, **options)
    assert found
    assert {each.field for each in found} <= {"row", "output", *COST_FIELDS}


def test_a_fault_in_a_network_row_makes_the_check_fail_and_name_the_first_layer(
    capsys, monkeypatch
):
    tables = FILES["mobilenet"]
    monkeypatch.setattr(tables, "SEPARABLES", changed(tables.SEPARABLES, (3, 2), 1))
    assert tables.SEPARABLES[3] == ("conv2.0", 256, 1)
    done = run(capsys, "check", "mobilenet", "--res", "32", "--format", "json")
    assert done.status == 1
    assert '"layer": "conv2.0.depthwise.conv"' in done.out
    assert '"agrees": false' in done.out


def test_a_fault_in_a_real_network_is_found(monkeypatch):
    from complexity.models import BUILDERS, mobilenet

    def other(**options):
        model = mobilenet(**options)
        model.fc = nn.Linear(model.fc.in_features, model.fc.out_features, bias=False)
        return model

    monkeypatch.setitem(BUILDERS, "mobilenet", other)
    verdict = check("mobilenet", alpha=0.25)
    by_trace = {each.field for each in verdict.differences if each.by == "trace"}
    assert {each.layer for each in verdict.differences} >= {"fc"}
    assert by_trace == {"params", "elementwise", "memory_access"}


# Faults in what listens to the run.


@pytest.fixture
def alone(monkeypatch):
    """No outside counter helps: the two roads find it by themselves."""
    monkeypatch.setattr("complexity.interop.check.ask", lambda *_: ())


def found_by_check():
    verdict = check("mobilenet", alpha=0.25)
    assert not verdict.agrees
    return {(each.layer, each.field) for each in verdict.differences}


def test_a_hook_that_misses_a_layer_is_found(monkeypatch, alone):
    real = Recorder.leave

    def deaf(self, *args):
        before = len(self.calls)
        real(self, *args)
        if self.calls[before:] and self.calls[-1].name == "conv2.0.pointwise.conv":
            self.calls.pop()

    monkeypatch.setattr(Recorder, "leave", deaf)
    assert found_by_check() == {("conv2.0.pointwise.conv", "row")}


def test_a_hook_that_blames_another_layer_is_found(monkeypatch, alone):
    real = Recorder.leave

    def confused(self, *args):
        before = len(self.calls)
        real(self, *args)
        if self.calls[before:] and self.calls[-1].name == "fc":
            self.calls[-1].name = "avg.fc"

    monkeypatch.setattr(Recorder, "leave", confused)
    assert found_by_check() == {("fc", "row"), ("avg.fc", "row")}


def test_a_hook_that_counts_a_layer_twice_is_found(monkeypatch, alone):
    real = Recorder.leave

    def stutter(self, *args):
        before = len(self.calls)
        real(self, *args)
        for call in self.calls[before:]:
            call.calls *= 1 + (call.name == "fc")

    monkeypatch.setattr(Recorder, "leave", stutter)
    assert found_by_check() == {("fc", "calls")}


@pytest.mark.parametrize("field", ["macs", "elementwise", "activations"])
def test_an_operator_that_is_miscounted_is_found(monkeypatch, alone, field):
    def miscounted(func, args, out):
        work = work_of(func, args, out)
        if name_of(func) == "convolution":
            work = work._replace(**{field: getattr(work, field) + 1})
        return work

    monkeypatch.setattr("complexity.tracing.recording.recorder.work_of", miscounted)
    layers = network("mobilenet", alpha=0.25).layers
    convs = {p.name for p in layers if p.kind in ("standard", "depthwise", "pointwise")}
    assert found_by_check() == {(name, field) for name in convs}


def test_an_operator_that_is_taken_for_nothing_is_found(monkeypatch, alone):
    def forgetful(func, args, out):
        work = work_of(func, args, out)
        return work._replace(elementwise=0, moves=False) if name_of(func) == "relu" else work

    monkeypatch.setattr("complexity.tracing.recording.recorder.work_of", forgetful)
    layers = network("mobilenet", alpha=0.25).layers
    relus = {p.name for p in layers if p.kind == "activation"}
    assert found_by_check() == {(r, f) for r in relus for f in ("elementwise", "memory_access")}


def test_an_outside_counter_that_says_something_else_is_found(monkeypatch):
    from complexity.interop import reference_counters as witnesses

    def off(*args, right=witnesses.torch_witness):
        return replace(right(*args), counted=right(*args).counted + 2)

    monkeypatch.setitem(witnesses.WITNESSES, witnesses.TORCH, (off, "meta"))
    verdict = check(nn.Linear(5, 7), torch.zeros(3, 5))
    (found,) = verdict.differences
    assert (found.layer, found.closed, found.counted) == ("model", 210, 212)


def test_an_outside_counter_that_says_something_else_of_a_network_is_found(monkeypatch):
    from complexity.interop import reference_counters as witnesses

    def off(*args, right=witnesses.fvcore_witness):
        return replace(right(*args), counted=right(*args).counted + 2)

    monkeypatch.setitem(witnesses.WITNESSES, witnesses.FVCORE, (off, "cpu"))
    (found,) = check("mobilenet", alpha=0.25).differences
    assert (found.layer, found.by, found.counted - found.closed) == ("model", "fvcore", 2)
