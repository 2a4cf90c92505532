"""The table of tools: names, units, and what is refused."""

import pytest

from benchmarks import tools
from benchmarks.tools import REFERENCES, TOOLS, Tool
from benchmarks.workloads import WORKLOADS


def test_the_tables_hold_what_the_benchmark_promises():
    named = {"fvcore", "ptflops", "thop", "torchinfo", "calflops", "torchprofile", "flopcounter"}
    assert {"complexity", "forward-meta", "forward-cpu", *named} <= TOOLS.keys()
    assert set(REFERENCES) <= TOOLS.keys()
    assert len(WORKLOADS) == 10
    assert all(tool.counts for name, tool in TOOLS.items() if not name.startswith("forward"))


def test_a_figure_becomes_macs_exactly():
    two = Tool("two", print, per_mac=2)
    assert two.macs(2 * (10**18 + 1)) == 10**18 + 1
    assert two.macs(None) is None
    with pytest.raises(ValueError, match="two gave 7, not a whole number of MACs"):
        two.macs(7)


def test_an_unknown_operation_of_ours_is_a_failure_and_no_count():
    class Report:
        unknown = {"aten.svd": 2}  # noqa: RUF012
        macs = 5

    with pytest.raises(ValueError, match=r"unknown operations: aten\.svd"):
        tools.fully_known(Report())


@pytest.mark.parametrize("name", ["bert", "gpt2", "llama7b"])
@pytest.mark.slow
def test_a_language_model_is_built_without_weights(name, transformers):
    model, ids = WORKLOADS[name].on("meta")
    assert all(parameter.is_meta for parameter in model.parameters())
    assert not model.training
    assert ids.is_meta
    assert WORKLOADS[name].weights_gb in (
        0,
        round(4e-9 * sum(p.numel() for p in model.parameters())),
    )


@pytest.mark.slow
def test_an_image_model_is_built_without_weights(torchvision):
    model, image = WORKLOADS["mobilenet_v2"].on("meta")
    assert sum(p.numel() for p in model.parameters()) == 3_504_872
    assert image.shape == (1, 3, 224, 224)
