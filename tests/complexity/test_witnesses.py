"""The outside counters: what they must find, by hand; and why, where they cannot run."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from complexity import analyze, check
from complexity.witnesses import FVCORE_MISSES, TORCH_MISSES, WITNESSES, ask, fvcore_habits
from tests.complexity.helpers import state_of, values_of
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


def test_fvcore_adds_one_for_each_element_of_a_normalisation_without_weights():
    found = answers(nn.BatchNorm2d(3, affine=False), torch.zeros(2, 3, 7, 11))
    assert found["fvcore"].expected == found["fvcore"].counted == 462
    assert found["fvcore"].explained == ("+ 462: one per batch-norm element without weights",)


@pytest.mark.parametrize("out", [1, (2, 3), (None, 5)])
def test_fvcore_adds_one_for_each_adaptively_averaged_input_element(out):
    found = answers(nn.AdaptiveAvgPool2d(out), torch.zeros(2, 3, 7, 11))
    assert found["fvcore"].expected == found["fvcore"].counted == 462
    assert found["fvcore"].explained == ("+ 462: one per adaptively averaged input element",)


@pytest.mark.parametrize(
    ("pool", "shape"),
    [
        (nn.AdaptiveAvgPool1d(2), (2, 3, 7)),
        (nn.AdaptiveAvgPool3d(2), (2, 3, 5, 7, 11)),
        (nn.AdaptiveMaxPool2d(2), (2, 3, 7, 11)),
        (nn.MaxPool2d(2), (2, 3, 7, 11)),
        (nn.AvgPool2d(2), (2, 3, 7, 11)),
    ],
)
def test_no_other_pooling_costs_anything_outside(pool, shape):
    found = answers(pool, torch.zeros(shape))
    assert [(each.expected, each.counted) for each in found.values()] == [(0, 0), (0, 0)]
    assert found["fvcore"].explained == ()


def test_a_small_network_by_hand():
    # convolution 2x5x9x11 of 27 weights; the same map normalised, then averaged; 30 -> 7 twice
    macs, normalised, averaged = 990 * 27 + 2 * 30 * 7, 990, 990
    total = macs + 2 * normalised + averaged
    model = network_in_miniature()
    assert both(model, torch.zeros(2, 3, 11, 13)) == [(total, total), (2 * macs, 2 * macs)]


def test_habits_are_named_with_their_figures():
    report = analyze(network_in_miniature(), torch.zeros(2, 3, 11, 13))
    assert fvcore_habits(report) == [
        ("two per batch-norm element", 1980),
        ("one per adaptively averaged input element", 990),
    ]


def test_a_witness_that_cannot_run_says_why():
    report = analyze(Keyword(), inputs := {"left": torch.zeros(3, 5), "right": torch.zeros(3, 5)})
    fvcore, counter = ask(report, Keyword(), inputs)
    assert fvcore.counted is None  # it takes no keywords
    (why,) = fvcore.explained
    assert why.startswith("could not run: TypeError: ")
    assert "\n" not in why
    assert counter.counted == 2 * report.macs == 420


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


# What fvcore counts beyond its known habits: shown as it is, and no difference.
LEFTOVERS = {
    "statistics of the batch": (
        nn.BatchNorm2d(3, track_running_stats=False), (2, 3, 7, 11), 462, 2310,
    ),
    "one image": (nn.AdaptiveAvgPool2d(2), (3, 7, 11), 0, 231),
    "one solid": (nn.AdaptiveAvgPool3d(2), (3, 5, 7, 11), 1155, 0),
    "an upsampling module": (nn.Upsample((17, 5)), (2, 3, 7, 11), 0, 510),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFTOVERS)
def test_what_fvcore_counts_beyond_its_habits_is_shown_and_not_judged(name):
    model, shape, expected, counted = LEFTOVERS[name]
    verdict = check(model, torch.zeros(shape))
    assert verdict.differences == ()
    fvcore, counter = verdict.witnesses
    assert (fvcore.expected, fvcore.counted, fvcore.agrees) == (expected, counted, False)
    assert counter.agrees


@pytest.mark.parametrize(
    ("norm", "each"),
    [
        (nn.LayerNorm(11), 5),
        (nn.LayerNorm((7, 11), elementwise_affine=False), 4),
        (nn.GroupNorm(3, 3), 5),
        (nn.GroupNorm(3, 3, affine=False), 4),
        (nn.InstanceNorm2d(3, affine=True), 5),
        (nn.InstanceNorm2d(3), 4),
    ],
    ids=str,
)
def test_fvcore_adds_five_for_each_element_normalised_by_its_own_statistics(norm, each):
    figure = each * 2 * 3 * 7 * 11
    found = answers(norm, torch.zeros(2, 3, 7, 11))
    assert found["fvcore"].expected == found["fvcore"].counted == figure
    assert found["fvcore"].explained == (
        f"+ {figure:,}: five per layer-, group- or instance-norm element, four without weights",
    )


@pytest.mark.parametrize(("mode", "each"), [("nearest", 1), ("bilinear", 4)])
def test_fvcore_adds_a_step_for_each_neighbour_of_an_interpolated_element(mode, each):
    figure = each * 2 * 3 * 7 * 5
    model = Calls(lambda x: F.interpolate(x, (7, 5), mode=mode))
    fvcore = answers(model, torch.zeros(2, 3, 7, 11))["fvcore"]
    assert fvcore.expected == fvcore.counted == figure
    assert fvcore.explained == (
        f"+ {figure}: one per nearest, four per bilinearly interpolated element",
    )


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


def test_every_miss_that_a_plain_function_has_is_tried():
    quantised = {"_int_mm", "_grouped_mm", "linear_dynamic", "deform_conv2d"}
    assert set(TORCH_MISSES) - quantised <= set(MISSED)
    assert {kind for kind in MISSED if MISSED[kind][3]} <= set(TORCH_MISSES) <= set(FVCORE_MISSES)


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
