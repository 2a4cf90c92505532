"""Commands on models that are loaded from a file, beside the networks."""

import csv
import io
import json
import re

import pytest

from formulas import network
from tests.complexity.cli.terminal import run

LOADED = """
import torch
from torch import nn

def fc(width=7):
    return nn.Linear(5, width), torch.zeros(3, 5)

def mystery():
    class Singular(nn.Module):
        def forward(self, x):
            return torch.linalg.svdvals(x)
    return Singular(), torch.zeros(3, 5)
"""


@pytest.fixture
def loaded(tmp_path):
    """A file with factories of models; each comes with its input."""
    path = tmp_path / "models.py"
    path.write_text(LOADED)
    return lambda name: f"{path}:{name}"


def test_a_model_of_a_file_stands_beside_a_network(capsys, loaded):
    target = loaded("fc")
    done = run(capsys, "compare", "mobilenet", target, "--no-trace", "--format", "csv")
    first, second = csv.DictReader(io.StringIO(done.out))
    assert (done.status, first["checked"], second["checked"]) == (0, "not traced", "yes")
    assert (second["model"], second["params"], second["macs"]) == (target, "42", "105")


def test_a_model_of_a_file_is_checked_beside_the_settings_of_a_network(capsys, loaded, monkeypatch):
    two = [network("mobilenet", alpha=0.25, resolution=37), network("squeezenet", resolution=37)]
    monkeypatch.setattr("complexity.interop.check.configurations", lambda names: two)
    done = run(capsys, "check", "mobilenet", loaded("fc"))
    assert done.status == 0
    assert [line.split()[0] for line in done.out.splitlines()] == ["[1/3]", "[2/3]", "[3/3]", "All"]
    alone = run(capsys, "check", loaded("fc")).out.splitlines()
    assert alone[0].startswith("[1/1] ok   ")
    assert "1 row, 42 params, 105 macs; fvcore agrees, torch FlopCounterMode agrees" in alone[0]


def test_what_is_unknown_is_written_as_unknown_in_every_format(capsys, loaded):
    target = loaded("mystery")
    text = run(capsys, "report", target).out
    assert "Unknown: aten._linalg_svd has no formula; it ran once.\n" in text
    assert "Coverage: 1 operation ran: 0 counted, 0 zero-cost (views, copies)" in text
    assert re.search(r"^macs +0  at least; ", text, re.M)
    assert re.search(r"^params +0  0\.00 M, ", text, re.M)
    (row,) = csv.DictReader(io.StringIO(run(capsys, "report", target, "--format", "csv").out))
    assert (row["macs"], row["macs %"], row["params"]) == ("unknown", "", "0")
    (layer,) = json.loads(run(capsys, "report", target, "--format", "json").out)["layers"]
    assert (layer["known"], layer["macs"], layer["flops"]) == (False, None, None)
    assert run(capsys, "report", target, "--strict").status == 1


def test_a_check_of_what_is_unknown_is_neither_good_nor_failed(capsys, loaded):
    done = run(capsys, "check", loaded("mystery"))
    first, second = done.out.splitlines()
    assert first.startswith("[1/1] PART ")
    assert second == "No count differs, but not everything that ran could be compared (PART)."
