"""The document's networks by the traced road: each measured total, to the last integer."""

import csv

import pytest

from tests.complexity.helpers import traced
from tests.paths import GOLDEN

TABLE = GOLDEN / "document_variant.csv"
ROWS = list(csv.DictReader(TABLE.read_text().splitlines()))


def options_of(config: str) -> dict[str, float]:
    """``"alpha=0.5"`` as keywords; ``"default"`` has none."""
    if config == "default":
        return {}
    name, value = config.split("=")
    return {name: float(value) if "." in value else int(value)}


def test_there_are_42_rows():
    assert len(ROWS) == 42


@pytest.mark.parametrize("row", ROWS, ids=lambda row: "-".join(list(row.values())[:3]))
def test_the_traced_network_has_the_measured_totals(row):
    batch, channels, side, other = map(int, row["input"].split("x"))
    assert (batch, channels, other) == (1, 3, side)
    run = traced(row["model"], variant="document", resolution=side, **options_of(row["config"]))
    assert sum(call.cost.params for call in run.calls) == int(row["params"])
    assert sum(call.cost.macs for call in run.calls) == int(row["macs_conv_fc"])
