"""What the CPU's kernels keep, against the kernels themselves."""

from itertools import product

import pytest
import torch

from complexity.tracing.lifetimes import faking
from complexity.tracing.results import COMPUTED, UNCOMPUTED

BAGS = (torch.ops.aten._embedding_bag.default, torch.ops.aten._embedding_bag_forward_only.default)
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


def test_a_sparse_gradient_is_no_copy_and_any_other_tensor_is():
    clone = torch.ops.aten.clone.default
    kept = COMPUTED[clone]
    indices, values = torch.tensor([[2, 0]]), torch.ones(2, 3)
    sparse = torch.sparse_coo_tensor(indices, values, (5, 3), check_invariants=True)
    found = kept(sparse)
    assert found._values().data_ptr() == values.data_ptr()
    assert torch.equal(found.to_dense(), sparse.to_dense())
    assert kept(values).data_ptr() != values.data_ptr()
    assert kept(values.t(), memory_format=torch.contiguous_format).is_contiguous()
