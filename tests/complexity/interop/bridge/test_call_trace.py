"""What a listener sees of a run, and that nothing of it stays."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from torch import nn

from complexity.interop.bridge.call_trace import kept, overheard, visited
from tests.complexity.small import Calls

NAMES = ((F, "relu"), (torch, "mm"), (torch.Tensor, "mm"))


def test_calls_of_modules_are_written_down_with_shapes():
    model = nn.Sequential(nn.Linear(5, 7), nn.ReLU())
    seen = visited(model, (torch.zeros(3, 5),), {})
    assert [type(visit.module) for visit in seen.visits] == [nn.Linear, nn.ReLU, nn.Sequential]
    assert (seen.visits[0].inputs, seen.visits[0].output) == (((3, 5),), (3, 7))
    assert seen.given == ((3, 5),)
    assert seen.of(model[1]) == [seen.visits[1]]
    assert not any(module._forward_hooks for module in model.modules())
    assert not any(module._forward_pre_hooks for module in model.modules())


def test_functions_are_heard_by_name_inside_what_was_running():
    model = nn.Sequential(nn.ReLU(), Calls(lambda x: torch.mm(x, x).mm(x) @ x))
    seen = visited(model, (torch.zeros(3, 3),), {}, NAMES)
    assert [spoken.name for spoken in seen.spoken] == ["relu", "mm", "mm"]
    assert seen.spoken[0].inside == (model, model[0])
    assert seen.spoken[1].args == ((3, 3), (3, 3))


def test_operators_are_seen_with_what_they_really_cost():
    model = nn.Sequential(nn.Linear(5, 7), nn.ReLU())
    assert visited(model, (torch.zeros(3, 5),), {}).executed == []
    seen = visited(model, (torch.zeros(3, 5),), {}, operators=True)
    (product,) = (call for call in seen.executed if call.name == "addmm")
    assert (product.args[1], product.output, product.macs) == ((3, 5), (3, 7), 105)


def test_a_counter_of_operators_listens_to_the_models_own_parts():
    """Of an encoder layer that nobody listens to, torch makes one operator."""
    layer = nn.TransformerEncoderLayer(12, 4, 20, batch_first=True).eval().requires_grad_(False)

    def macs(model):
        return visited(model, (torch.zeros(2, 5, 12),), {}, operators=True).macs

    assert macs(nn.Sequential(layer)) == 2 * 5 * 2 * 240
    assert macs(nn.Sequential(nn.Sequential(layer))) == 0
    assert not any(module._forward_hooks for module in layer.modules())


def test_names_are_put_back_also_after_an_error():
    before = [(vars(owner).get(name), getattr(owner, name)) for owner, name in NAMES]
    heard = []
    with pytest.raises(TypeError), overheard(NAMES, lambda *call: heard.append(call[0])):
        F.relu("no tensor")
    assert heard == ["relu"]
    assert [(vars(owner).get(name), getattr(owner, name)) for owner, name in NAMES] == before


def test_what_a_class_inherits_it_inherits_again():
    class Base:
        name = 1

    class Heir(Base):
        pass

    with kept([(Heir, "name")]):
        Heir.name = 2
    assert "name" not in vars(Heir)
    with kept([(Heir, "name")]):
        pass
    assert Heir.name == 1
