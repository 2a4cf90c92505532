"""A sweep and a search as JSON."""

import json

from reports.export.sweep_json import sweep_dict
from tests.reports.sweeps import one_range, searched, two_ranges


def test_sweep_json_is_exact_and_has_what_was_left_out():
    found = json.loads(json.dumps(sweep_dict(two_ranges())))
    assert (found["model"], found["size"], found["interrupted"]) == ("a<i>.py:f", 4, False)
    assert "variant" not in found
    assert found["axes"] == {"act": ["<b>$x_1$", "gelu"], "S": ["5x7", 11]}
    assert found["points"][2] == {
        "setting": {"act": "gelu", "S": "5x7"},
        "params": 21, "macs": 3000, "elementwise": 33, "activations": 39, "memory_access": 51,
        "flops": 6000, "unknown": 2,
    }  # fmt: skip
    assert found["left_out"] == [
        {"setting": {"act": "gelu", "S": 11}, "count": 1, "why": "it raised <i>"}
    ]
    assert sweep_dict(one_range())["variant"] == "paper"


def test_sweep_json_of_a_search_has_its_objectives():
    assert sweep_dict(searched())["search"] == {
        "budgets": ["macs <= 3,000"], "maximize": ["alpha"], "minimize": ["params"],
        "chosen": 1, "points": 3,
    }  # fmt: skip
