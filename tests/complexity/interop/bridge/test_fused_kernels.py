"""Fused kernels as steps; the tools themselves are the oracle, called as anyone calls them."""

import sys
import warnings

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from complexity import bridge
from complexity.interop.bridge.fused_kernels import SORTS, plainly
from complexity.interop.bridge.hook_counters import silenced
from tests.complexity.interop.bridge.models import MODELS
from tests.complexity.small import Keyword
from tests.complexity.threads import one_inside_the_other

ENCODERS, ATTENTION, RECURRENT = SORTS


class Attends(nn.Module):
    def __init__(self, causal=False):
        super().__init__()
        self.causal = causal

    def forward(self, q, k, v):
        attend = nn.functional.scaled_dot_product_attention
        return attend(q, k, v, is_causal=self.causal)


def frozen(model):
    return model.requires_grad_(False)


def encoder():
    return nn.TransformerEncoderLayer(12, 4, 20, batch_first=True)


QKV = tuple(torch.zeros(2, 3, sides, 12) for sides in (6, 7, 7))
X = torch.zeros(2, 5, 12)
FUSED = {
    "lstm": (lambda: nn.LSTM(12, 7, 2, bidirectional=True), X, {RECURRENT}),
    "lstm then fc": (
        lambda: nn.Sequential(nn.Linear(12, 11), nn.LSTM(11, 7)),
        X,
        {RECURRENT},
    ),
    "gru": (lambda: nn.GRU(12, 7), X, set()),
    "attention": (Attends, QKV, {ATTENTION}),
    "causal attention": (lambda: Attends(causal=True), QKV, {ATTENTION}),
    "encoder layer": (encoder, X, {ATTENTION}),
    "frozen encoder layer": (lambda: frozen(encoder()), X, {ENCODERS, ATTENTION}),
    "frozen attention module": (
        lambda: frozen(nn.MultiheadAttention(12, 4, batch_first=True)),
        (X, X, X),
        {ENCODERS},
    ),
    **{name: (lambda name=name: MODELS[name]()[0], MODELS[name]()[1], None)
       for name in ("recurrent", "encoder", "transformer", "functional")},
}  # fmt: skip


def asked(to, model, inputs):
    """What a user gets, with nothing of ours around it."""
    inputs = inputs if isinstance(inputs, tuple) else (inputs,)
    if to == "torch":
        with FlopCounterMode(display=False) as counter:
            model(*inputs)
        return counter.get_total_flops()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fvcore.nn import FlopCountAnalysis

        return FlopCountAnalysis(model, inputs).unsupported_ops_warnings(False).total()


@pytest.mark.filterwarnings("ignore")  # of torch.jit, which fvcore traces with
@pytest.mark.parametrize("name", FUSED)
@pytest.mark.parametrize("to", ["torch", "fvcore"])
def test_verified_is_what_the_plain_call_gives(name, to):
    made, inputs, sorts = FUSED[name]
    model = made().eval()
    found = bridge(model, inputs, to=to)
    assert found.measured == asked(to, model, inputs)
    assert found.agrees
    assert found.ours + sum(step.figure for step in found.steps) == found.measured
    fused = {step.why for step in found.steps} & {*SORTS}
    if to == "torch" and sorts is not None:
        assert fused == sorts


def test_a_step_names_what_the_model_has():
    """An attention module of its own takes the kernel that an encoder layer takes."""
    model, x, _ = FUSED["frozen attention module"]
    found = bridge(model(), x, to="torch")
    assert [step.why for step in found.steps] == [
        "2 for each MAC",
        "encoder layers and attention modules in one kernel, not part by part",
    ]


def test_what_is_fused_is_said_by_its_sort_and_by_hand():
    lstm = bridge(nn.LSTM(5, 7), torch.zeros(2, 6, 5), to="torch")
    assert (lstm.ours, lstm.total) == (12 * 28 * 12, 0)
    assert [(each.why, each.figure) for each in lstm.steps] == [
        ("2 for each MAC", lstm.ours),
        (RECURRENT, -2 * lstm.ours),
    ]
    layer = encoder().eval()
    scores = 2 * 2 * 5 * 5 * 12  # two products, two images
    found = bridge(layer, X, to="torch")
    assert [(each.why, each.figure) for each in found.steps[1:]] == [(ATTENTION, -2 * scores)]


@pytest.mark.parametrize("grad", [True, False])
def test_it_is_the_users_own_mode_that_does_not_matter(grad):
    """The call is made with gradients, as torch makes one, wherever it is asked for."""
    with torch.set_grad_enabled(grad):
        found = bridge(encoder(), X, to="torch")
    assert found.measured == asked("torch", encoder().eval(), X)


def test_a_call_is_repeated_until_nothing_is_fused():
    figures = [3, 3, 8]
    assert plainly(lambda: figures.pop(0), 8) == (3, [(ENCODERS, 0), (ATTENTION, -5)])
    assert figures == []
    assert plainly(lambda: 5, 5) == (5, [])
    assert plainly(lambda: 5, None) == (5, [(why, 0) for why in SORTS])


def test_settings_are_put_back_after_an_error():
    def fails():
        if not torch.backends.mha.get_fastpath_enabled():
            raise OSError("no such thing")
        return 3

    with pytest.raises(OSError, match="no such thing"):
        plainly(fails, 5)
    assert torch.backends.mha.get_fastpath_enabled()


@pytest.mark.parametrize("to", ["kernels", "streams"])
def test_two_threads_do_not_put_back_what_the_other_found(to):
    """Unless the second waits, it finds what the first has set, and leaves it for good."""
    standing = {"kernels": torch.backends.cuda.flash_sdp_enabled, "streams": lambda: sys.stdout}

    def run(meanwhile):
        if to == "streams":
            with silenced():
                return meanwhile()
        counts = iter(range(9))  # never what it was: all kernels are taken apart by the fourth

        def count():
            number = next(counts)
            if number == 3:
                meanwhile()
            return number

        return plainly(count, None)

    before = standing[to]()
    one_inside_the_other(run)
    assert standing[to]() == before


def test_the_call_is_written_down():
    x, both = torch.zeros(3, 5), {"left": torch.zeros(3, 5), "right": torch.zeros(3, 5)}
    layer, end = nn.Linear(5, 7), ", after model.eval(), on the CPU"
    assert bridge(layer, x, to="torch").call == "with FlopCounterMode(): model(x)" + end
    assert bridge(layer, x, to="fvcore").call == "FlopCountAnalysis(model, x).total()" + end
    found = bridge(Keyword(), both, to="torch")
    assert found.call == "with FlopCounterMode(): model(left=left, right=right)" + end
    assert bridge(Keyword(), both, to="fvcore").call.startswith("FlopCountAnalysis(wrapper, ")
    assert bridge(layer, x, to="torch", of="params").call.startswith("sum(p.numel() ")
