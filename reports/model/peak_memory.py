"""The memory at the peak of a run, and the memory that a training step adds."""

from dataclasses import dataclass

from formulas.core.quantities import Quantity
from reports.render import number_format as numbers
from reports.render.table import Column, Table


@dataclass(frozen=True)
class Memory:
    """Bytes in use at the peak of a run, which is reached in the layer ``at``.

    ``weights`` (params and buffers) and ``inputs`` are in use all the time. ``activations`` are the
    results of layers that are still referenced: freed tensors do not count, in-place results and
    views count once. ``gradients`` are those of parameters that are complete by then, and ``state``
    is the optimizer's. ``dtype`` is the type that floating-point numbers are counted in, None for
    their own. ``notes`` say where a CPU would use a different amount.
    """

    weights: Quantity
    inputs: Quantity
    activations: Quantity
    at: str
    gradients: Quantity = 0
    state: Quantity = 0
    dtype: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def total(self) -> Quantity:
        """The sum of all parts, in bytes."""
        return self.weights + self.inputs + self.activations + self.gradients + self.state


def memory_table(memory: Memory) -> Table:
    """One line for each part of ``memory``; lines of a training step only if there was one."""
    where = f"held at the peak, in {memory.at}" if memory.at else "no activations"
    lines = [
        ("weights", memory.weights, "params and buffers"),
        ("inputs", memory.inputs, "of the model"),
        ("activations", memory.activations, where),
        ("gradients", memory.gradients, "of parameters, complete by then"),
        ("optimizer state", memory.state, ""),
        ("total", memory.total, f"as {memory.dtype}" if memory.dtype else "in their own types"),
    ]
    kept = [line for line in lines if line[1] or line[0] not in ("gradients", "optimizer state")]
    return Table((Column("memory at peak"), Column("bytes", "integer"), Column("")), kept)


def memory_line(memory: Memory) -> str:
    """``memory`` in one sentence."""
    parts = [
        (memory.weights, "of weights"),
        (memory.inputs, "of inputs"),
        (memory.activations, f"of activations, in {memory.at}" if memory.at else "of activations"),
        (memory.gradients, "of gradients"),
        (memory.state, "of the optimizer's state"),
    ]
    said = " + ".join(f"{numbers.integer(size)} {what}" for size, what in parts if size)
    stored = f"as {memory.dtype}" if memory.dtype else "in their own types"
    return f"Memory at peak: {numbers.integer(memory.total)} bytes = {said}; {stored}."
