"""A product that torch lowers to a multiplication is counted as the product that was written."""

import pytest
import torch
from torch import zeros

from complexity import analyze, check
from tests.complexity.small import Calls

ENGINES = ("fast", "operators")
# (what is called, shapes, MACs by hand: the product of all index extents of each pair)
PRODUCTS = {
    "one column": (lambda a, b: torch.einsum("bi,oi->bo", a, b), ((5, 1), (7, 1)), 5 * 7),
    "one row": (lambda a, b: torch.einsum("ib,io->bo", a, b), ((1, 5), (1, 7)), 5 * 7),
    "outer": (lambda a, b: torch.einsum("i,j->ij", a, b), ((5,), (7,)), 5 * 7),
    "outer, swapped": (lambda a, b: torch.einsum("i,j->ji", a, b), ((5,), (7,)), 5 * 7),
    "batches": (lambda a, b: torch.einsum("bi,bj->bij", a, b), ((3, 5), (3, 7)), 3 * 5 * 7),
    "one image": (lambda a, b: torch.einsum("bi,oi->bo", a, b), ((1, 1), (7, 1)), 7),
    "dots of one": (lambda a, b: torch.einsum("bi,bi->b", a, b), ((5, 1), (5, 1)), 5),
    "implicit": (lambda a, b: torch.einsum("i,j", a, b), ((5,), (7,)), 5 * 7),
    "ellipsis": (lambda a, b: torch.einsum("...i,...j->...ij", a, b), ((3, 5), (3, 7)), 3 * 5 * 7),
    "sublists": (lambda a, b: torch.einsum(a, [0, 1], b, [2, 1], [0, 2]), ((5, 1), (7, 1)), 35),
    "of three": (
        lambda a, b, c: torch.einsum("bi,oi,o->bo", a, b, c), ((5, 3), (7, 3), (7,)),
        5 * 3 * 7 + 5 * 7,
    ),
    "summed": (lambda a, b: torch.einsum("bi,oi->bo", a, b), ((5, 3), (7, 3)), 5 * 3 * 7),
    "kronecker": (torch.kron, ((5, 3), (2, 11)), 5 * 3 * 2 * 11),
    "dots": (torch.linalg.vecdot, ((5, 3), (5, 3)), 5 * 3),
    "dots, broadcast": (torch.linalg.vecdot, ((5, 3), (7, 1, 3)), 7 * 5 * 3),
    "dots, first": (lambda a, b: torch.linalg.vecdot(a, b, dim=0), ((5, 3), (5, 3)), 5 * 3),
}  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PRODUCTS)
def test_a_product_has_the_macs_of_its_index_extents(name, engine):
    product, shapes, macs = PRODUCTS[name]
    report = analyze(Calls(product), tuple(map(zeros, shapes)), engine=engine)
    assert (report.macs, report.cost.elementwise) == (macs, 0)


@pytest.mark.parametrize("name", PRODUCTS)
def test_the_check_of_a_product_confirms_it(name):
    product, shapes, _ = PRODUCTS[name]
    verdict = check(Calls(product), tuple(map(zeros, shapes)))
    assert "NOT" not in str(verdict)
    assert all(w.counted is None or w.counted == w.expected for w in verdict.witnesses), verdict


@pytest.mark.parametrize("name", ["one column", "outer", "kronecker"])
def test_an_outer_product_has_a_closed_form(name):
    product, shapes, _ = PRODUCTS[name]
    report = analyze(Calls(product), tuple(map(zeros, shapes)))
    assert [row.kind for row in report.layers] == ["outer"]


@pytest.mark.parametrize(
    ("product", "shapes", "steps"),
    [
        (lambda a, b: a * b, ((5, 1), (7,)), 35),
        (lambda a, b: torch.einsum("bi,bi->bi", a, b), ((3, 5), (3, 5)), 15),
        (lambda a, b: torch.einsum("bi,i->bi", a, b), ((3, 5), (5,)), 15),
        (lambda a, b: torch.einsum("ij,ij", a, b).new_zeros(()) + a * b, ((1, 1), (1, 1)), 2),
    ],
    ids=["mul", "hadamard", "scaled rows", "after an einsum"],
)
def test_an_elementwise_multiplication_stays_elementwise(product, shapes, steps):
    report = analyze(Calls(product), tuple(map(zeros, shapes)))
    assert report.cost.elementwise == steps
    assert report.macs == (1 if shapes[0] == (1, 1) else 0)


def test_a_complex_product_is_four():
    vectors = tuple(zeros(n, dtype=torch.complex64) for n in (5, 7))
    report = analyze(Calls(PRODUCTS["outer"][0]), vectors)
    assert report.macs == 4 * 35


def test_the_values_of_a_run_on_the_cpu_are_right():
    """The model's control flow depends on the result, so it runs for real."""
    seen = []

    def product(a, b):
        out = torch.linalg.vecdot(a, b)
        seen.append(out.sum().item())
        return out

    analyze(Calls(product), (torch.ones(2, 3), torch.ones(2, 3)))
    assert seen[-1] == 6
