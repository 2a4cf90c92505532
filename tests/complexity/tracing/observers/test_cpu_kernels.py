"""What the CPU's kernels keep, against the kernels themselves."""

from itertools import product

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from complexity.tracing.observers.cpu_kernels import COMPUTED, UNCOMPUTED
from complexity.tracing.observers.peak_memory import faking

BAGS = (torch.ops.aten._embedding_bag.default, torch.ops.aten._embedding_bag_forward_only.default)
NORMS = (torch.ops.aten.native_batch_norm.default, torch.ops.aten._native_batch_norm_legit.default)
SUM, MAX = 0, 2


def stored_by(func, mode, sparse, last, weighted):
    """The storages of the results of three bags, without gaps between them."""
    indices, offsets = torch.arange(17), torch.tensor([0, 4, 9] + [17] * last)
    weights = torch.ones(17) if weighted else None
    out = func(torch.zeros(19, 5), indices, offsets, False, mode, sparse, weights, last, -1)
    return [each.untyped_storage().nbytes() for each in out]


@pytest.mark.parametrize("func", BAGS, ids=str)
def test_an_embedding_bag_keeps_what_the_cpus_kernel_keeps(func):
    others = 0
    for mode, sparse, last, weighted in product(
        (SUM, 1, MAX), (False, True), (False, True), (False, True)
    ):
        if (mode == MAX and sparse) or (mode != SUM and weighted):
            continue  # torch refuses these
        case = (mode, sparse, last, weighted)
        computed = stored_by(func, *case)
        with faking():
            assert stored_by(UNCOMPUTED[func], *case) == computed, case
            others += stored_by(func, *case) != computed
    assert others  # else torch has become as exact, and the rule can go


@pytest.mark.parametrize("func", NORMS, ids=str)
@pytest.mark.parametrize("training", [False, True])
def test_a_batch_norm_keeps_statistics_in_the_type_of_its_weights(func, training):
    def kept(kernel, given, weight):
        x, vector = torch.zeros(3, 5, 7, dtype=given), torch.ones(5, dtype=weight)
        out = kernel(x, vector, vector, vector.clone(), vector.clone(), training, 0.1, 1e-5)
        return [(each.dtype, each.shape) for each in out]

    others = 0
    for types in product((torch.float32, torch.bfloat16), repeat=2):
        if types == (torch.float32, torch.bfloat16):
            continue  # torch refuses these
        computed = kept(func, *types)
        with faking():
            assert kept(UNCOMPUTED[func], *types) == computed, types
            others += kept(func, *types) != computed
    assert others or not training  # else torch has become as exact, and the rule can go


def test_a_parameter_keeps_its_sparse_gradient_and_any_other_tensor_is_copied():
    kept = COMPUTED[torch.ops.aten.clone.default]
    dense = torch.ones(2, 3)
    sparse = torch.sparse_coo_tensor(torch.tensor([[2, 0]]), dense, (5, 3), check_invariants=True)
    for each in (sparse, sparse.coalesce()):
        copied = kept(each)
        assert copied._values().data_ptr() != each._values().data_ptr()
        assert torch.equal(copied.to_dense(), each.to_dense())
        assert copied.is_coalesced() == each.is_coalesced()
    with faking():
        parts = (torch.zeros(1, 2, dtype=torch.int64), torch.zeros(2, 3))
        sparse = torch.sparse_coo_tensor(*parts, (5, 3), check_invariants=False)
        assert kept(sparse)._values().shape == (2, 3)
    assert kept(dense).data_ptr() != dense.data_ptr()
    assert kept(dense.t(), memory_format=torch.contiguous_format).is_contiguous()


class Copies(TorchDispatchMode):
    """Where the values of each tensor that is copied lie, before and after."""

    def __init__(self) -> None:
        super().__init__()
        self.places = []

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = COMPUTED.get(func, func)(*args, **(kwargs or {}))
        if func in COMPUTED:
            self.places.append((args[0]._values().data_ptr(), out._values().data_ptr()))
        return out


def test_it_is_the_gradient_that_torch_has_when_nobody_looks_on():
    table, given = torch.nn.Embedding(5, 3, sparse=True), torch.tensor([2, 0])
    table(given).sum().backward()
    alone = table.weight.grad
    table.weight.grad = None
    with Copies() as seen:
        table(given).sum().backward()
    assert [before == after for before, after in seen.places] == [True]
    assert torch.equal(table.weight.grad.to_dense(), alone.to_dense())
