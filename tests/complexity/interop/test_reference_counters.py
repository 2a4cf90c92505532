"""The outside counters: what they must find, by hand; and why, where they cannot run."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn
from torch.utils.flop_counter import flop_registry

from complexity import analyze, check, register
from complexity.interop.reference_counters import FVCORE_MISSES, TORCH_MISSES, WITNESSES, ask
from complexity.tracing.ops import cost_rules as operators
from tests.complexity.helpers import plant, state_of, values_of
from tests.complexity.small import Calls, Keyword, Reused, network_in_miniature


def answers(model, *inputs):
    return {each.name: each for each in ask(analyze(model, inputs), model, inputs)}


def both(model, *inputs):
    found = answers(model, *inputs)
    return [
        (found[name].expected, found[name].counted) for name in ("fvcore", "torch FlopCounterMode")
    ]


def test_a_convolution_is_one_for_each_mac_and_two_for_torch():
    macs = 2 * 10 * 9 * 9 * (3 * 3 * 5)
    conv = nn.Conv2d(6, 10, (3, 5), groups=2)
    assert both(conv, torch.zeros(2, 6, 11, 13)) == [(macs, macs), (2 * macs, 2 * macs)]
    fvcore, counter = answers(conv, torch.zeros(2, 6, 11, 13)).values()
    assert (fvcore.explained, counter.explained) == ((), ("2 for each MAC",))


def test_fvcore_adds_two_for_each_normalised_element():
    elements = 2 * 3 * 7 * 11
    found = answers(nn.BatchNorm2d(3), torch.zeros(2, 3, 7, 11))
    assert found["fvcore"].expected == found["fvcore"].counted == 2 * elements
    assert found["fvcore"].explained == ("+ 924: two per batch-norm element",)
    assert found["torch FlopCounterMode"].counted == 0


def test_a_small_network_by_hand():
    # convolution 2x5x9x11 of 27 weights; the same map normalised, then averaged; 30 -> 7 twice
    macs, normalised, averaged = 990 * 27 + 2 * 30 * 7, 990, 990
    total = macs + 2 * normalised + averaged
    model = network_in_miniature()
    assert both(model, torch.zeros(2, 3, 11, 13)) == [(total, total), (2 * macs, 2 * macs)]


def test_keywords_are_no_reason_to_be_silent():
    report = analyze(Keyword(), inputs := {"left": torch.zeros(3, 5), "right": torch.zeros(3, 5)})
    fvcore, counter = ask(report, Keyword(), inputs)
    assert fvcore.counted == fvcore.expected == report.macs == 210
    assert counter.counted == 2 * report.macs


class MakesTensors(nn.Linear):
    """Makes a tensor without saying where; asks what it holds, where it can be told."""

    def __init__(self, asks):
        super().__init__(5, 7)
        self.asks = asks

    def forward(self, x):
        made = torch.ones(3, 5)
        return super().forward(x + made * (made.sum().item() if self.asks else 1))


@pytest.mark.parametrize(("asks", "traced_on"), [(False, "meta"), (True, "cpu")])
def test_torchs_counter_runs_in_the_way_of_our_trace(asks, traced_on):
    model = MakesTensors(asks)
    report = analyze(model, torch.zeros(3, 5))
    assert report.verdict.traced_on == traced_on
    assert [each.counted for each in ask(report, model, torch.zeros(3, 5))] == [105, 210]


def test_torchs_counter_speaks_of_a_module_that_is_given_a_parameter():
    class Outer(nn.Module):
        def __init__(self):
            super().__init__()
            self.token, self.fc = nn.Parameter(torch.zeros(3, 5)), nn.Linear(5, 7)

        def forward(self, x):
            return self.fc(self.token) + x

    assert both(Outer(), torch.zeros(3, 7)) == [(105, 105), (210, 210)]


def test_what_follows_a_registered_formula_is_not_for_outsiders_to_judge():
    with register(torch.ops.aten.cumsum, lambda out, *_: 1000 * out.numel()):
        verdict = check(Calls(lambda x: x.cumsum(0)), torch.zeros(7))
    assert verdict.agrees
    assert [(each.counted, each.agrees, each.judged) for each in verdict.witnesses] == [
        (0, False, False), (0, False, False),
    ]  # fmt: skip
    assert all(
        each.explained[-1] == "not judged: registered here for cumsum" for each in verdict.witnesses
    )


def test_any_failure_of_a_witness_is_its_answer_and_not_ours(monkeypatch):
    def fail(*_):
        raise OSError("the reason\nand more of it")

    def fail_silently(*_):
        raise NotImplementedError

    monkeypatch.setitem(WITNESSES, "fvcore", (fail, "cpu"))
    monkeypatch.setitem(WITNESSES, "torch FlopCounterMode", (fail_silently, "meta"))
    verdict = check(nn.Linear(5, 7), torch.zeros(3, 5))
    assert verdict.agrees
    assert [each.counted for each in verdict.witnesses] == [None, None]
    assert verdict.witnesses[0].explained == ("could not run: OSError: the reason",)
    assert verdict.witnesses[1].explained[0].startswith("could not run: NotImplementedError")


class Unused(nn.Module):
    """Two layers run, and one is used."""

    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Linear(5, 7), nn.Linear(5, 7)

    def forward(self, x):
        self.a(x)
        return self.b(x)


def test_a_dead_branch_is_no_difference():
    verdict = check(Unused(), torch.zeros(3, 5))
    assert verdict.agrees
    assert [each.counted for each in verdict.witnesses] == [105, 420]
    assert verdict.witnesses[0].explained == (
        "- 105: results that nothing uses, dropped by torch.jit",
    )


@pytest.mark.parametrize("where", ["formula", "rows"])
def test_a_fault_beside_a_dead_branch_is_a_difference(monkeypatch, where):
    """What is dropped is told by fvcore's own second count, and our rows must tell the whole."""
    if where == "formula":
        plant(monkeypatch, "fc", "macs")
    else:
        monkeypatch.setattr(
            "complexity.interop.reference_counters.habits_of_fvcore", lambda _: [("extra", 2)]
        )
    verdict = check(Unused(), torch.zeros(3, 5))
    (found,) = (each for each in verdict.differences if each.by == "fvcore")
    assert (found.closed, found.counted) == (105 + 2, 105)


