"""Memory at the peak of models of transformers, against the CPU's own."""

from contextlib import nullcontext
from copy import deepcopy

import pytest
import torch
from torch.distributed._tools.mod_tracker import ModTracker

from complexity import analyze
from complexity.tracing import tensors_in
from complexity.tracing.isolation.isolate import collection_paused
from tests.complexity.tracing.observers.peaks import Storages, peak_of

pytestmark = pytest.mark.slow  # transformers takes long to load
SIZES = {
    "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 64,
    "vocab_size": 101,
}  # fmt: skip
WORDS = torch.zeros(2, 12, dtype=torch.int64)


def held(model, training, hooks=None):
    """What the CPU holds at the peak, with ``hooks`` of somebody else's."""
    model = deepcopy(model).train(training)
    seen = Storages(*model.parameters(), *model.buffers(), WORDS)
    with collection_paused(), torch.set_grad_enabled(training), seen, hooks or nullcontext():
        out = model(WORDS)
        if training:
            outs = [each for each in tensors_in(out) if each.requires_grad]
            torch.autograd.backward(outs, [torch.ones_like(each) for each in outs])
    return seen.most


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("name", ["Llama", "Mistral", "Qwen2"])
def test_a_decoder_that_sees_fake_tensors_holds_what_it_holds_with_plain_ones(
    name, training, transformers
):
    """With fewer keys than queries it repeats them, unless it can see that nothing is masked."""
    settings = getattr(transformers, f"{name}Config")(**SIZES, num_key_value_heads=2)
    settings.use_cache = False
    model = getattr(transformers, f"{name}ForCausalLM")(settings)
    found = analyze(model, WORDS, memory=True, backward=training).memory
    assert found is not None
    assert found.activations + found.gradients == held(model, training)
    assert found.notes == ()


def test_torchs_tracker_holds_something_itself(transformers):
    """Its hooks, by which it knows modules, keep gradients for a while: it is right, with them."""
    model = transformers.BertModel(transformers.BertConfig(**SIZES)).bfloat16()
    found = peak_of(model, WORDS, training=True)
    assert found.activations + found.gradients == held(model, True)
    assert held(model, True, ModTracker()) > held(model, True)
