"""Measured times as they are written: the same numbers in every form."""

import json
from dataclasses import replace

import pytest

from reports.render.table_writers import markdown
from reports.timing.statistics import Spread
from reports.timing.text import (
    closing_lines,
    line_table,
    model_table,
    time_panels,
    timed_dict,
    timed_text,
)
from reports.timing.timing import TimedModel, Timing
from tests.reports.helpers import row
from tests.reports.timing.timings import ROWS, TIMING, timed


def test_a_line_has_its_quartiles_its_share_and_its_bound():
    table = line_table(timed())
    assert table.header == [
        "layer", "kind", "macs", "best us", "q1 us", "median us", "q3 us", "time %", "bound us",
        "time/bound",
    ]  # fmt: skip
    first, _, last = table.values()
    assert first[3:7] == [20e6, 20.5e6, 21e6, 24.5e6]
    assert first[7:] == ["21.21", 14e6, 1.5]
    assert table.cells()[2] == [
        "a.add", "addition", "0", *["unknown"] * 4, "", "12,000,000.000", "unknown",
    ]  # fmt: skip
    assert last[3] == "unknown"


def test_without_a_bound_its_columns_are_not_there():
    assert line_table(timed(device=None)).header[-1] == "time %"
    assert model_table([timed(device=None)]).header[-1] == "with hooks us"


def test_by_kind_and_the_slowest():
    assert [row[0] for row in line_table(timed(), "kind").rows] == [
        "standard", "batch_norm", "addition",
    ]  # fmt: skip
    assert [row[0] for row in line_table(timed(), top=1).rows] == ["a.conv"]
    assert [row[0] for row in line_table(timed(), top=3).rows] == ["a.conv", "a.norm", "a.add"]


def test_models_side_by_side():
    (cells,) = model_table([timed()]).cells()
    assert cells[:4] == ["made", "paper, alpha=0.5", "78", "84"]
    assert cells[4:] == [
        "80,000,000.000", "82,500,000.000", "85,000,000.000", "87,500,000.000", "99,000,000.000",
        "54,000,000.000", "1.57",
    ]  # fmt: skip


def test_the_closing_lines_say_what_was_measured_and_what_it_is_worth():
    lines = closing_lines(timed(), False)
    assert lines[0].startswith("Time: 85,000,000.000 us on 1 thread, the median of runs without")
    assert "within 6 % of the median." in lines[0]
    assert lines[1].startswith("Hooks: a run with them takes 1.16 times as long; 64 % of it is ")
    assert lines[2] == "Unknown: 1 line of no module, timed in between."
    assert lines[3].startswith("Device: Toy: 13 op/s in float32")
    assert lines[4].startswith("Faster than the bound: 1 layer. ")
    assert closing_lines(timed(), True)[0].startswith("made: Time: ")


def test_a_busy_machine_is_named():
    busy = Timing(Spread((1.0, 5.0, 9.0)), TIMING.hooked, TIMING.layers)
    assert "the machine is busy" in closing_lines(timed(timing=busy), False)[0]
    assert "busy" not in closing_lines(timed(), False)[0]


@pytest.mark.parametrize(("load", "said"), [(None, 0), (0.5, 0), (0.51, 1), (2.2, 1)])
def test_a_load_that_slows_every_run_alike_is_named_once(load, said):
    """Planted: runs that agree, on a processor that others use."""
    loaded = Timing(TIMING.total, TIMING.hooked, TIMING.layers, load=load)
    text = timed_text([timed(timing=loaded), timed(timing=loaded)])
    assert text.count("Busy: before the first run the load average of the last minute was ") == said
    if said:
        assert f" was {load:.2f} programs a core " in text
    assert timed_dict(timed(timing=loaded))["load"] == load


def test_an_unknown_operation_makes_macs_a_least():
    rows = (*ROWS, row("odd", "odd", known=False))
    found = timed(rows)
    assert line_table(found).cells()[-1][2] == "unknown"
    incomplete = type(found)(
        type(found.report)("made", rows, unknown={"aten.odd": 1}), TIMING, found.roofline
    )
    assert any(
        "macs and memory access are at least these" in line
        for line in closing_lines(incomplete, False)
    )
    assert not any("at least" in line for line in closing_lines(found, False))