def test_where_the_second_count_fails_the_first_stands(monkeypatch):
    def fails(*_):
        raise OSError("no such thing")

    monkeypatch.setattr("complexity.interop.reference_counters.Whole", fails)
    fvcore = answers(Unused(), torch.zeros(3, 5))["fvcore"]
    assert (fvcore.expected, fvcore.counted, fvcore.explained) == (210, 105, ())


def test_witnesses_say_nothing_on_the_terminal(capfd):
    answers(network_in_miniature(), torch.zeros(2, 3, 11, 13))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("model", "shape", "figure"),
    [
        (Reused(nn.BatchNorm2d(3), rows=1), (2, 3, 7, 11), 2 * (462 + 462 + 231)),
        (nn.BatchNorm1d(5), (3, 5), 30),
    ],
    ids=["reused", "vectors"],
)
def test_a_known_habit_is_explained_in_rarer_places_too(model, shape, figure):
    fvcore = answers(model, torch.zeros(shape))["fvcore"]
    assert fvcore.expected == fvcore.counted == figure
    assert fvcore.explained == (f"+ {figure:,}: two per batch-norm element",)


MISSED = {  # kind: model, shapes, MACs, and whether torch has no rule for it either
    "mv": (Calls(torch.mv), [(3, 5), (5,)], 15, True),
    "addmv": (Calls(torch.addmv), [(3,), (3, 5), (5,)], 15, True),
    "dot": (Calls(torch.dot), [(5,), (5,)], 5, True),
    "vdot": (Calls(torch.vdot), [(5,), (5,)], 5, True),
    "addbmm": (Calls(torch.addbmm), [(3, 7), (2, 3, 5), (2, 5, 7)], 210, True),
    "addr": (Calls(torch.addr), [(3, 5), (3,), (5,)], 15, True),
    "outer": (Calls(torch.outer), [(3,), (5,)], 15, True),
    "bilinear": (nn.Bilinear(5, 7, 3), [(2, 5), (2, 7)], 210, True),
    "attention": (
        Calls(F.scaled_dot_product_attention),
        [(2, 3, 5, 13), (2, 3, 7, 13), (2, 3, 7, 11)], 2 * 3 * 5 * 7 * (13 + 11), False,
    ),
    "lstm": (nn.LSTM(5, 7), [(11, 2, 5)], 11 * 2 * 4 * 7 * 12, False),
    "gru": (nn.GRU(5, 7), [(11, 2, 5)], 11 * 2 * 3 * 7 * 12, False),
    "rnn": (nn.RNN(5, 7), [(11, 2, 5)], 11 * 2 * 7 * 12, False),
}  # fmt: skip


