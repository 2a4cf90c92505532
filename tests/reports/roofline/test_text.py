"""A report under a roof, worked by hand: primes, so that no two figures can be swapped."""

from fractions import Fraction

import pytest

from formulas.core.memory_traffic import Traffic
from reports.render.table_writers import markdown
from reports.roofline.bounds import Roofline
from reports.roofline.devices import Device
from reports.roofline.text import (
    CAVEAT,
    closing_lines,
    dearest,
    roofline_dict,
    roofline_panel,
    roofline_table,
    roofline_text,
)
from tests.reports.helpers import made, row

DEVICE = Device("toy", "Toy", "own", "a sheet", 7, {"float32": 13, "int8": 131}, {"int8": "x: y"})
ROWS = (
    row("a.conv", macs=65, memory_access=7),  # 130 / 13 = 10 s of arithmetic, 28 / 7 = 4 of memory
    row("a.norm", "batch_norm", memory_access=35),  # 20 s of memory
    row("b.conv", macs=13, memory_access=7, calls=2),  # 2 s, 4 s
    row("scale", "parameter", params=11, calls=0),  # never ran
)
UNKNOWN = row("odd", "odd", known=False)
PARTLY = row("half", "odd", known=False, memory_access=7)  # at least 4 s


def roofline(*more, dtype="float32"):
    return Roofline(made(layers=(*ROWS, *more)), DEVICE, dtype)


def test_each_layer_by_hand():
    found = roofline().layers
    assert [(b.name, b.flops, b.moved, b.seconds, b.limit) for b in found] == [
        ("a.conv", 130, 28, 10, "arithmetic"),
        ("a.norm", 0, 140, 20, "memory"),
        ("b.conv", 26, 28, 4, "memory"),
    ]
    assert [b.intensity for b in found] == [Fraction(130, 28), 0, Fraction(26, 28)]
    assert roofline().seconds == 34


def test_another_data_type_moves_other_bytes_and_has_another_peak():
    first = roofline(dtype="int8").layers[0]
    assert (first.moved, first.seconds, first.limit) == (7, 1, "memory")


def test_indices_and_masks_keep_their_own_size():
    taken = {"int64": Traffic(inputs=3), "float64": Traffic(outputs=5, weights=7)}
    table = row("words", "embedding", memory_access=15, moved=taken)
    for dtype, floats in (("float32", 4), ("int8", 1)):
        assert roofline(table, dtype=dtype).layers[-1].moved == 3 * 8 + 12 * floats


def test_kinds_add_up_and_are_named_by_what_limits_most_of_their_time():
    kinds = roofline().kinds
    assert [(k.name, k.layers, k.flops, k.moved, k.seconds, k.limit) for k in kinds] == [
        ("standard", 2, 156, 56, 14, "arithmetic"), ("batch_norm", 1, 0, 140, 20, "memory"),
    ]  # fmt: skip
    assert sum(k.seconds for k in kinds) == roofline().seconds


def test_the_table_is_exact_and_its_shares_make_a_whole():
    table = roofline_table(roofline())
    assert table.header == [
        "layer", "kind", "flops", "bytes", "flops/byte", "bound by", "bound us", "bound %",
    ]  # fmt: skip
    assert table.cells()[0][2:] == ["130", "28", "4.64", "arithmetic", "10,000,000.000", "29.41"]
    assert table.values()[2][6] == 4_000_000.0
    assert sum(float(cells[-1]) for cells in table.cells()) == pytest.approx(100, abs=0.02)
    by_kind = roofline_table(roofline(), "kind")
    assert by_kind.cells()[0][:2] == ["standard", "2"]


def test_the_longest_bounds_come_first_where_some_are_asked_for():
    assert [b.name for b in dearest(roofline().layers, 2)] == ["a.norm", "a.conv"]
    assert [b.name for b in dearest(roofline().layers, None)] == ["a.conv", "a.norm", "b.conv"]


def test_what_is_unknown_is_never_0_and_what_is_known_of_it_counts():
    found = roofline(UNKNOWN, PARTLY)
    cells = roofline_table(found).cells()
    assert cells[3][2:] == ["unknown", "unknown", "unknown", "", "unknown", ""]
    assert cells[4][2:5] == ["unknown", "28", "unknown"]
    assert cells[4][6] == "4,000,000.000"
    assert found.seconds == 38
    assert cells[4][5] == ""
    assert [b.name for b in found.in_memory] == ["a.norm", "b.conv"]
    lines = "\n".join(closing_lines(found))
    assert "Bound: at least 38,000,000.000 us: 2 of 3 layers, 63.16 % of it, are limited" in lines
    assert "Unknown: 2 layers without a formula (odd, half); what is not known" in lines
    as_dict = roofline_dict(found)
    assert as_dict["complete"] is False
    assert as_dict["layers"][3]["seconds"] is None
    assert as_dict["layers"][3]["bound_by"] is None


