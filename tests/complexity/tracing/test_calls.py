"""What a run leaves behind: shapes in the place of tensors, and the work of a scope."""

import torch

from complexity.tracing.calls import (
    Scope,
    TensorShape,
    moved_by,
    shape_of,
    shapes_for_tensors,
    size_of,
    tensors_in,
)
from complexity.tracing.operators import Work
from formulas.cost import Cost
from formulas.traffic import Traffic, elements_moved

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
    moved = scope.traffic((B,), own={id(C)})
    assert moved == {"float32": Traffic(6, 0, 77 + 17), "int64": Traffic(outputs=5)}
    assert scope.cost(moved, params=19) == Cost(19, 2, 3, 5, 6 + 77 + 5 + 17)


def test_a_view_of_a_weight_is_a_weight():
    moved = moved_by([(A, 6), (A.T, 6), (B.view(-1), 5)], (), own={id(A)})
    assert elements_moved(moved) == Traffic(inputs=5, weights=12)


def test_a_scope_that_only_looks_at_memory_moves_nothing():
    scope = Scope("a", True, inputs=(A,))
    scope.add(Work(moves=False))
    assert scope.traffic((A,)) == {}
    assert scope.cost({}) == Cost()
