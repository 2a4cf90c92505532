"""How counters that listen are asked, and what is said where they are not there."""

import pytest
import torch
from torch import nn

from complexity import ModelError, bridge
from complexity.interop.bridge import hook_counters as listeners
from complexity.interop.bridge.hook_counters import by_position, version_of
from tests.complexity.small import Keyword, Raises
from tests.conftest import installed


class Adds(nn.Module):
    def forward(self, a, b=None, *, c=None):
        return a


def test_without_the_counter_its_known_rules_are_what_is_left(monkeypatch):
    monkeypatch.setattr(listeners, "version_of", lambda package: None)
    found = bridge("squeezenet", to="torchinfo")
    assert (found.measured, found.remainder, found.agrees) == (None, 0, True)
    assert found.total == found.ours + sum(step.figure for step in found.steps)
    assert str(found).endswith(
        "Not verified here: torchinfo is not installed (pip install torchinfo); the steps are "
        "what its known rules give.\n"
    )


def test_what_a_counter_prints_is_its_own_business(capsys):
    installed("ptflops")
    found = bridge(Keyword(), {"left": torch.zeros(3, 5), "right": torch.zeros(3, 5)}, to="ptflops")
    assert found.measured == 210 + 2 * 3 * 7
    assert capsys.readouterr() == ("", "")


def test_keywords_become_positions_where_they_can():
    assert by_position(Adds(), (1,), {}) == ((1,), {})
    assert by_position(Adds(), (), {"a": 1, "c": 3}) == ((1,), {"c": 3})
    assert by_position(Adds(), (), {"b": 2, "a": 1}) == ((1, 2), {})
    assert by_position(Adds(), (1,), {"c": 3}) == ((1,), {"c": 3})
    assert by_position(Adds(), (), {"d": 1}) == ((), {"d": 1})


def test_a_version_or_none():
    assert version_of("torch")
    assert version_of("no such package") is None


def test_a_model_that_does_not_run_is_refused_in_a_sentence():
    with pytest.raises(ModelError, match="Raises raised"):
        bridge(Raises(nn.Identity()), torch.zeros(2, 5), to="thop")