@pytest.mark.parametrize("kind", MISSED)
def test_what_an_outsider_has_no_rule_for_is_said_and_left_out(kind):
    model, shapes, macs, torch_too = MISSED[kind]
    fvcore, counter = answers(model, *(torch.zeros(shape) for shape in shapes)).values()
    assert (fvcore.expected, fvcore.counted) == (0, 0)
    assert fvcore.explained == (f"- {macs:,}: {kind} not counted",)
    left = 0 if torch_too else 2 * macs
    assert (counter.expected, counter.counted) == (left, left)
    missed = (f"- {2 * macs:,}: {kind} not counted",) * torch_too
    assert counter.explained == ("2 for each MAC", *missed)


def test_every_product_is_in_torchs_register_or_among_its_misses():
    products = set(operators.PRODUCTS)
    registered = {packet.__name__ for packet in flop_registry if hasattr(packet, "__name__")}
    known = registered | set(TORCH_MISSES)
    assert products - known == set()
    assert not registered & set(TORCH_MISSES)
    assert set(TORCH_MISSES) - {"einsum"} <= set(FVCORE_MISSES)  # fvcore has a rule for it


@pytest.mark.parametrize("name", ["attention", "bilinear", "dot", "lstm", "mv", "outer"])
def test_a_layer_that_is_called_like_a_miss_is_none(name):
    model = nn.Sequential()
    model.add_module(name, nn.Linear(5, 7))
    assert both(model, torch.zeros(3, 5)) == [(105, 105), (210, 210)]


@pytest.mark.parametrize("cell", [nn.LSTMCell, nn.GRUCell, nn.RNNCell])
def test_one_recurrent_step_is_seen_by_both(cell):
    model = cell(5, 7)
    macs = analyze(model, torch.zeros(3, 5)).macs
    assert both(model, torch.zeros(3, 5)) == [(macs, macs), (2 * macs, 2 * macs)]


COMPLEX = {  # model, shapes, real MACs, what the outsiders find
    "matmul": (Calls(torch.matmul), [(3, 5), (5, 7)], 4 * 105, 105),
    "bmm": (Calls(torch.bmm), [(2, 3, 5), (2, 5, 7)], 4 * 210, 210),
    "linear": (nn.Linear(5, 7, dtype=torch.cfloat), [(3, 5)], 4 * 105, 105),
    "mv": (Calls(torch.mv), [(3, 5), (5,)], 4 * 15, 0),
}


@pytest.mark.parametrize("name", COMPLEX)
def test_a_complex_product_is_one_product_to_the_outsiders(name):
    model, shapes, macs, seen = COMPLEX[name]
    inputs = [torch.zeros(shape, dtype=torch.cfloat) for shape in shapes]
    assert analyze(model, tuple(inputs)).macs == macs
    assert both(model, *inputs) == [(seen, seen), (2 * seen, 2 * seen)]
    fvcore, counter = answers(model, *inputs).values()
    why = "complex products counted as one, not four" if seen else "mv not counted"
    assert fvcore.explained == (f"- {macs - seen:,}: {why}",)
    assert counter.explained == ("2 for each MAC", f"- {2 * (macs - seen):,}: {why}")


def test_fvcore_has_no_rule_for_a_batch_of_products_that_is_added():
    shapes = [(2, 3, 7), (2, 3, 5), (2, 5, 7)]
    fvcore = answers(Calls(torch.baddbmm), *(torch.zeros(shape) for shape in shapes))["fvcore"]
    assert fvcore.expected == fvcore.counted == 0


def test_the_outside_counters_leave_model_and_torch_as_they_were():
    model = network_in_miniature().train()
    model[0].register_forward_hook(lambda *_: None)
    x = torch.randn(2, 3, 11, 13)
    report = analyze(model, x)
    before, values = state_of(model, x), values_of(model, x)
    fast, onednn = torch.backends.mha.get_fastpath_enabled(), torch.backends.mkldnn.enabled
    assert all(each.agrees for each in ask(report, model, x))
    assert state_of(model, x) == before
    assert all(map(torch.equal, values, values_of(model, x)))
    assert (torch.backends.mha.get_fastpath_enabled(), torch.backends.mkldnn.enabled) == (
        fast, onednn,
    )  # fmt: skip


def test_the_outside_counters_see_no_kernel_that_hides_its_products():
    layer = nn.TransformerEncoderLayer(12, 3, 20, batch_first=True)
    counter = answers(layer.eval(), torch.zeros(2, 5, 12))["torch FlopCounterMode"]
    assert (
        counter.counted == counter.expected == 2 * (2 * 5 * (4 * 144 + 2 * 240) + 2 * 2 * 25 * 12)
    )
