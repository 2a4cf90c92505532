"""What takes kernels apart, and that every setting is put back."""

import pytest
import torch
from torch import nn
from torch.profiler import profile

from complexity.tracing.torch_state.unfused_kernels import (
    attention_apart,
    compiled_apart,
    encoders_apart,
    plain_kernels,
    recurrent_apart,
)

X = torch.zeros(2, 5, 12)


def settings():
    return (
        torch.backends.mha.get_fastpath_enabled(),
        torch._C._get_mkldnn_enabled(),
        torch.backends.cuda.flash_sdp_enabled(),
        torch.backends.cuda.math_sdp_enabled(),
    )


def ran(model, *inputs):
    """The names of the operators that really ran, as the profiler tells them."""
    with torch.no_grad(), profile() as found:
        model(*inputs)
    return {event.key for event in found.key_averages()}


def attend(q, k, v):
    return nn.functional.scaled_dot_product_attention(q, k, v)


@pytest.mark.parametrize(
    ("apart", "model", "inputs", "kernel"),
    [
        (encoders_apart, nn.TransformerEncoderLayer(12, 4, 20, batch_first=True).eval(), (X,),
         "aten::_transformer_encoder_layer_fwd"),
        (attention_apart, attend, (X[None],) * 3,
         "aten::_scaled_dot_product_flash_attention_for_cpu"),
        (recurrent_apart, nn.LSTM(12, 7), (X,), "aten::mkldnn_rnn_layer"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore")  # of the profiler
def test_a_kernel_is_taken_apart(apart, model, inputs, kernel):
    before = settings()
    assert kernel in ran(model, *inputs)
    with apart():
        assert kernel not in ran(model, *inputs)
    with plain_kernels():
        assert kernel not in ran(model, *inputs)
    assert settings() == before


@pytest.mark.parametrize(
    "apart", [encoders_apart, attention_apart, recurrent_apart, compiled_apart, plain_kernels]
)
def test_an_error_leaves_the_settings_as_they_were(apart):
    before = settings()
    with pytest.raises(OSError, match="no such thing"), apart():
        raise OSError("no such thing")
    assert settings() == before


def test_the_cpus_own_convolutions_may_stay():
    with plain_kernels(fast_convolutions=True):
        assert torch._C._get_mkldnn_enabled()
    with plain_kernels():
        assert not torch._C._get_mkldnn_enabled()
