"""A training step: what is kept for each parameter that learns."""

import pytest

from formulas.core.cost import Cost
from formulas.core.errors import SizeError
from reports.model.training import OPTIMIZER_STATE, Training


@pytest.mark.parametrize(
    ("optimizer", "state", "memory"), [("sgd", 0, 312), ("momentum", 211, 523), ("adam", 422, 734)]
)
def test_an_optimizer_keeps_state_for_what_learns_and_gradients_too(optimizer, state, memory):
    step = Training(Cost(macs=1193), trainable=211, optimizer=optimizer)
    assert step.state == state
    assert step.memory(101) == memory


def test_every_optimizer_is_tested_and_adam_is_the_usual_one():
    assert set(OPTIMIZER_STATE) == {"sgd", "momentum", "adam"}
    assert Training(Cost(), 1).optimizer == "adam"


def test_frozen_params_are_stored_but_keep_no_state():
    assert Training(Cost(), trainable=0).memory(101) == 101


@pytest.mark.parametrize("optimizer", ["", "Adam", "lion", None])
def test_another_optimizer_is_refused_with_the_choice(optimizer):
    with pytest.raises(SizeError) as refused:
        Training(Cost(), 211, optimizer)
    assert str(refused.value) == f"optimizer={optimizer!r} must be one of sgd, momentum, adam"
