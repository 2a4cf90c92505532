"""Options of one analysis: how the model runs, and which measurements are taken."""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class RunOptions:
    """Options of one analysis, which the command line and `analyze` share.

    Parameters
    ----------
    backward : bool
        Run in training mode and count the gradients too. Default: False.
    optimizer : str
        Optimizer of the training step, such as ``"sgd"``. Determines the size of its state.
        Used only with `backward`. Default: ``"adam"``.
    engine : str
        ``"fast"`` derives shapes without running kernels. ``"operators"`` runs every operator.
    memory : bool
        Run once more and follow the tensors until they are freed. Default: False.
    bytes_as : str, optional
        Data type of floating-point tensors in the byte counts of `memory`, such as
        ``"float16"``. Default: the data type of each tensor.
    flow : bool
        Run once more and record the dataflow graph between layer runs. Default: False.
    """

    backward: bool = False
    optimizer: str = "adam"
    engine: str = "fast"
    memory: bool = False
    bytes_as: str | None = None
    flow: bool = False

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Names of all options, in the order of their definition."""
        return tuple(each.name for each in fields(cls))

    @classmethod
    def pop_from(cls, options: MutableMapping[str, Any]) -> RunOptions:
        """Remove the run options from a mapping and build them.

        Parameters
        ----------
        options : mutable mapping
            Values by name. Every run option is removed. A value of None means the default.

        Returns
        -------
        RunOptions
            The options that were removed, with defaults for the others.

        Examples
        --------
        >>> options = {"alpha": 0.5, "backward": True, "engine": None}
        >>> RunOptions.pop_from(options).engine, options
        ('fast', {'alpha': 0.5})
        """
        named = {name: options.pop(name) for name in cls.names() if name in options}
        return cls(**{name: value for name, value in named.items() if value is not None})
