"""From our number to each counter's, which is asked: nothing is left over, or it has a name."""

import pytest
import torch
from torch import nn

from complexity import ModelError, bridge
from complexity.interop.bridge import WAYS
from complexity.interop.bridge.ptflops_functions import FUNCTIONS
from formulas.core.errors import SizeError
from formulas.networks import NETWORKS, network
from tests.complexity.helpers import plant, state_of, values_of
from tests.complexity.interop.bridge.models import MODELS, Shared
from tests.complexity.small import Keyword, Mysterious, network_in_miniature
from tests.conftest import installed

PACKAGES = {
    "thop": "thop",
    "ptflops": "ptflops",
    "ptflops-aten": "ptflops",
    "torchinfo": "torchinfo",
}


@pytest.fixture(params=WAYS)
def to(request):
    if request.param in PACKAGES:
        installed(PACKAGES[request.param])
    return request.param


def explained(model, inputs=None, **how):
    """The bridge, of which every number is what it must be."""
    found = bridge(model, inputs, **how)
    assert found.silence == ""
    assert found.agrees, found
    assert found.ours + sum(step.figure for step in found.items) == found.total == found.measured
    return found


@pytest.mark.parametrize("variant", ["document", "paper"])
@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_arrives_at_every_counters_number(name, variant, to):
    size = 21 if variant == "document" else 37
    closed = network(name, variant=variant, resolution=size, batch=2)
    of_params = variant == "document" and to in ("thop", "ptflops", "torchinfo")
    for of in ("macs", "params") if of_params else ("macs",):
        found = explained(closed, to=to, of=of)
        assert found.ours == getattr(closed.cost, of)


@pytest.mark.parametrize("name", MODELS)
def test_other_models_do_too(name, to):
    model, inputs = MODELS[name]()
    explained(model.eval(), inputs, to=to, of="macs")
    explained(model.eval(), inputs, to=to, of="params")


def test_flops_are_bridged_by_one_step_more(to):
    model, inputs = MODELS["functional"]()
    found = explained(model, inputs, to=to, of="flops")
    steps = {step.why: step.figure for step in found.steps}
    halved = 0 if to == "torch" else -found.ours // 2
    assert steps.get("one for each MAC, not two", 0) == halved


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small"])
def test_models_of_torchvision_do_too(torchvision, name, to):
    model = torchvision.models.get_model(name)
    explained(model.eval(), torch.zeros(1, 3, 64, 64), to=to)
    explained(model.eval(), torch.zeros(1, 3, 64, 64), to=to, of="params")


def test_a_vision_transformer_of_timm_does_too(timm, to):
    model = timm.create_model("vit_tiny_patch16_224", img_size=32, depth=2)
    explained(model.eval(), torch.zeros(1, 3, 32, 32), to=to)


def test_nothing_is_changed(to):
    model = network_in_miniature().train()
    model[0].register_forward_hook(lambda *_: None)
    x = torch.randn(2, 3, 11, 13)
    functions = [(vars(owner).get(name), getattr(owner, name)) for owner, name in FUNCTIONS]
    before, values = state_of(model, x), values_of(model, x)
    explained(model, x, to=to)
    assert state_of(model, x) == before
    assert all(map(torch.equal, values, values_of(model, x)))
    assert functions == [(vars(owner).get(name), getattr(owner, name)) for owner, name in FUNCTIONS]


@pytest.mark.parametrize("kind", ["standard", "fc"])
def test_a_fault_in_our_own_formulas_is_never_taken_for_a_habit(to, kind, monkeypatch):
    plant(monkeypatch, kind, "macs")
    found = bridge(network_in_miniature(), torch.zeros(2, 3, 11, 13), to=to)
    assert not found.agrees
    assert found.remainder == (-2 if to == "torch" else -1)


def test_frozen_params_are_learnable_to_all_but_ptflops():
    installed("ptflops")
    found = explained(network_in_miniature(), torch.zeros(2, 3, 11, 13), to="ptflops", of="params")
    assert [(s.why, s.figure) for s in found.steps] == [
        ("frozen params (requires_grad=False) left out", -5)
    ]


def test_a_known_remainder_is_an_item_with_a_name():
    """torchinfo counts containers of a shared module anew, by the order of calls."""
    installed("torchinfo")
    found = bridge(Shared(), torch.zeros(2, 4), to="torchinfo", of="params")
    assert (found.ours, found.total, found.remainder, found.agrees) == (20, 60, 40, False)
    assert [(step.why, step.figure) for step in found.items] == [
        ("not explained: containers of shared modules, counted anew", 40)
    ]


def test_what_a_counter_cannot_run_is_said_and_the_rules_still_count():
    installed("thop")
    inputs = {"left": torch.zeros(3, 5), "right": torch.zeros(3, 5)}
    found = bridge(Keyword(), inputs, to="thop")
    assert found.measured is None
    assert found.silence == (
        "thop could not run: TypeError: it passes no keywords, and the model takes left, right"
    )
    assert (found.total, found.remainder) == (210, 0)


def test_an_unknown_operation_is_said_to_be_in_no_step():
    (note, *_) = bridge(Mysterious(), torch.zeros(3, 5), to="torch").notes
    assert note == "Operations without a formula are in no step: our number is at least this."


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"to": "thop", "of": "activations"},
            "of='activations' must be one of macs, params, flops",
        ),
        (
            {"to": "flopth"},
            "to='flopth' must be one of fvcore, torch, thop, ptflops, ptflops-aten, t",
        ),
        ({"to": "paper"}, "to='paper' is for the five networks, of which papers print numbers"),
    ],
)
def test_bad_words_are_refused_by_name(said, words):
    with pytest.raises(SizeError, match=words):
        bridge(nn.Linear(3, 5), torch.zeros(3), **said)


def test_what_does_not_run_is_refused():
    with pytest.raises(ModelError, match="Linear raised"):
        bridge(nn.Linear(3, 5), torch.zeros(2), to="thop")
    with pytest.raises(TypeError, match="takes no alpha with a module"):
        bridge(nn.Linear(3, 5), torch.zeros(3), to="thop", alpha=1)
    with pytest.raises(ModelError, match=r"must be a torch\.nn\.Module"):
        bridge(7, to="thop")
