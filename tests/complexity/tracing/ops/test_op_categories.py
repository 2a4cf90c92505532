"""Operators without multiply-adds: which of them compute, and how many steps."""

import pytest
import torch
import torch.nn.functional as F  # noqa: N812

from complexity.tracing.ops import op_categories as classes
from complexity.tracing.ops.cost_rules import COUNTERS
from tests.complexity.any_model.helpers import quiet
from tests.complexity.tracing.observers.storages import Watch, figures, places

aten = torch.ops.aten


@pytest.mark.parametrize(
    ("function", "shapes", "additions"),
    [
        (lambda x, y: x.index_add(0, places(5, like=x), y), [(2, 7), (5, 7)], 35),
        (lambda x, y: x.index_reduce(0, places(5, like=x), y, "amax"), [(2, 7), (5, 7)], 35),
        (lambda x, y: x.scatter_add(0, places(3, 7, like=x), y), [(2, 7), (5, 7)], 21),
        (lambda x, y: x.scatter_reduce(0, places(3, 7, like=x), y, "sum"), [(2, 7), (5, 7)], 21),
        (lambda x, y: x.scatter(0, places(3, 7, like=x), y, reduce="add"), [(2, 7), (5, 7)], 21),
        (lambda x, y: x.index_put((places(5, like=x),), y, True), [(2, 7), (5, 7)], 35),
        (lambda x, y: x.index_put((places(5, like=x),), y, True), [(2, 7), ()], 35),
        (lambda x, y: aten.index_put(x, [None, places(5, 3, like=x)], y, True), [(2, 7), ()], 30),
        (lambda x, y: x.put(places(5, like=x), y, True), [(2, 7), (5,)], 5),
        (lambda x: F.fold(x, (5, 6), 3), [(2, 27, 12)], 2 * 27 * 12),
        (lambda x: torch.histc(x, 3), [(5, 7)], 35),
        # the same without anything that is added
        (lambda x, y: x.scatter(0, places(3, 7, like=x), y), [(2, 7), (5, 7)], 0),
        (lambda x, y: x.index_put((places(5, like=x),), y), [(2, 7), (5, 7)], 0),
        (lambda x, y: x.put(places(5, like=x), y), [(2, 7), (5,)], 0),
        (lambda x: F.unfold(x, 3), [(2, 3, 5, 6)], 0),
    ],
)
def test_an_accumulation_adds_once_for_each_element_of_its_source(function, shapes, additions):
    with quiet():  # some of them are new, others old
        assert figures(function, *shapes, device="cpu") == (0, additions, 0)


def test_a_mask_lets_as_many_additions_through_as_there_are_values():
    def add(x, y):
        mask = torch.tensor([[True, False], [True, True]])
        return aten.index_put(x, [mask], y, True)

    assert figures(add, (2, 2), (3,), device="cpu") == (0, 3, 0)


@pytest.mark.parametrize(
    ("function", "steps"),
    [
        (lambda x: x.sort(1), 35),
        (lambda x: x.topk(2, 1), 10),
        (lambda x: x.argsort(1), 35),
        (torch.nonzero, 2),
        (torch.unique, 1),
        (lambda x: torch.searchsorted(x[0], x), 35),
        (lambda x: torch.isin(x, x[0]), 35),
        (torch.randn_like, 35),
        (torch.bernoulli, 35),
        (lambda x: x.exponential_(), 35),
        (lambda x: torch.multinomial(x + 1, 3), 35 + 15),
    ],
)
def test_ordering_searching_and_drawing_are_work_a_step_an_output(function, steps):
    macs, elementwise, _ = figures(function, (5, 7), device="cpu")
    expected = 0 if function is torch.nonzero else steps  # of zeros, no place is found
    assert (macs, elementwise) == (0, expected)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_a_bag_adds_each_element_of_its_rows_and_so_does_its_gradient(mode, device):
    table = torch.ones(11, 5, device=device, requires_grad=True)
    with Watch() as seen:
        bags = F.embedding_bag(places(3, 7, like=table), table, mode=mode)
        bags.backward(torch.ones_like(bags))
    steps = {name: work.elementwise for name, work in seen.ran if work.elementwise}
    assert steps == {"_embedding_bag": 3 * 7 * 5, "_embedding_bag_backward": 3 * 7 * 5}


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (F.hardshrink, (3, 5)), (F.softshrink, (3, 5)), (F.mish, (3, 5)),
        (lambda x: F.rrelu(x, training=True), (3, 5)), (lambda x: x.cumprod(1), (3, 5)),
        (torch.rot90, (3, 5)), (lambda x: F.smooth_l1_loss(x, x.detach()), (3, 5)),
        (lambda x: F.huber_loss(x, x.detach()), (3, 5)), (lambda x: x.diagonal(), (3, 5)),
        (lambda x: F.gumbel_softmax(x, hard=True), (3, 5)), (lambda x: x.unfold(1, 3, 1), (3, 5)),
        (lambda x: F.pad(x, (1, 2), mode="reflect"), (2, 3, 5)),
        (lambda x: F.pad(x, (1, 2), mode="replicate"), (2, 3, 5)),
        (lambda x: F.pad(x, (1, 2, 1, 1, 1, 1), mode="replicate"), (2, 3, 5, 7, 11)),
        (lambda x: F.interpolate(x, 13), (2, 3, 5)),
        (lambda x: F.interpolate(x, (13, 3, 2)), (2, 3, 5, 7, 11)),
        (lambda x: F.interpolate(x, (3, 2), mode="bilinear", antialias=True), (2, 3, 5, 7)),
        (lambda x: F.cross_entropy(x, places(2, 5, 7, like=x)), (2, 3, 5, 7)),
        (lambda x: F.grid_sample(x, x.new_zeros(2, 3, 5, 7, 3), align_corners=False),
         (2, 3, 5, 7, 11)),
    ],
)  # fmt: skip
def test_a_gradient_is_known_and_multiplies_no_matrices(function, shape):
    x = torch.empty(shape, device="meta", requires_grad=True)
    with Watch() as seen:
        out = function(x)
        out.backward(torch.ones_like(out))
    assert [name for name, work in seen.ran if work is None] == []
    assert sum(work.macs for _, work in seen.ran) == 0


def test_an_operator_is_in_one_class_and_each_name_is_one_of_torchs():
    lists = [names for title, names in vars(classes).items() if title.isupper()]
    listed = [name for names in lists for name in names]
    assert len(set(listed)) == len(listed)
    known = {schema.name.split("::")[1].rstrip("_") for schema in torch._C._jit_get_all_schemas()}
    elsewhere = {"nms", "roi_align", "roi_pool", "deform_conv2d"}  # torchvision's
    strangers = {name.split(".")[0].rstrip("_") for name in (*listed, *COUNTERS)} - elsewhere
    assert strangers <= known, sorted(strangers - known)
