"""Where expressions hold: sizes are tried, tables and configurations believed."""

from types import SimpleNamespace

import pytest
import torch
from torch import nn

from complexity import derive
from complexity.analysis import analyze
from complexity.symbolic.sample_sizes import Runs
from complexity.symbolic.validity_range import position_tables, sequence_limit, wrong_at
from formulas.symbolic.polynomial import variable


class Least(nn.Module):
    """Refuses small sides, and large ones."""

    def forward(self, x):
        if not 40 <= x.shape[-1] <= 300:
            raise ValueError("no such side")
        return x * 2


def test_bounds_are_the_last_sizes_that_were_tried():
    dimension = derive(Least(), "Nx3xrxr").dimensions[1]
    assert dimension.rule == "74 <= r <= 224"
    assert dimension.why == (
        "at N = 1, r = 2, Least raised ValueError: no such side",
        "at N = 1, r = 1725, Least raised ValueError: no such side",
        "at N = 1, r = 448, Least raised ValueError: no such side",
    )


def test_a_wrong_expression_is_found_by_its_row_and_rows_that_merge_by_the_totals():
    model = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
    runs = Runs(lambda sizes: analyze(model, torch.empty(sizes["N"], 3)))
    report = derive(model, "Nx3").report
    assert wrong_at(runs, report, {"N": 9}, {"N": 9}) is None
    assert wrong_at(runs, report, {"N": 9}, {"N": 8}) == "at N = 8, 0 (fc) follows another rule"
    fewer = type(report)(name="x", layers=report.layers[:1])
    assert wrong_at(runs, fewer, {"N": 9}, {"N": 9}) == "at N = 9, 1 (activation) appears"
    failing = Runs(lambda sizes: analyze(nn.Linear(5, 3), torch.empty(sizes["N"], 3)))
    assert wrong_at(failing, report, {"N": 9}, {"N": 9}).startswith("at N = 9, Linear raised")


@pytest.mark.parametrize(
    ("config", "limit"),
    [
        (SimpleNamespace(max_position_embeddings=512), 512),
        (SimpleNamespace(text_config=SimpleNamespace(max_position_embeddings=77)), 77),
        (SimpleNamespace(max_position_embeddings=-1), None),
        (SimpleNamespace(), None),
        (None, None),
    ],
)
def test_a_configuration_is_believed(config, limit):
    assert sequence_limit(SimpleNamespace(config=config)) == limit


def test_only_a_table_that_is_read_once_a_step_holds_positions():
    class Tables(nn.Module):
        def __init__(self):
            super().__init__()
            self.words, self.places, self.pairs = (
                nn.Embedding(rows, 3) for rows in (500, 600, 700)
            )

        def forward(self, tokens):
            places = torch.arange(tokens.shape[1], device=tokens.device)
            pairs = self.pairs(places[:, None] - places)
            return self.words(tokens), self.places(places), pairs

    formula = derive(Tables(), "NxS:int64")
    assert position_tables(formula.report, variable("S")) == {"rows of places": 600}
