"""The expressions of well-known models equal the traced counts at 30 sizes, drawn at random."""

import random

import pytest

from complexity import derive
from complexity.analysis import analyze
from complexity.symbolic.symbolic_inputs import own_feed
from complexity.targets.loader import load_model
from formulas.core.cost import COST_FIELDS
from formulas.networks import NETWORKS

pytestmark = pytest.mark.slow
LLAMA = {"num_hidden_layers": 2, "hidden_size": 96, "intermediate_size": 160, "vocab_size": 500,
         "num_attention_heads": 8, "num_key_value_heads": 2}  # fmt: skip
# What each model's MACs are, the rule of its last size, and its factory's arguments.
MODELS = {
    "torchvision:resnet18": (
        "9408 N ceil(r/2)^2 + 147456 N ceil(r/4)^2 + 524288 N ceil(r/8)^2 + "
        "2097152 N ceil(r/16)^2 + 8388608 N ceil(r/32)^2 + 512000 N",
        "r >= 2",
        {},
    ),
    "torchvision:resnet50": (None, "r >= 2", {}),
    "torchvision:mobilenet_v2": (None, "r >= 2", {}),
    "torchvision:efficientnet_b0": (None, "r >= 2", {}),
    "torchvision:convnext_tiny": (
        "239904 N floor(r/4)^2 + 986688 N floor(r/8)^2 + 11081088 N floor(r/16)^2 + "
        "15448320 N floor(r/32)^2 + 768000 N",
        "r >= 74",
        {},
    ),
    # its position embedding belongs to 224x224: the batch is all that is open
    "torchvision:vit_b_16": ("17563828224 N", "N >= 1", {}),
    # its windows of 7x7 fit each of its four maps; at 224 itself the last is one window, not shifted
    "torchvision:swin_t": ("89481 N r^2 + 768000 N", "r a multiple of 224, r >= 448", {}),
    "transformers:BertModel": ("18432 N S^2 + 84934656 N S + 589824 N", "2 <= S <= 512", {}),
    "transformers:GPT2LMHeadModel": ("18432 N S^2 + 123532032 N S", "2 <= S <= 1024", {}),
    "transformers:LlamaForCausalLM": (None, "2 <= S <= 2048", LLAMA),
    "transformers:T5Model": ("18432 N S^2 + 44040192 N S", "S >= 2", {}),
}


@pytest.mark.parametrize("target", MODELS)
def test_expressions_are_the_traced_counts_at_30_sizes(target, torchvision, transformers):
    macs, rule, arguments = MODELS[target]
    formula = derive(target, **arguments)
    if macs is not None:
        assert str(formula.macs) == macs
    assert formula.dimensions[-1].rule == rule
    assert set(formula.fixed) == ({"r"} if target.endswith("vit_b_16") else set())
    module, own = load_model(target, arguments=arguments)
    feed = own_feed(own, None, {})
    draw = random.Random(target)
    for _ in range(30):
        sizes = {each.name: one_of(each, draw) for each in formula.dimensions}
        report = analyze(module, feed.make({**feed.usual, **sizes}))
        found = formula.at(**sizes)
        for field in COST_FIELDS:
            assert getattr(found, field) == getattr(report.cost, field), (sizes, field)


def one_of(dimension, draw):
    """A size for which the expressions are said to hold."""
    if dimension.meaning == "batch":
        return draw.randint(1, 9)
    most = dimension.most or max(600, 5 * dimension.step)
    size = draw.randint(dimension.least, most)
    return size - (size - dimension.start) % dimension.step


def test_the_reason_why_a_size_is_fixed_is_the_models_own(torchvision):
    assert derive("torchvision:vit_b_16").fixed == {
        "r": "r is fixed at 224: VisionTransformer raised AssertionError: "
        "Wrong image height! Expected 224 but got 223!"
    }


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_the_expressions_of_a_network_are_the_traced_counts_at_30_sizes(name, variant):
    formula = derive(name, variant=variant)
    draw = random.Random(name + variant)
    for _ in range(30):
        sizes = {"N": draw.randint(1, 9), "r": draw.randint(formula.dimensions[1].least, 300)}
        width = {}
        if len(formula.dimensions) == 3:
            width = {"alpha": formula.dimensions[2].step * draw.randint(1, 40)}
        said = {"batch": sizes["N"], "resolution": sizes["r"], **width}
        report = analyze(name, variant=variant, **said)
        assert report.verdict.agrees  # row by row with a run of the real network
        assert formula.at(**sizes, **width) == report.cost
