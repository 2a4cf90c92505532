"""``analyze``: what any module costs, and what it refuses."""

import pytest
import torch
from torch import nn

from complexity import Arguments, analyze
from formulas import network
from formulas.core.cost import COST_FIELDS, Cost
from tests.complexity.small import (
    MYSTERY,
    Asks,
    Calls,
    DoubledConv,
    Keyword,
    Mysterious,
    PartlyUnused,
    Raw,
    Reused,
    SubConv,
    Tied,
    linear,
)


def rows(report) -> list[tuple[str, str, int, int]]:
    return [(row.name, row.kind, row.params, row.macs) for row in report.layers]


def test_a_layer_alone_is_one_row_under_the_name_of_its_class():
    report = analyze(nn.Conv2d(3, 7, (3, 5), bias=False), torch.empty(2, 3, 11, 13))
    assert rows(report) == [("Conv2d", "standard", 315, 2 * 315 * 9 * 9)]
    (row,) = report.layers
    assert (row.in_shapes, row.out_shape) == (((2, 3, 11, 13),), (2, 7, 9, 9))
    assert (row.kernel, row.stride, row.groups) == ((3, 5), (1, 1), 1)
    assert report.verdict.agrees
    assert report.verdict.traced_on == "meta"
    assert report.input_shapes == ((2, 3, 11, 13),)


def test_totals_are_the_sum_of_rows_that_are_named_by_their_paths():
    model = nn.Sequential(nn.Linear(5, 7), nn.Sequential(nn.ReLU(), nn.Linear(7, 3, bias=False)))
    report = analyze(model, torch.empty(11, 5))
    assert rows(report) == [
        ("0", "fc", 42, 385), ("1.0", "activation", 0, 0), ("1.1", "fc", 21, 231),
    ]  # fmt: skip
    assert (report.params, report.macs, report.flops) == (63, 616, 1232)
    assert report.cost == Cost(63, 616, 77 + 77, 77 + 33, (55 + 77 + 42) + 154 + (77 + 33 + 21))


def test_the_name_is_the_class_unless_one_is_given():
    assert analyze(nn.Linear(5, 7), torch.empty(1, 5)).name == "Linear"
    assert analyze(nn.Linear(5, 7), torch.empty(1, 5), name="mine").name == "mine"


@pytest.mark.parametrize(
    ("function", "wrap"),
    [
        (lambda x, y: x + y, tuple),
        (lambda pair: pair[0] + pair[1], list),
        (lambda pair: pair["x"] + pair["y"], lambda pair: ({"x": pair[0], "y": pair[1]},)),
    ],
    ids=["tuple", "list", "dict"],
)
def test_inputs_may_be_several_or_one_that_holds_several(function, wrap):
    report = analyze(Calls(function), wrap([torch.empty(3, 5), torch.empty(3, 5)]))
    assert report.input_shapes == ((3, 5), (3, 5))
    assert rows(report) == [("add", "addition", 0, 0)]


def test_positional_and_named_inputs_may_be_mixed():
    model = nn.LSTM(5, 7)
    state = (torch.empty(1, 3, 7), torch.empty(1, 3, 7))
    mixed = analyze(model, Arguments(torch.empty(2, 3, 5), hx=state))
    assert mixed.input_shapes == ((2, 3, 5), (1, 3, 7), (1, 3, 7))
    assert mixed.layers == analyze(model, (torch.empty(2, 3, 5), state)).layers


def test_a_network_by_name_has_its_own_input():
    with pytest.raises(TypeError, match="takes no inputs with mobilenet: see its resolution"):
        analyze("mobilenet", torch.empty(1, 3, 160, 160))


def test_inputs_may_be_keywords():
    report = analyze(Keyword(), {"left": torch.empty(3, 5), "right": torch.empty(11, 5)[:3]})
    assert report.layer("fc").calls == 2
    assert (report.params, report.macs) == (42, 2 * 105)


def test_an_input_may_lie_on_the_meta_device_as_may_the_model():
    with torch.device("meta"):
        report = analyze(nn.Linear(5, 7), torch.empty(3, 5))
    assert (report.params, report.macs) == (42, 105)


def test_a_layer_that_runs_twice_on_one_shape_is_one_row():
    report = analyze(Reused(nn.Linear(5, 5)), torch.empty(3, 5))
    (row,) = report.layers
    assert (row.calls, row.params, row.macs, row.elementwise) == (2, 30, 2 * 75, 2 * 15)
    assert row.memory_access == 2 * (15 + 15 + 30)
    assert report.verdict.agrees


def test_a_layer_that_runs_on_another_shape_is_another_row_without_its_params():
    report = analyze(Reused(nn.Linear(5, 5), rows=2), torch.empty(3, 5))
    assert rows(report) == [("layer", "fc", 30, 150), ("layer#2", "fc", 0, 50)]
    assert [row.calls for row in report.layers] == [2, 1]
    assert report.verdict.agrees


