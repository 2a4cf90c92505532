"""The document's networks, as its code builds them, in 42 settings."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from formulas import network
from tests import golden

FILE = Path(next(iter(golden.__path__))) / "document_variant.csv"
with FILE.open(newline="") as lines:
    ROWS = list(csv.DictReader(lines))


def options_of(row):
    """``alpha=0.5`` and ``1x3x160x160`` as the network's options."""
    options = {}
    if "=" in row["config"]:
        name, value = row["config"].split("=")
        options[name] = float(Fraction(value)) if "." in value else int(value)
    batch, _, height, width = map(int, row["input"].split("x"))
    return options | {"resolution": (height, width), "batch": batch}


def check(row):
    cost = network(row["model"], **options_of(row)).cost
    assert (cost.params, cost.macs) == (int(row["params"]), int(row["macs_conv_fc"]))


def row_id(row):
    return f"{row['model']}-{row['config']}-{row['input']}"


def test_there_are_42_different_settings_of_five_networks():
    assert len({row_id(row) for row in ROWS}) == len(ROWS) == 42
    assert len({row["model"] for row in ROWS}) == 5


@pytest.mark.parametrize("row", ROWS, ids=row_id)
def test_params_and_macs_are_exact(row):
    check(row)


@pytest.mark.parametrize("row", ROWS[::7], ids=row_id)
@pytest.mark.parametrize("column", ["params", "macs_conv_fc"])
def test_the_check_finds_a_number_off_by_one(row, column):
    with pytest.raises(AssertionError):
        check(row | {column: str(int(row[column]) + 1)})


@pytest.mark.parametrize("model", sorted({row["model"] for row in ROWS}))
def test_32x32_is_the_default_input_and_document_the_default_variant(model):
    default = next(row for row in ROWS if row["model"] == model and row["input"] == "1x3x32x32")
    options = {k: v for k, v in options_of(default).items() if k not in ("resolution", "batch")}
    assert network(model, **options).cost.params == int(default["params"])
    assert network(model, **options).cost.macs == int(default["macs_conv_fc"])