def test_one_model_is_shown_by_layer_and_several_are_not():
    text = timed_text([timed()])
    assert text.startswith("made (paper, alpha=0.5), input 2x3x11x13\n\nlayer ")
    several = timed_text([timed(), timed()])
    assert several.startswith("Measured times\n\nmodel ")
    assert "a.conv" not in several
    assert several.count("Device: Toy") == 1
    assert timed_text([timed()], write=markdown).startswith("# made")


def test_json_has_every_run_and_null_for_what_is_not_known():
    found = json.loads(json.dumps(timed_dict(timed())))
    assert (found["macs"], found["bound"], found["device"]) == (78, 54.0, "toy")
    assert found["time"]["seconds"] == [90.0, 80.0, 85.0]
    assert found["with_hooks"]["median"] == 99.0
    assert [layer["name"] for layer in found["layers"]] == ["a.conv", "a.norm", "a.add"]
    assert found["layers"][2]["time"] is None
    assert timed_dict(timed(device=None))["bound"] is None


@pytest.mark.parametrize("several", [False, True])
def test_the_plot_is_against_macs_and_against_the_bound(several):
    panels = time_panels([timed(), timed()] if several else [timed()])
    assert [panel.x_title for panel in panels] == ["MACs", "bound (s)"]
    macs, bound = (panel.points for panel in panels)
    if several:
        assert [(p.name, p.x, p.y) for p in macs] == [("made", [78.0, 78.0], [85.0, 85.0])]
        assert bound[0].x == [54.0, 54.0]
    else:  # a layer without MACs has no place on a logarithmic axis of them
        assert [(p.name, p.x, p.y) for p in macs] == [("standard", [78.0], [21.0])]
        assert [(p.name, p.x) for p in bound] == [("standard", [14.0]), ("batch_norm", [28.0])]
        assert (macs[0].low, macs[0].high) == ([20.5], [24.5])


def test_without_a_device_there_is_one_panel():
    assert len(time_panels([timed(device=None)])) == 1


def test_where_not_all_is_known_costs_and_bound_are_at_least_and_the_ratio_at_most():
    half = row("half", "odd", known=False, memory_access=7)  # at least 4 s
    known = timed((*ROWS, half))
    found = TimedModel(replace(known.report, unknown={"aten.odd": 3}), TIMING, known.roofline)
    table = model_table([found])
    assert [cell for cell in table.cells()[0] if cell.startswith("at ")] == [
        "at least 78", "at least 91", "at least 58,000,000.000", "at most 1.47",
    ]  # fmt: skip
    assert (table.header[-1], table.values()[0][-1]) == ("unknown", 3)
    lines = line_table(found)
    assert (lines.header[-1], lines.cells()[-1][-3:]) == (
        "known", ["at least 4,000,000.000", "unknown", "no"],
    )  # fmt: skip
    assert lines.cells()[0][-3:] == ["14,000,000.000", "1.50", "yes"]
    text = timed_text([found])
    assert "macs and memory access are at least these, the bound too, and the time over it" in text
    as_dict = timed_dict(found)
    assert (as_dict["complete"], as_dict["bound"]) == (False, 58.0)
    assert [each["known"] for each in as_dict["layers"]] == [True, True, True, False]
    assert [panel.x_title for panel in time_panels([found])] == [
        "MACs, at least", "bound (s), at least",
    ]  # fmt: skip


def test_where_nothing_is_known_there_is_no_bound():
    known = timed((row("odd", "odd", known=False),))
    found = TimedModel(replace(known.report, unknown={"aten.odd": 1}), TIMING, known.roofline)
    cells = dict(zip(model_table([found]).header, model_table([found]).cells()[0], strict=True))
    assert {cells[name] for name in ("macs", "memory access", "bound us", "time/bound")} == {
        "unknown"
    }
    assert timed_dict(found)["bound"] is None


def test_a_caveat_of_the_report_is_told():
    found = timed()
    found = TimedModel(replace(found.report, caveats=("Not applied: x.",)), TIMING, found.roofline)
    assert timed_text([found]).count("\nNot applied: x.\n") == 1
    assert timed_text([found, found]).count("\nNot applied: x.\n") == 1
    assert timed_dict(found)["notes"] == ("Not applied: x.",)