def test_a_tied_weight_counts_once():
    report = analyze(Tied(5), torch.empty(3, 5))
    assert rows(report) == [("first", "fc", 30, 75), ("second", "fc", 5, 75)]
    assert report.params == 35
    assert report.verdict.agrees
    # Read twice, though: memory is not shared by being tied.
    assert [row.memory_access for row in report.layers] == [60, 60]


def test_parameters_that_no_layer_holds_are_rows_of_their_own():
    report = analyze(PartlyUnused(), torch.empty(3, 5))
    assert rows(report) == [
        ("used", "fc", 42, 105),
        ("scale", "parameter", 11, 0),
        ("unused.weight", "parameter", 150, 0),
        ("unused.bias", "parameter", 3, 0),
    ]
    assert report.params == 206
    assert all(row.calls == 0 for row in report.layers[1:])


def test_buffers_are_counted_beside_the_params():
    report = analyze(nn.BatchNorm1d(5), torch.empty(3, 5, 7))
    assert (report.params, report.buffers) == (10, 11)


@pytest.mark.parametrize("bias", [True, False])
def test_a_functional_linear_is_a_layer_and_its_params_are_the_containers(bias):
    model = Raw(linear, torch.zeros(7, 5), torch.zeros(7) if bias else None)
    report = analyze(model, torch.empty(3, 5))
    (product, *parameters) = report.layers
    assert (product.kind, product.params, product.macs) == ("fc", 0, 105)
    assert (product.elementwise, product.activations) == (21 * bias, 21)
    assert [row.params for row in parameters] == [35] + [7] * bias
    assert report.params == sum(p.numel() for p in model.parameters())
    assert report.verdict.agrees


def test_functional_convolutions_count_in_one_two_and_three_dimensions():
    for dims, sides in ((1, (13,)), (2, (11, 13)), (3, (7, 11, 13))):
        conv = getattr(torch.nn.functional, f"conv{dims}d")
        weight = torch.zeros(6, 2, *(3, 5, 2)[:dims])
        model = Raw(lambda x, w, b, conv=conv: conv(x, w, b, groups=2), weight, torch.zeros(6))
        report = analyze(model, torch.empty(2, 4, *sides))
        out = 2 * 6
        for side, kernel in zip(sides, (3, 5, 2), strict=False):
            out *= side - kernel + 1
        (row, *_) = report.layers
        assert (row.kind, row.macs) == ("group", out * weight[0].numel())
        assert (row.elementwise, row.activations) == (out, out)
        assert report.params == weight.numel() + 6
        assert report.verdict.agrees


def test_functional_addition_concatenation_and_product():
    def function(x, y):
        return torch.cat((x + x, y), dim=1) @ x.transpose(1, 2)

    report = analyze(Calls(function), (torch.empty(2, 3, 5), torch.empty(2, 7, 5)))
    assert [(row.name, row.kind) for row in report.layers] == [
        ("add", "addition"), ("cat", "concatenation"), ("matmul", "matmul"),
    ]  # fmt: skip
    add, cat, product = report.layers
    assert add.cost == Cost(elementwise=30, memory_access=90)
    assert cat.cost == Cost(memory_access=2 * (30 + 70))
    assert product.cost == Cost(0, 2 * 10 * 5 * 3, 0, 60, 100 + 30 + 60)
    assert report.verdict.agrees


def test_broadcast_work_is_counted_by_its_output():
    report = analyze(Calls(torch.mul), (torch.empty(2, 3, 5), torch.empty(3, 1)))
    assert report.cost == Cost(elementwise=30, memory_access=30 + 3 + 30)


@pytest.mark.parametrize(
    ("conv", "shape", "macs"),
    [
        (nn.Conv1d(3, 5, 3, padding="same", dilation=2), (2, 3, 11), 9 * 5 * 2 * 11),
        (nn.Conv2d(3, 5, (3, 5), padding="same"), (2, 3, 11, 13), 45 * 5 * 2 * 143),
        (nn.Conv2d(3, 5, 3, padding="valid"), (2, 3, 11, 13), 27 * 5 * 2 * 99),
        (nn.Conv2d(3, 5, 3, padding=1, padding_mode="circular"), (2, 3, 7, 11), 27 * 5 * 2 * 77),
        (nn.Conv2d(3, 5, 3), (3, 11, 13), 27 * 5 * 99),
    ],
    ids=["same 1d", "same 2d", "valid", "circular", "one image"],
)
def test_padding_by_name_and_a_single_image(conv, shape, macs):
    report = analyze(conv, torch.empty(shape))
    assert report.macs == macs
    assert report.verdict.agrees


