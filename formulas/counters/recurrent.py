"""Recurrent layers: LSTM, GRU and the plain RNN, one step after another."""

from typing import Literal

from formulas.core.cost import Cost
from formulas.core.errors import SizeError
from formulas.core.expressions import Expression
from formulas.core.quantities import Quantity, quantity

Cell = Literal["lstm", "gru", "rnn"]

RECURRENT = Expression(
    params="weights",
    macs="steps * weights",
    words=(
        "At each of the steps every weight of every layer and direction is used once: those of "
        "the gates, on the input and on the state, and those of the projection if there is one."
    ),
)

# Rows of the gates' matrices, in hidden sizes, and element-wise steps of the cell's equations
# beside the biases (Hochreiter and Schmidhuber 1997; Cho et al., arXiv 1406.1078):
# lstm: add 4, sigmoid 3, tanh 1, two products, add, tanh, product
# gru: two additions and sigmoids, product, add, tanh, subtraction, product, add
# rnn: add, and tanh or relu
GATES: dict[str, int] = {"lstm": 4, "gru": 3, "rnn": 1}
STEPS: dict[str, int] = {"lstm": 13, "gru": 10, "rnn": 2}


def check_recurrent(
    cell: Cell, hidden: Quantity, layers: int, directions: int, proj: Quantity
) -> None:
    """Refuse what no recurrent layer can be, with ``SizeError``.

    >>> check_recurrent("lstm", 32, layers=2, directions=1, proj=8)
    """
    if cell not in GATES:
        raise SizeError("cell", cell, "must be lstm, gru or rnn")
    quantity("layers", layers)
    if quantity("directions", directions) > 2:
        raise SizeError("directions", directions, "must be 1 or 2")
    if isinstance(proj, int) and proj and (cell != "lstm" or not hidden > proj):
        raise SizeError("proj_size", proj, "must be of an lstm, and less than hidden_size")


def recurrent_weights(
    cell: Cell,
    input_size: Quantity,
    hidden_size: Quantity,
    *,
    layers: Quantity = 1,
    directions: int = 1,
    proj_size: Quantity = 0,
) -> Quantity:
    """Weights of all layers and directions, biases excluded; each is used once a step.

    >>> recurrent_weights("lstm", 16, 32)
    6144
    """
    state = hidden_size if isinstance(proj_size, int) and proj_size == 0 else proj_size
    gates = GATES[cell] * hidden_size
    total = 0
    for layer in range(layers):
        fed = input_size if layer == 0 else state * directions
        total += directions * (gates * (fed + state) + hidden_size * proj_size)
    return total


def recurrent(
    cell: Cell,
    input_size: Quantity,
    hidden_size: Quantity,
    steps: Quantity,
    *,
    layers: int = 1,
    directions: int = 1,
    proj_size: Quantity = 0,
    bias: bool = True,
    batch: Quantity = 1,
) -> Cost:
    """Cost of a recurrent layer over ``steps`` steps of ``batch`` sequences.

    ``directions`` is 2 where it runs both ways; ``proj_size`` shortens an LSTM's output.
    ``activations`` are the outputs of all matrix products. Memory access counts the input,
    every layer's weights once, the output and the last states; given first states are not in it.

    >>> recurrent("lstm", 16, 32, steps=20, batch=3).macs
    368640
    """
    hidden = quantity("hidden_size", hidden_size)
    fed = quantity("input_size", input_size)
    batch = quantity("batch", batch)
    runs = quantity("steps", steps) * batch
    proj = quantity("proj_size", proj_size, minimum=0)
    check_recurrent(cell, hidden, layers, directions, proj)
    weights = recurrent_weights(
        cell, fed, hidden, layers=layers, directions=directions, proj_size=proj
    )
    stacks, gates = layers * directions, GATES[cell] * hidden
    biases = 2 * gates * stacks if bias else 0
    state = hidden if isinstance(proj, int) and proj == 0 else proj
    states = stacks * batch * (state + hidden if cell == "lstm" else state)
    params = weights + biases
    return Cost(
        params=params,
        macs=runs * weights,
        elementwise=runs * (STEPS[cell] * hidden * stacks + biases),
        activations=runs * stacks * (2 * gates + proj),
        memory_access=runs * (fed + directions * state) + states + params,
    )
