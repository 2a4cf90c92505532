"""Stand-ins for a run: nothing written into them reaches the originals."""

import pytest
import torch

from complexity.tracing.shadows import shadow, shadows


def test_on_the_cpu_it_is_a_copy():
    original = torch.arange(6.0).requires_grad_()
    copied = shadow(original, "cpu")
    assert copied.equal(original)
    assert not copied.requires_grad
    copied.add_(1)
    assert original.tolist() == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("made_on", "device"), [("cpu", "meta"), ("meta", "cpu")])
def test_on_meta_it_has_a_shape_alone_and_what_is_there_stays_there(made_on, device):
    found = shadow(torch.empty(3, 5, dtype=torch.half, device=made_on), device)
    assert (found.is_meta, found.shape, found.dtype) == (True, (3, 5), torch.half)


@pytest.mark.parametrize("grad", [False, True])
def test_a_nest_keeps_its_form_and_asks_gradients_where_they_were_asked(grad):
    asked, plain = torch.ones(3, requires_grad=True), torch.ones(3)
    (one, two), rest = shadows(((asked, plain), {"n": 7, "s": "x"}), "cpu", grad=grad)
    assert (one.requires_grad, two.requires_grad) == (grad, False)
    assert rest == {"n": 7, "s": "x"}