@pytest.mark.parametrize("groups", [1, 3])
def test_a_transposed_convolution_multiplies_each_input_with_each_weight_it_meets(groups):
    conv = nn.ConvTranspose2d(6, 15, (3, 5), stride=2, groups=groups)
    report = analyze(conv, torch.empty(2, 6, 7, 11))
    assert report.macs == 2 * 6 * 7 * 11 * (15 // groups) * 15
    assert report.params == 6 * (15 // groups) * 15 + 15
    assert report.complete


def test_a_subclass_counts_as_its_base():
    shape = (2, 3, 11, 13)
    ours = analyze(SubConv(3, 5, 3), torch.empty(shape))
    assert rows(ours) == [("SubConv", "standard", 140, 26730)]
    assert ours.cost == analyze(nn.Conv2d(3, 5, 3), torch.empty(shape)).cost


def test_a_subclass_with_a_forward_of_its_own_is_counted_by_what_it_does():
    report = analyze(DoubledConv(3, 5, 3), torch.empty(2, 3, 11, 13))
    conv, times, *parameters = report.layers
    assert (conv.kind, conv.macs, conv.elementwise) == ("standard", 26730, 990)
    assert (times.kind, times.elementwise) == ("elementwise", 990)
    assert sum(row.params for row in parameters) == report.params == 140


def test_layers_that_compute_nothing_leave_no_row():
    model = nn.Sequential(nn.Identity(), nn.Dropout(0.5), nn.Flatten(1))
    assert analyze(model, torch.empty(2, 3, 5)).layers == ()


def test_an_unknown_operation_is_named_and_counted_and_the_totals_are_at_least():
    report = analyze(Mysterious(), torch.empty(3, 5))
    assert report.unknown == {MYSTERY: 3}
    assert not report.complete
    assert (report.params, report.macs) == (42, 105)
    (row,) = (row for row in report.layers if row.formula == "unknown")
    assert row.calls == 3
    assert "mystery" in row.name
    assert not row.known
    assert [other.known for other in report.layers if other is not row] == [True]


def test_an_unknown_operation_inside_a_layer_is_named_too(monkeypatch):
    # The base's forward, but torch's own function below it does something unheard of.
    def conv2d(*args, plain=nn.functional.conv2d, **kwargs):
        return torch.ops.complexity_tests.mystery(plain(*args, **kwargs))

    monkeypatch.setattr(nn.functional, "conv2d", conv2d)
    report = analyze(nn.Conv2d(3, 5, 3), torch.empty(2, 3, 11, 13))
    assert report.unknown == {MYSTERY: 1}


def test_what_only_the_trace_knows_is_counted_and_noted(monkeypatch):
    monkeypatch.setattr("complexity.closed_form.rows.describe", lambda call: None)
    report = analyze(nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.ReLU()), torch.empty(3, 5))
    assert report.complete
    assert (report.params, report.macs, report.cost.elementwise) == (42, 105, 21 + 21 + 21)
    assert report.verdict.rows == 0
    assert report.notes == (
        "Known from the trace alone, without a closed form: Linear (1), ReLU (2).",
    )


def test_a_model_that_looks_at_values_runs_on_the_cpu():
    report = analyze(Asks(), torch.zeros(3, 5, 11))
    assert report.verdict.traced_on == "cpu"
    (note,) = report.notes
    assert note.startswith("Ran on the CPU, for on the meta device Asks raised ")
    assert report.layer("fc").macs == 3 * 5 * 11 * 7
    assert report.layer("bn").params == 10
    assert report.params == 10 + 84


def test_types_other_than_float32_count_the_same():
    report = analyze(nn.Linear(5, 7).double(), torch.empty(3, 5, dtype=torch.float64))
    assert (report.params, report.macs) == (42, 105)


def test_a_network_by_name_is_the_closed_form_confirmed_by_a_trace():
    closed = network("mobilenet", alpha=0.5, resolution=160)
    for report in (analyze("mobilenet", alpha=0.5, resolution=160), analyze(closed)):
        assert (report.params, report.macs) == (872_868, 304_102_400)
        assert report.options == {"variant": "document", "alpha": 0.5}
        assert report.coverage["counted"] == len(closed.layers)
        assert "unknown" not in report.coverage
        assert report.verdict.agrees
        assert report.verdict.rows == len(report.layers) == len(closed.layers)


def test_the_result_shows_as_a_frame_and_in_a_notebook():
    report = analyze(nn.Sequential(nn.Linear(5, 7), nn.ReLU()), torch.empty(3, 5))
    frame = report.to_frame()
    assert list(frame.index) == ["0", "1"]
    for field in COST_FIELDS:
        assert int(frame[field].sum()) == getattr(report.cost, field)
    assert "<td>0      </td>" in report._repr_html_()
