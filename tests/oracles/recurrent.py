"""Recurrent layers by hand: the cells' equations, run step after step and counted on the way.

The equations are those that torch documents; the outputs must be those of the real module.
"""

import torch
from torch import Tensor, nn

from formulas.core.cost import Cost
from formulas.layers import Recurrent
from tests.oracles.modules import module_of, numel
from tests.oracles.tensors import Shape, Tally

State = tuple[Tensor, ...]


def lstm_step(tally: Tally, fed: Tensor, kept: Tensor, state: State) -> State:
    i, f, g, o = tally.step(torch.add, fed, kept).chunk(4, -1)
    i, f, o = (tally.step(torch.sigmoid, gate) for gate in (i, f, o))
    g = tally.step(torch.tanh, g)
    remembered = tally.step(torch.mul, f, state[1])
    c = tally.step(torch.add, remembered, tally.step(torch.mul, i, g))
    return tally.step(torch.mul, o, tally.step(torch.tanh, c)), c


def gru_step(tally: Tally, fed: Tensor, kept: Tensor, state: State) -> State:
    (fed_r, fed_z, fed_n), (kept_r, kept_z, kept_n) = fed.chunk(3, -1), kept.chunk(3, -1)
    r = tally.step(torch.sigmoid, tally.step(torch.add, fed_r, kept_r))
    z = tally.step(torch.sigmoid, tally.step(torch.add, fed_z, kept_z))
    n = tally.step(torch.tanh, tally.step(torch.add, fed_n, tally.step(torch.mul, r, kept_n)))
    moved = tally.step(torch.mul, z, tally.step(torch.sub, state[0], n))
    return (tally.step(torch.add, n, moved),)


def rnn_step(tally: Tally, fed: Tensor, kept: Tensor, state: State) -> State:
    return (tally.step(torch.tanh, tally.step(torch.add, fed, kept)),)


CELLS = {"lstm": lstm_step, "gru": gru_step, "rnn": rnn_step}


def run_direction(
    cell: str, tally: Tally, sequence: list[Tensor], weights: dict[str, Tensor], state: State
) -> tuple[list[Tensor], State]:
    """One layer in one direction, from the first of ``sequence`` to the last."""
    out = []
    for x in sequence:
        fed = tally.linear(x, weights["weight_ih"], weights.get("bias_ih"))
        kept = tally.linear(state[0], weights["weight_hh"], weights.get("bias_hh"))
        state = CELLS[cell](tally, fed, kept, state)
        if "weight_hr" in weights:
            state = tally.linear(state[0], weights["weight_hr"], None), *state[1:]
        out.append(state[0])
    return out, state


def weights_of(module: nn.Module, suffix: str) -> dict[str, Tensor]:
    """The tensors whose names end in ``suffix``, by what stands before it."""
    return {
        name.removesuffix(suffix): parameter
        for name, parameter in module.named_parameters()
        if name.endswith(suffix)
    }


@torch.no_grad()
def run_recurrent(layer: Recurrent, shape: Shape, *states: Shape) -> Cost:
    """All layers and directions, from states of 0; the result must be the real module's."""
    torch.manual_seed(0)
    module, tally = module_of(layer).double().eval(), Tally()
    x = torch.randn(shape, dtype=torch.float64)
    line = x.reshape(1, -1, shape[-1]) if layer.is_cell else x
    line = line.unsqueeze(1) if line.dim() == 2 else line
    sequence = list(line.transpose(0, 1) if layer.batch_first and len(shape) == 3 else line)
    batch = sequence[0].shape[0]
    last: list[Tensor] = []
    for index in range(layer.layers):
        ways = []
        for way in range(layer.directions):
            suffix = "" if layer.is_cell else f"_l{index}" + "_reverse" * way
            weights = weights_of(module, suffix)
            heights = [weights["weight_hh"].shape[1]] + [layer.hidden_size] * (layer.cell == "lstm")
            zero = tuple(x.new_zeros(batch, height) for height in heights)
            given = sequence[::-1] if way else sequence
            out, state = run_direction(layer.cell, tally, given, weights, zero)
            ways.append(out[::-1] if way else out)
            last += state
        sequence = [torch.cat(both, -1) for both in zip(*ways, strict=True)]
    out = torch.stack(sequence)
    real = module(x)
    real_out = real[0] if isinstance(real, tuple) else real
    if layer.batch_first and len(shape) == 3:
        real_out = real_out.transpose(0, 1)
    torch.testing.assert_close(out.reshape(real_out.shape), real_out)
    written = [*last[1:], out] if layer.is_cell else [*last, out]
    given_states = sum(torch.Size(each).numel() for each in states)
    return Cost(
        params=numel(module),
        macs=tally.macs,
        elementwise=tally.elementwise,
        activations=tally.activations,
        memory_access=x.numel() + sum(map(torch.numel, written)) + numel(module) + given_states,
    )
