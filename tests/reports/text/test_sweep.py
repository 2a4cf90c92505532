"""The table of a sweep in text, and the sentences below it."""

from reports.model.sweep import LeftOut, Point, Sweep
from reports.render import table_writers as writers
from reports.text.sweep import (
    arrange_points,
    axis_text,
    closing_lines,
    columns_of,
    notebook_html,
    setting_text,
    sweep_table,
    sweep_text,
    warnings,
)
from tests.reports.sweeps import cost, one_range, searched, two_ranges

COSTS = ["params", "macs", "flops", "elementwise", "activations", "memory access"]


def test_a_column_for_each_axis_and_each_cost_in_the_order_of_the_grid():
    table = sweep_table(one_range())
    assert table.header == ["alpha", "batch", *COSTS]
    assert table.values()[1] == ["0.5", "3", 14, 2000, 4000, 22, 26, 34]


def test_a_loaded_model_has_its_unknown_operations_beside_the_costs():
    table = sweep_table(two_ranges())
    assert table.header == ["act", "S", *COSTS, "unknown"]
    assert [row[-1] for row in table.values()] == [0, 0, 2]
    assert table.values()[0][:2] == ["<b>$x_1$", "5x7"]


def test_an_argument_that_is_called_as_a_cost_is_told_apart():
    sweep = Sweep("f", {"macs": [1], "memory access": [2], "w": [3]}, [Point((1, 2, 3), cost(1))])
    assert columns_of(sweep) == ["arg macs", "arg memory access", "w"]


def test_settings_are_written_as_they_are_typed():
    assert [axis_text(v) for v in ((160, 128), 0.5, None, "a", (0.5, 1))] == [
        "160x128", "0.5", "None", "a", "(0.5, 1)",
    ]  # fmt: skip
    assert setting_text({"alpha": 0.5, "resolution": (160, 128)}) == "alpha=0.5, resolution=160x128"


def test_sorting_and_the_top():
    shown = arrange_points(one_range(), "macs", 2)
    assert [point.setting[0] for point in shown.points] == [1.0, 0.5]
    assert arrange_points(one_range()).points == one_range().points


def test_the_text_says_how_many_are_shown_and_the_convention_last():
    text = sweep_text(arrange_points(one_range(), top=2), 3)
    assert text.startswith("mobilenet (paper), 3 points\n\nalpha ")
    assert "\n\n2 of 3 points shown.\n\nConvention: 1 MAC = " in text
    assert "points shown" not in sweep_text(one_range(), 3)
    assert sweep_text(one_range(), write=writers.markdown).startswith("# mobilenet (paper), 3")


def test_what_is_left_out_and_what_is_a_lower_bound_is_said():
    lines = closing_lines(two_ranges(interrupted=True))
    assert lines[:3] == [
        "Left out: 1 point, act=gelu, S=11: it raised <i>.",
        "Interrupted: 4 of 4 points done.",
        "In 1 point operations have no formula: the costs are at least these.",
    ]
    assert warnings(one_range()) == []


def test_many_reasons_are_counted():
    left = [LeftOut({"w": n}, 2, "no") for n in range(13)]
    lines = warnings(one_range(left_out=left))
    assert len(lines) == 11
    assert lines[0] == "Left out: 2 points, w=0: no."
    assert lines[-1] == "Left out: 6 points more, for 3 reasons more."


def test_a_search_says_what_it_chose_by_however_many_are_shown():
    for shown in (searched(), arrange_points(searched(), top=1)):
        assert closing_lines(shown)[:2] == [
            "Pareto set: 1 of 3 points; no other within macs <= 3,000 is as good in every objective "
            "and better in one.",
            "Objectives: largest alpha, smallest params.",
        ]


def test_html_shows_names_as_text_and_only_the_first_lines_of_a_large_grid():
    html = notebook_html(two_ranges())
    assert "<i>" not in html
    assert "<b>" not in html
    assert "&lt;b&gt;$x_1$" in html
    large = Sweep("f", {"w": list(range(500))}, [Point((n,), cost(n)) for n in range(500)])
    html = notebook_html(large)
    assert html.count("<tr>") < 110
    assert "100 of 500 points shown." in html
