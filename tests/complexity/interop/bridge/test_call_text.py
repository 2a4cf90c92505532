"""Calls as they are written: what stands there runs, and gives the number."""

import pytest
import torch
from torch import nn

from complexity import bridge
from complexity.interop.bridge.call_text import given, on_cpu
from tests.complexity.interop.bridge.models import MODELS
from tests.complexity.small import Keyword
from tests.conftest import installed

INPUTS = {
    "x": (lambda: MODELS["deconvolved"]()[0], torch.zeros(2, 3, 17, 19)),
    "x1, x2": (lambda: MODELS["transformer"]()[0], MODELS["transformer"]()[1]),
}


def test_inputs_by_name():
    assert given((1,), {}) == "x"
    assert given((1, 2), {"mask": 3}) == "x1, x2, mask=mask"
    assert given((), {"mask": 3}) == "mask=mask"


def test_where_it_runs():
    assert on_cpu("f(x)", nn.Linear(2, 3)) == "f(x), after model.eval(), on the CPU"
    meta = nn.Linear(2, 3, device="meta")
    assert on_cpu("f(x)", meta) == "f(x), after model.eval(), on the meta device"


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("names", INPUTS)
@pytest.mark.parametrize("to", ["thop", "ptflops", "ptflops-aten", "torchinfo", "fvcore"])
def test_the_call_as_it_is_written_gives_the_number(to, names, capsys):
    """The line is executed as it stands, in a world that holds the model and its inputs alone."""
    installed({"ptflops-aten": "ptflops"}.get(to, to))
    made, inputs = INPUTS[names]
    model = made().eval()
    found = bridge(model, inputs, to=to)
    assert found.agrees
    call, mode, device = found.call.rsplit(", ", 2)
    assert (mode, device) == ("after model.eval()", "on the CPU")
    assert eval_of(call, model, inputs) == found.measured


def eval_of(call, model, inputs):
    import ptflops
    import thop
    import torchinfo
    from fvcore.nn import FlopCountAnalysis

    values = inputs if isinstance(inputs, tuple) else (inputs,)
    names = ["x"] if len(values) == 1 else ["x1", "x2"]
    world = {
        "model": model, "thop": thop, "torchinfo": torchinfo,
        "FlopCountAnalysis": FlopCountAnalysis, **dict(zip(names, values, strict=True)),
        "get_model_complexity_info": lambda *a, **k: ptflops.get_model_complexity_info(
            *a, **k, as_strings=False, print_per_layer_stat=False
        ),
        **({"src": values[0], "tgt": values[1]} if len(values) == 2 else {}),
    }  # fmt: skip
    said = eval(call, world)
    said = said[0] if isinstance(said, tuple) else getattr(said, "total_mult_adds", said)
    return int(said)


def test_keywords_are_in_the_call():
    installed("ptflops")
    both = {"left": torch.zeros(3, 5), "right": torch.zeros(3, 5)}
    call = bridge(Keyword(), both, to="ptflops").call
    assert "input_constructor=lambda _: dict(left=left, right=right)" in call
    installed("torchinfo")
    assert "input_data=[], left=left, right=right" in bridge(Keyword(), both, to="torchinfo").call


def test_who_was_not_asked_has_no_call():
    assert bridge("squeezenet", to="paper", resolution=227, variant="paper", classes=1000,
                  of="params").call == ""  # fmt: skip
