"""A request: one of the five networks, or a model to be loaded, with its options."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from complexity.run_options import RunOptions
from formulas.core.errors import SizeError
from formulas.networks import Network, network


@dataclass(frozen=True)
class Request:
    """A target with its options, as the command line or `pyproject.toml` states them.

    Parameters
    ----------
    target : str or callable
        Name of one of the five networks, a model to be loaded such as ``"timm:resnet18"``, or
        from Python a factory itself.
    options : dict
        Settings of one of the five networks.
    inputs : tuple of str
        Inputs of a loaded model, such as ``"1x3x224x224"``.
    arguments : dict
        Arguments of its factory.
    dtype : str, optional
        Its data type, and that of inputs without one.
    trace : bool
        Run the model, or give the closed form alone.
    run : RunOptions
        How the model runs, and which measurements are taken.
    folder : Path, optional
        Folder where its file or module is looked up. Default: the working directory.
    """

    target: Any
    options: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict)
    dtype: str | None = None
    trace: bool = True
    run: RunOptions = field(default_factory=RunOptions)
    folder: Path | None = None

    @classmethod
    def of(cls, closed: Network) -> Request:
        """Request whose closed form is this network."""
        size = {"variant": closed.variant, "resolution": closed.input_shape[2:]}
        return cls(closed.name, {**size, **closed.options})

    @property
    def loads(self) -> bool:
        """True if the target is a factory, or a name with a colon: a model to be loaded."""
        return callable(self.target) or ":" in self.target

    @property
    def name(self) -> str:
        """Name of the target in a report."""
        return self.target if isinstance(self.target, str) else name_of(self.target)

    @property
    def has_default_inputs(self) -> bool:
        """True if the model is of a library and the request states no inputs."""
        return not self.inputs and self.name.startswith(("torchvision:", "timm:", "transformers:"))

    def closed_form(self) -> Network:
        """Network of that name. Raises ``SizeError`` if an option of loaded models is set."""
        for name, value in (
            ("inputs", self.inputs),
            ("arguments", self.arguments),
            ("dtype", self.dtype),
        ):
            if value:
                rule = "is for models that are loaded, such as timm:resnet18"
                raise SizeError(name, value, rule)
        return network(self.target, **self.options)

    def load(self, device: str) -> tuple[Any, Any]:
        """The loaded model and its inputs on ``device``.

        Raises ``SizeError`` if an option of the five networks is set.
        """
        from complexity.targets.loader import load_model

        for option, value in self.options.items():
            rule = f"is an option of the five networks, not of {self.target}; see --arg"
            raise SizeError(option, value, rule)
        if not self.trace:
            raise SizeError("trace", False, f"is for the five networks: {self.target} must run")
        return load_model(
            self.target,
            device=device,
            arguments=self.arguments,
            inputs=self.inputs,
            dtype=self.dtype,
            folder=self.folder,
        )


def name_of(factory: Any) -> str:
    """Qualified name of a ``factory``, or the class of a module."""
    return getattr(factory, "__qualname__", type(factory).__name__)