def test_the_closing_lines_by_hand():
    assert closing_lines(roofline()) == [
        "Device: Toy: 13 op/s in float32, 7 B/s. Source: a sheet.",
        "Ridge: 1.86 flops a byte; below it memory is the limit.",
        "Bound: 34,000,000.000 us: 2 of 3 layers, 70.59 % of it, are limited by memory.",
        "Arithmetic alone: 12,000,000.000 us; memory alone: 28,000,000.000 us.",
        CAVEAT,
    ]
    assert "Derived: toy, int8 = x: y." in closing_lines(roofline(dtype="int8"))


def test_a_model_of_two_data_types_has_two_roofs_and_says_so():
    device = Device("toy", "Toy", "own", "a sheet", 7, {"float32": 13, "bfloat16": 53})
    narrow = row("c.conv", macs=53, moved={"bfloat16": Traffic(inputs=7)})  # 2 s, and 2 s
    found = Roofline(made(layers=(*ROWS, narrow)), device)
    assert roofline_table(found).header[2] == "data type"
    assert [cells[2] for cells in roofline_table(found).cells()] == [
        "float32", "", "float32", "bfloat16",
    ]  # fmt: skip
    lines = closing_lines(found)
    assert lines[0].startswith("Device: Toy: 13 op/s in float32, 53 op/s in bfloat16, 7 B/s.")
    assert lines[1].startswith(
        "Ridge: 1.86 flops a byte in float32, 7.57 flops a byte in bfloat16; below it"
    )
    assert ", on toy, float32, bfloat16\n" in roofline_text(found)
    as_dict = roofline_dict(found)
    assert (as_dict["dtype"], as_dict["ridge"]) == (None, None)
    assert as_dict["ridges"] == {"float32": 13 / 7, "bfloat16": 53 / 7}
    assert [line.name for line in roofline_panel(found).lines] == [
        "roof, float32",
        "roof, bfloat16",
    ]
    assert roofline_panel(found).points[0].y[-1] == 106 / 14 * 7


def test_what_is_asked_for_against_the_models_own_type_is_said():
    found = roofline(dtype="int8")
    assert "Data type: as if int8; the model's own: float32." in closing_lines(found)
    assert roofline_dict(found)["own_dtypes"] == ["float32"]
    assert not any("Data type" in line for line in closing_lines(roofline()))


def test_a_model_that_does_nothing_has_a_bound_of_nothing():
    empty = Roofline(made(layers=()), DEVICE, "float32")
    assert empty.seconds == 0
    assert "0 of 0 layers, 0.00 %" in "\n".join(closing_lines(empty))
    assert roofline_panel(empty).points == ()


def test_text_and_markdown_and_json_carry_one_total():
    found = roofline()
    text = roofline_text(found)
    assert text.startswith("made (paper, alpha=0.5), input 2x3x11x13, on toy, float32\n\nlayer ")
    assert roofline_text(found, write=markdown).startswith("# made")
    as_dict = roofline_dict(found)
    assert (as_dict["seconds"], as_dict["ridge"], as_dict["memory_bound"]) == (34.0, 13 / 7, 2)
    assert sum(layer["seconds"] for layer in as_dict["layers"]) == 34.0
    assert sum(kind["seconds"] for kind in as_dict["kinds"]) == 34.0
    assert (as_dict["bandwidth"], as_dict["dtype"]) == (7, "float32")


def test_the_plot_puts_each_layer_with_macs_on_the_roof():
    panel = roofline_panel(roofline())
    (points,) = panel.points
    assert (points.name, points.labels) == ("standard", ["a.conv", "b.conv"])
    assert points.x == [130 / 28, 26 / 28]
    assert points.y == [13.0, 26 / 4]
    (roof,) = panel.lines
    assert roof.y == [26 / 4 / 2, 13.0, 13.0]
    assert "1 layer without MACs not drawn" in panel.title


def test_where_nothing_is_known_no_bound_is_given():
    found = Roofline(made(layers=(UNKNOWN, row("drop", "dropout"))), DEVICE, "float32")
    lines = closing_lines(found)
    assert not any("0.000 us" in line or " of 0 layers" in line for line in lines)
    assert any(line.startswith("Bound: unknown;") for line in lines)
    assert any(line.startswith("Unknown: 1 layer without a formula (odd)") for line in lines)
    assert roofline_dict(found)["seconds"] is None


def test_a_caveat_of_the_report_is_told():
    found = Roofline(made(layers=ROWS, caveats=("Not applied: x.",)), DEVICE, "float32")
    assert closing_lines(found)[-2:] == ["Not applied: x.", CAVEAT]
    assert roofline_dict(found)["notes"] == ("Not applied: x.",)
