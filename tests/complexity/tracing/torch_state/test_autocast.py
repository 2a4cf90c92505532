"""Autocast: what acts on the CPU alone is run there, without storage, and nothing is passed over."""

import pytest
import torch
from torch import nn

from complexity import analyze
from complexity.tracing.torch_state.autocast import noticing
from formulas.core.memory_traffic import Traffic
from tests.complexity.any_model.helpers import Function, quiet, zeros

X = zeros(3, 5)


class Cast(nn.Module):
    """Two linear layers under the autocast that it is made with."""

    def __init__(self, device="cpu", enabled=True):
        super().__init__()
        self.a, self.b = nn.Linear(5, 7), nn.Linear(7, 11)
        self.options = {"device_type": device, "dtype": torch.bfloat16, "enabled": enabled}

    def forward(self, x):
        with torch.autocast(**self.options):
            return self.b(self.a(x).relu())


class Decorated(Cast):
    @torch.autocast("cpu", dtype=torch.bfloat16)
    def forward(self, x):
        return self.b(self.a(x).relu())


class Plain(Cast):
    def forward(self, x):
        return self.b(self.a(x).relu())


def real(model):
    """The data types of what the layers really give."""
    found = []
    hooks = [each.register_forward_hook(lambda m, args, out: found.append(out.dtype))
             for each in (model.a, model.b)]  # fmt: skip
    model(X)
    for hook in hooks:
        hook.remove()
    return found


@pytest.mark.parametrize("meta", [False, True], ids=["real weights", "shapes alone"])
@pytest.mark.parametrize("engine", ["fast", "operators"])
@pytest.mark.parametrize("kind", [Cast, Decorated])
def test_under_autocast_for_the_cpu_the_types_are_those_of_a_real_run(kind, engine, meta):
    model = kind()
    assert real(model) == [torch.bfloat16] * 2
    report = analyze(model.to("meta") if meta else model, X, engine=engine)
    assert report.layer("a").moved == {
        "float32": Traffic(inputs=15, weights=42), "bfloat16": Traffic(outputs=21),
    }  # fmt: skip
    assert report.layer("b").moved == {
        "float32": Traffic(weights=88), "bfloat16": Traffic(inputs=21, outputs=33),
    }  # fmt: skip
    assert report.macs == 3 * 5 * 7 + 3 * 7 * 11
    assert report.verdict.agrees
    assert report.caveats == ()
    assert "Ran on fake CPU tensors, for autocast does nothing on the meta device." in report.notes


def test_autocast_around_the_analysis_acts_on_all_of_it():
    with torch.autocast("cpu", dtype=torch.bfloat16):
        report = analyze(Plain(), X, memory=True, flow=True)
    within = analyze(Cast(), X, memory=True, flow=True)
    assert report.layer("a").moved == within.layer("a").moved
    assert (report.memory, report.flow) == (within.memory, within.flow)
    assert sum(map(sum, within.flow.taken)) % 2 == 0
    assert (2 * 21) in within.flow.written  # of relu, for b, in bfloat16
    assert analyze(Plain(), X).layer("a").moved.keys() == {"float32"}


def test_a_step_under_autocast_has_its_gradients():
    report = analyze(Cast(), X, backward=True)
    assert report.training.backward.macs == 105 + 2 * 231
    assert report.layer("b").moved["bfloat16"] == Traffic(inputs=21, outputs=33)


def test_what_is_switched_off_changes_nothing():
    report = analyze(Cast(enabled=False), X)
    assert (report.verdict.traced_on, report.caveats) == ("meta", ())


def test_what_cannot_run_without_numbers_runs_on_the_cpu():
    def looked(x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            if x.device.type != "meta":
                x.sum().item()  # which a tensor without storage does not know
            return x @ x.mT

    report = analyze(Function(looked), X)
    assert report.verdict.traced_on == "cpu"
    assert report.layer("matmul").moved["bfloat16"].outputs == 9
    (note,) = (note for note in report.notes if note.startswith("Ran on"))
    assert "Ran on the CPU, for on the meta device its autocast does nothing, and on fake" in note
    shapes = analyze(Function(looked).to("meta"), X.to("meta"))
    assert shapes.layer("matmul").macs == 45


def test_where_it_can_only_run_on_meta_the_report_says_what_it_lacks():
    def looked(x, weight):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            if x.device.type != "meta":
                raise ValueError("no")
            return x @ weight

    report = analyze(Function(looked, (5, 7)).to("meta"), X.to("meta"))
    assert report.caveats == (
        "Not applied: autocast for cpu; the run was on meta, where it does nothing, so data types "
        "and bytes are those without it.",
    )
    assert report.caveats[0] in str(report)


def test_autocast_for_a_gpu_is_said_not_to_have_been_applied():
    with quiet():
        report = analyze(Cast("cuda"), X)
    assert report.layer("a").moved.keys() == {"float32"}
    assert len(report.caveats) == 1
    assert report.caveats[0].startswith("Not applied: autocast for cuda; the run was on meta, ")
    with quiet():
        assert analyze(Cast("cuda", enabled=False), X).caveats == ()


def test_the_former_way_to_switch_it_on_is_noticed():
    before = torch.set_autocast_cpu_enabled
    with noticing() as found, quiet():
        torch.set_autocast_cpu_enabled(False)
        assert found == set()
        torch.set_autocast_cpu_enabled(True)
        torch.set_autocast_cpu_enabled(False)
    assert found == {"cpu"}
    assert torch.set_autocast_cpu_enabled is before


def test_torch_is_put_back_and_an_error_changes_nothing():
    before = torch.autocast.__init__, torch.set_autocast_enabled
    seen = []

    def break_down():
        with noticing() as found:
            seen.append(found)
            assert torch.autocast.__init__ is not before[0]
            torch.set_autocast_enabled("cpu", True)
            torch.set_autocast_enabled("cpu", False)
            raise KeyError

    with pytest.raises(KeyError):
        break_down()
    assert seen == [{"cpu"}]
    assert (torch.autocast.__init__, torch.set_autocast_enabled) == before
