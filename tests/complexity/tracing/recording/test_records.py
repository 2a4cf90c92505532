"""What a run leaves behind: shapes in the place of tensors, and the work of a scope."""

import pytest
import torch

from complexity.tracing.ops.cost_rules import Work
from complexity.tracing.recording.records import (
    Scope,
    TensorShape,
    TracedCall,
    moved_by,
    shape_of,
    shapes_for_tensors,
    size_of,
    tensors_in,
    total_of,
)
from formulas.core.cost import Cost
from formulas.core.memory_traffic import Traffic

A, B, C = torch.zeros(2, 3), torch.zeros(5, dtype=torch.int64), torch.zeros(7, 11)


def test_tensors_are_found_in_any_nest_in_order():
    found = tensors_in((A, [3, {"x": B}], None, (C,)))
    assert list(map(id, found)) == list(map(id, (A, B, C)))
    assert tensors_in(None) == ()


def test_a_shape_stands_for_a_tensor_and_remembers_its_type():
    shown = shapes_for_tensors((A, [3, {"x": B}], None, "word"))
    assert shown == ((2, 3), [3, {"x": (5,)}], None, "word")
    assert isinstance(shown[0], TensorShape)
    assert (shown[0].dtype, shown[1][1]["x"].dtype) == (torch.float32, torch.int64)


@pytest.mark.filterwarnings("ignore")  # of torch: nested tensors are a prototype
def test_a_nested_tensor_has_the_shape_of_its_rows():
    assert shapes_for_tensors([torch.nested.nested_tensor([A, A[:1]]), A]) == [(3, 3), (2, 3)]


def test_shapes_and_sizes_are_plain_integers():
    assert shape_of(A) == (2, 3)
    assert type(shape_of(A)) is tuple
    assert size_of((A, B, C)) == 6 + 5 + 77
    assert size_of(()) == 0


def test_a_scope_adds_up_what_runs_in_it():
    scope = Scope("a", True)
    scope.add(Work(2, 3, 5))
    scope.add(Work(7, 11, 13, moves=False))
    assert (scope.macs, scope.elementwise, scope.activations) == (9, 14, 18)
    assert scope.moved


def test_a_scope_reads_inputs_and_weights_once_and_writes_outputs():
    scope = Scope("a", True, inputs=(A,), read={id(A): A, id(C): C}, looked_up=[(C, 17)])
    scope.add(Work(2, 3, 5))
    sums = scope.traffic((B,), own={id(C)})
    assert sums == {torch.float32: (6, 0, 77 + 17), torch.int64: (0, 5, 0)}
    assert scope.cost(sums, params=19) == Cost(19, 2, 3, 5, 6 + 77 + 5 + 17)
    assert total_of(sums) == 6 + 77 + 5 + 17


def test_a_view_of_a_weight_is_a_weight():
    sums = moved_by((A, A.T, B.view(-1)), [(A, 2), (C, 11)], (), own={id(A)})
    assert sums == {torch.float32: (11, 0, 12 + 2), torch.int64: (5, 0, 0)}


def call(sums, **more):
    return TracedCall("a", None, "relu", None, (), ((2, 3),), (2, 3), Cost(), sums=sums, **more)


def test_a_call_names_its_types_and_takes_in_one_that_is_like_it():
    first = call({torch.float32: (2, 3, 5)}, unknown={"odd": 1})
    kept = first.sums
    first.take_in(call({torch.float32: (7, 11, 13), torch.int64: (17, 0, 0)}, unknown={"odd": 3}))
    assert first.moved == {"float32": Traffic(9, 14, 18), "int64": Traffic(inputs=17)}
    assert (first.calls, first.unknown) == (2, {"odd": 4})
    assert kept == {torch.float32: (2, 3, 5)}  # a copy of the call may share them


def test_a_scope_that_only_looks_at_memory_moves_nothing():
    scope = Scope("a", True, inputs=(A,))
    scope.add(Work(moves=False))
    assert scope.traffic((A,)) == {}
    assert scope.cost({}) == Cost()
