"""Recurrent layers and cells."""

from dataclasses import dataclass

from formulas.core.errors import SizeError
from formulas.core.quantities import Quantity, Shape, quantity
from formulas.counters.recurrent import Cell, check_recurrent, recurrent_weights
from formulas.layers.base import Symbols, fix, must_match


@dataclass(frozen=True)
class Recurrent:
    """An LSTM, GRU or RNN over a sequence ``(L, N, input)``, or one step of it (``is_cell``).

    With ``batch_first`` the sequence is ``(N, L, input)``; without a batch it is ``(L, input)``.
    """

    cell: Cell
    input_size: Quantity
    hidden_size: Quantity
    layers: int = 1
    directions: int = 1
    proj_size: Quantity = 0
    bias: bool = True
    batch_first: bool = False
    is_cell: bool = False

    def __post_init__(self) -> None:
        fix(
            self,
            input_size=quantity("input_size", self.input_size),
            hidden_size=quantity("hidden_size", self.hidden_size),
            proj_size=quantity("proj_size", self.proj_size, minimum=0),
        )
        check_recurrent(self.cell, self.hidden_size, self.layers, self.directions, self.proj_size)

    def steps_and_batch(self, shape: Shape) -> tuple[Quantity, Quantity]:
        """How many steps and how many sequences an input of this shape has."""
        if self.is_cell:
            return 1, shape[0] if len(shape) == 2 else 1
        if len(shape) == 2:
            return shape[0], 1
        return (shape[1], shape[0]) if self.batch_first else (shape[0], shape[1])

    def out_shape(self, shape: Shape, *states: Shape) -> Shape:
        """The sequence, or the step, with the hidden states of all directions."""
        if len(shape) not in ((1, 2) if self.is_cell else (2, 3)):
            raise SizeError("input", shape, "must be a sequence")
        must_match("input_size", self.input_size, shape, -1)
        return (*shape[:-1], self.directions * (self.proj_size or self.hidden_size))

    def symbols(self, shape: Shape, *states: Shape) -> Symbols:
        steps, batch = self.steps_and_batch(shape)
        weights = recurrent_weights(
            self.cell,
            self.input_size,
            self.hidden_size,
            layers=self.layers,
            directions=self.directions,
            proj_size=self.proj_size,
        )
        return {"N": batch, "steps": steps, "weights": weights}
