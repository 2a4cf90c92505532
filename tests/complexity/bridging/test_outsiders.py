"""The witnesses' habits as steps."""

import pytest
import torch
from torch import nn

from complexity import bridge
from complexity.bridging.outsiders import FVCORE_SAYS, PLAIN
from tests.complexity.small import network_in_miniature

INPUT = (2, 3, 11, 13)


def steps(to, of="macs"):
    found = bridge(network_in_miniature(), torch.zeros(INPUT), to=to, of=of)
    assert found.agrees
    return found.ours, [(step.why, step.figure) for step in found.steps]


def test_fvcore_by_hand():
    macs = 990 * 27 + 2 * 30 * 7
    normed = [
        ("two per batch-norm element", 1980),
        ("one per adaptively averaged input element", 990),
    ]
    assert steps("fvcore") == (macs, normed)
    assert steps("fvcore", "flops") == (2 * macs, [("one for each MAC, not two", -macs), *normed])
    assert steps("fvcore", "params") == (5 * 27 + 10 + 217, [])


def test_torch_by_hand():
    macs = 990 * 27 + 2 * 30 * 7
    assert steps("torch") == (macs, [("2 for each MAC", macs)])
    assert steps("torch", "flops") == (2 * macs, [])


@pytest.mark.parametrize("to", ["fvcore", "torch"])
def test_attention_is_said_to_be_run_apart(to):
    layer = nn.TransformerEncoderLayer(12, 4, 20, batch_first=True).eval()
    found = bridge(layer, torch.zeros(2, 5, 12), to=to)
    assert found.notes[-1] == PLAIN
    assert PLAIN not in bridge("squeezenet", to=to).notes
    assert (FVCORE_SAYS in found.notes) == (to == "fvcore")


def test_one_that_cannot_run_leaves_its_rules(monkeypatch):
    def fails(*_):
        raise OSError("no such thing")

    monkeypatch.setitem(__import__("complexity.witnesses").witnesses.WITNESSES, "fvcore",
                        (fails, "cpu"))  # fmt: skip
    found = bridge(network_in_miniature(), torch.zeros(INPUT), to="fvcore")
    assert found.silence == "fvcore could not run: OSError: no such thing"
    assert sum(step.figure for step in found.steps) == 1980 + 990
    assert found.agrees
