"""Several models side by side."""

import pytest

from reports.text.model_table import (
    checked,
    distinct_names,
    least_lines,
    model_table,
    settings,
)
from tests.reports.helpers import AGREES, DISAGREES, ROWS, TOTALS, made


def test_settings_name_the_variant_first():
    assert settings(made(options={"alpha": 0.5, "variant": "paper"})) == "paper, alpha=0.5"
    assert settings(made(options={})) == ""


@pytest.mark.parametrize(
    ("verdict", "mark"), [(None, "not traced"), (AGREES, "yes"), (DISAGREES, "NO")]
)
def test_the_mark_tells_an_untraced_model_from_a_failed_one(verdict, mark):
    assert checked(made(verdict=verdict)) == mark


def test_a_model_is_one_row_with_exact_totals():
    table = model_table([made(), made(name="half", layers=ROWS[4:], unknown={"a": 2, "b": 3})])
    first, second = (dict(zip(table.header, each, strict=True)) for each in table.values())
    for field, total in TOTALS.items():
        assert first[field.replace("_", " ")] == total
    assert first["flops"] == 2 * TOTALS["macs"]
    assert (first["model"], first["settings"], first["input"]) == (
        "made", "paper, alpha=0.5", "2x3x11x13",
    )  # fmt: skip
    assert (first["unknown"], second["unknown"]) == (0, 5)
    assert (second["params"], second["macs"]) == (384, 595)


def test_the_ratio_is_to_the_first_model():
    small = made(layers=ROWS[4:5])
    large = made(layers=ROWS[4:])
    table = model_table([small, large])
    at = table.header.index("macs ratio")
    assert [row[at] for row in table.values()] == ["1.00", "3.32"]  # 595 / 179


def test_a_model_without_input_leaves_the_cell_empty():
    table = model_table([made(input_shapes=())])
    assert table.cells()[0][table.header.index("input")] == ""


def test_what_figures_leave_out_is_said():
    partly = made(name="odd", unknown={"aten.svd": 2, "aten.fft": 1})
    assert least_lines([made(), partly]) == [
        "At least: the figures of odd are without aten.svd, aten.fft, which have no formula; "
        "its params are exact."
    ]


def test_what_would_be_called_alike_has_its_file_behind_its_name():
    other = made(options={"variant": "paper", "alpha": 1})
    filed = [("", made()), ("a.json", made()), ("b/a.json", made()), ("b/a.json", made()), ("c.json", other)]  # fmt: skip
    assert [each.name for each in distinct_names(filed)] == [
        "made", "made (a.json)", "made (b/a.json)", "made (b/a.json#2)", "made",
    ]  # fmt: skip
    assert distinct_names([("a.json", made()), ("", made(name="another"))])[0] == made()
    two = distinct_names([("a.json", made()), ("b.json", made())])
    assert [each.name for each in two] == ["made (a.json)", "made (b.json)"]
