"""No input ends the process: every layout, data type and mode gives a count or one sentence."""

import json
import subprocess
import sys

import pytest
import torch
from torch import nn

from complexity import analyze, check
from tests.complexity.any_model.layouts import LAYOUTS, ROWS, nested
from tests.paths import ROOT

QUICK = ("jagged", "nested", "quantised")
FLOATS = ("torch.float32", "torch.float64", "torch.bfloat16")
# 7 rows meet a layer of 6 inputs and 5 outputs.
MACS = 7 * 6 * 5
COUNTED = ("strided", "jagged", "nested", "coo", "expanded", "conjugated")


@pytest.mark.parametrize(
    "layout", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in LAYOUTS]
)  # fmt: skip
def test_a_layout_is_counted_or_refused_in_one_sentence(layout):
    done = subprocess.run(
        [sys.executable, "-m", "tests.complexity.any_model.layouts", layout],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    outcomes = json.loads(done.stdout.splitlines()[-1])
    assert outcomes
    for name, outcome in outcomes.items():
        assert isinstance(outcome, int) or len(outcome) < 600, name
        if layout in COUNTED and name.startswith(FLOATS) and not name.endswith("check"):
            assert outcome == MACS, name


@pytest.mark.parametrize("layout", [torch.jagged, torch.strided])
@pytest.mark.parametrize("options", [{}, {"backward": True}, {"engine": "operators"}])
def test_a_nested_tensor_counts_as_its_rows(layout, options):
    x = nested(layout)(torch.float32)
    report = analyze(nn.Sequential(nn.Linear(6, 5), nn.ReLU()), x, **options)
    assert report.macs == sum(ROWS) * 6 * 5
    assert not report.unknown


@pytest.mark.parametrize("layout", [torch.jagged, torch.strided])
def test_the_check_of_a_nested_tensor_confirms_its_rows(layout):
    verdict = check(nn.Linear(6, 5), nested(layout)(torch.float32))
    assert "NOT" not in str(verdict)


def test_a_nested_input_keeps_its_values():
    x = nested(torch.strided)(torch.float32)
    analyze(nn.Linear(6, 5), x)
    assert x.is_nested
    assert x.values().tolist() == [0.0] * 42
