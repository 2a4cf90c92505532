"""Of identical blocks one runs; whatever might tell two blocks apart lets all of them run."""

import pytest
import torch
from torch import nn

from complexity.closed_form.describe import is_layer
from complexity.tracing import trace
from complexity.tracing.engines import repeated_blocks as repeating
from tests.complexity.any_model.conftest import left_by
from tests.complexity.helpers import state_of
from tests.complexity.tracing.engines.blocks import (
    BLOCKS,
    Counting,
    Drawing,
    DrawingOfTorch,
    Numbering,
    OfItsClass,
    Plain,
    Resizing,
    Row,
    Viewing,
    Writing,
    enclosed,
)


@pytest.fixture(autouse=True)
def every_block(monkeypatch):
    monkeypatch.setattr(repeating, "SMALLEST", 2)
    monkeypatch.setattr(repeating, "FEWEST", 2)


def repeats(model, monkeypatch, x=None, same=True):
    """How many blocks took over what another did; with the calls held against the oracle."""
    taken = []
    whole = repeating.Block.repeat

    def counted(self, *args):
        taken.append(self.path)
        return whole(self, *args)

    monkeypatch.setattr(repeating.Block, "repeat", counted)
    x = torch.zeros(3, 5, 7) if x is None else x
    before = state_of(model)
    fast = trace(model, x, is_layer)
    assert not same or state_of(model) == before
    own = [vars(module).get("forward") for module in model.modules()]
    assert not any(isinstance(each, repeating.Block) for each in own)
    assert left_by(fast) == left_by(trace(model, x, is_layer, engine="operators"))
    return len(taken)


def test_of_identical_blocks_one_runs(monkeypatch):
    assert repeats(Row(Plain), monkeypatch) == BLOCKS - 1


def test_blocks_that_run_twice_in_turn_all_run(monkeypatch):
    model = Row(Plain, lambda block, x: block(block(x)))
    assert repeats(model, monkeypatch) == 0  # of the first, two runs are one call


def test_a_part_that_runs_on_its_own_first_lets_its_block_run(monkeypatch):
    model = Row(Plain, lambda block, x: block(block.norm(x)))
    assert repeats(model, monkeypatch) == 0


def test_a_part_of_the_first_block_that_runs_later_does_not_count_twice(monkeypatch):
    model = Row(Plain)
    model.feed = lambda block, x: model.blocks[0].norm(block(x))
    assert repeats(model, monkeypatch) == 0


@pytest.mark.parametrize(
    "make",
    [
        Counting,
        Writing,
        Numbering,
        OfItsClass,
        Drawing,
        DrawingOfTorch,
        Viewing,
        Resizing,
        enclosed,
    ],
    ids=lambda make: make.__name__,
)
def test_a_block_with_an_effect_is_never_repeated(make, monkeypatch):
    assert repeats(Row(make), monkeypatch, same=make is not OfItsClass) == 0


def with_list_in_common(model):
    shared: list = []
    for block in model.blocks:
        block.sides = shared

    model.feed = lambda block, x: block.sides.append(1) or block(x)


def numbered(model):
    for number, block in enumerate(model.blocks):
        block.number = number


def with_object(model):
    for block in model.blocks:
        block.config = object()


def hooked(model):
    for block in model.blocks:
        block.act.register_forward_hook(lambda module, args, out: None)


def tied(model):
    for block in model.blocks:
        block.first.weight = model.blocks[0].first.weight


def replaced(model):
    for block in model.blocks:
        block.act.forward = lambda x: x + 1


def another_activation(model):
    for block in model.blocks[1:]:
        block.act.approximate = "tanh"
    del model.blocks[2:]


def one_module_in_two_places(model):
    model.again = model.blocks[0].act


@pytest.mark.parametrize(
    "change",
    [with_list_in_common, numbered, with_object, hooked, tied, replaced, another_activation,
     one_module_in_two_places],
    ids=lambda change: change.__name__,
)  # fmt: skip
def test_blocks_that_something_tells_apart_all_run(change, monkeypatch):
    model = Row(Plain)
    change(model)
    assert repeats(model, monkeypatch, same=change is not with_list_in_common) == 0


def test_a_global_hook_lets_all_blocks_run(monkeypatch):
    hook = nn.modules.module.register_module_forward_hook(lambda module, args, out: None)
    try:
        assert repeats(Row(Plain), monkeypatch) == 0
    finally:
        hook.remove()


def test_blocks_that_are_fed_otherwise_run(monkeypatch):
    class Narrowing(Row):
        def forward(self, x):
            for block in self.blocks:
                x = block(x)[:-1]
            return x

    assert repeats(Narrowing(Plain), monkeypatch, torch.zeros(11, 7)) == 0


def test_tensors_inside_of_a_list_let_all_blocks_run(monkeypatch):
    class Listed(Plain):
        def forward(self, xs):
            return super().forward(xs[0])

    model = Row(Listed, lambda block, x: block([x]))
    assert repeats(model, monkeypatch) == 0


def test_a_result_may_be_a_tuple_and_an_argument(monkeypatch):
    class Pair(Plain):
        def forward(self, x, mask, scale=1):
            return super().forward(x) * scale, mask, None

    class Pairs(Row):
        def forward(self, x):
            mask = x + 1
            for block in self.blocks:
                x, same, nothing = block(x, mask, scale=2)
                assert same is mask
                assert nothing is None
            return x

    assert repeats(Pairs(Pair), monkeypatch) == BLOCKS - 1


def test_a_block_whose_settings_changed_during_the_run_runs(monkeypatch):
    class Choosing(Plain):
        def forward(self, x):
            return super().forward(x) if self.scale == 0.5 else x

    def feed(block, x):
        if block is not model.blocks[0]:
            block.scale = 2.0
        return block(x)

    model = Row(Choosing, feed)
    assert repeats(model, monkeypatch) == 0


def test_a_block_that_ran_otherwise_before_is_not_repeated(monkeypatch):
    class Adding(Plain):
        def forward(self, x):
            return x + 1  # and none of its parts

    class Again(Row):
        def forward(self, x):
            self.blocks[1](x[:1])  # as no other block is fed
            return self.blocks[1](self.blocks[0](x))

    assert repeats(Again(Adding), monkeypatch) == 0


def test_a_copy_of_a_block_runs_its_own_layers(monkeypatch):
    from copy import deepcopy

    model = Row(Plain, lambda block, x: deepcopy(block)(block(x)))
    repeats(model, monkeypatch)


def test_few_or_small_blocks_are_not_compared(monkeypatch):
    monkeypatch.setattr(repeating, "FEWEST", BLOCKS + 1)
    assert repeats(Row(Plain), monkeypatch) == 0
    monkeypatch.setattr(repeating, "FEWEST", BLOCKS)
    assert repeats(Row(Plain), monkeypatch) == BLOCKS - 1
    monkeypatch.setattr(repeating, "SMALLEST", 6)  # a Plain is five modules
    assert repeats(Row(Plain), monkeypatch) == 0


def test_a_block_that_raises_is_named(monkeypatch):
    from complexity.errors import ModelError

    with pytest.raises(ModelError, match=r"blocks\.0\.norm \(LayerNorm\)"):
        trace(Row(Plain), torch.zeros(3, 5), is_layer)
