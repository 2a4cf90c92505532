"""What a command is asked about: one of the five networks, or a model that must be loaded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from formulas.core.errors import SizeError
from formulas.networks import Network, network
from reports.model.bridge import Bridge
from reports.model.report import ModelReport, report_of
from reports.text.paper_line import paper_line


@dataclass(frozen=True)
class Request:
    """A target and everything that was said about it on the command line.

    From Python the target may also be a factory itself. ``options`` are those of the five
    networks; ``inputs``, ``arguments`` and ``dtype`` those of a model to be loaded, whose file or
    module is looked for from ``folder``, or from the working directory.
    """

    target: Any
    options: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[str, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict)
    dtype: str | None = None
    trace: bool = True
    backward: bool = False
    optimizer: str = "adam"
    engine: str = "fast"
    memory: bool = False
    bytes_as: str | None = None
    flow: bool = False
    folder: Path | None = None

    @classmethod
    def of(cls, closed: Network) -> Request:
        """The request that gives this network."""
        size = {"variant": closed.variant, "resolution": closed.input_shape[2:]}
        return cls(closed.name, {**size, **closed.options})

    @property
    def loads(self) -> bool:
        """Whether the target is a factory, or names a model to be loaded: it holds a colon."""
        return callable(self.target) or ":" in self.target

    @property
    def name(self) -> str:
        """What a report calls it."""
        return self.target if isinstance(self.target, str) else name_of(self.target)

    @property
    def fed_by_default(self) -> bool:
        """Whether the model is a library's, and nothing was said of its input."""
        return not self.inputs and self.name.startswith(("torchvision:", "timm:", "transformers:"))

    @property
    def asked(self) -> dict[str, Any]:
        """How the model is to be analysed."""
        return {
            "backward": self.backward,
            "optimizer": self.optimizer,
            "engine": self.engine,
            "memory": self.memory,
            "bytes_as": self.bytes_as,
            "flow": self.flow,
        }

    def closed_form(self) -> Network:
        """The network of that name; what only loaded models have is refused by name."""
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
        """The loaded model and its inputs; what only the networks have is refused by name."""
        from complexity.targets.loader import loaded

        for option, value in self.options.items():
            rule = f"is an option of the five networks, not of {self.target}; see --arg"
            raise SizeError(option, value, rule)
        if not self.trace:
            raise SizeError("trace", False, f"is for the five networks: {self.target} must run")
        return loaded(
            self.target,
            device=device,
            arguments=self.arguments,
            inputs=self.inputs,
            dtype=self.dtype,
            folder=self.folder,
        )


def name_of(factory: Any) -> str:
    """What a factory, or a module, is called."""
    return getattr(factory, "__qualname__", type(factory).__name__)


def reported(request: Request) -> ModelReport:
    """The report of what was asked for; of a document variant, with the paper's numbers."""
    if request.loads:
        return reported_model(request)
    closed = request.closed_form()
    if request.trace:
        from complexity.analysis import analyze

        result = analyze(closed, **request.asked)
    elif request.backward:
        raise SizeError("backward", True, "needs a trace: leave --no-trace out")
    else:
        result = report_of(closed)
    if closed.variant == "document":
        result = replace(result, notes=(*result.notes, paper_note(request)))
    return result


def paper_note(request: Request) -> str:
    """The paper's variant with the settings that were asked for, or why there is none."""
    kept = {key: value for key, value in request.options.items() if key != "classes"}
    try:
        paper = network(request.target, **{**kept, "variant": "paper", "batch": 1})
    except SizeError as error:
        said = f"{error.argument} {error.value} {error.rule}"
        return f"The paper's variant does not take these settings: {said}."
    return paper_line(paper)


def reported_model(request: Request) -> ModelReport:
    """A loaded model, built on the meta device, or where it cannot run there, for real."""
    from complexity.analysis import analyze
    from complexity.errors import ModelError
    from complexity.tracing import must_fit

    model, inputs = request.load("meta")
    try:
        return analyze(model, inputs, name=request.name, **request.asked)
    except ModelError as error:
        if not any(p.is_meta for p in model.parameters()):
            raise
        must_fit(model, str(error))
    model, inputs = request.load("cpu")
    try:
        return analyze(model, inputs, name=request.name, **request.asked)
    except ModelError as error:
        if not request.fed_by_default:
            raise
        said = "no --input was given, and its default does not fit"
        raise ModelError(f"{error}; {said}: see report --help") from error


def runnable(request: Request, device: str) -> tuple[ModelReport, Any, Any]:
    """The report, and the real model with its inputs on ``device``, ready to run."""
    from torch import Tensor, zeros
    from torch.utils._pytree import tree_map_only

    from complexity.analysis import analyze
    from complexity.models import build
    from complexity.tracing import Arguments, arguments_of

    if not request.loads:
        closed = request.closed_form()
        model = build(closed, device)
        return report_of(closed), model, zeros(*closed.input_shape, device=device)
    model, inputs = request.load("cpu")
    report = analyze(model, inputs, name=request.target)
    inputs = tree_map_only(Tensor, lambda tensor: tensor.to(device), arguments_of(inputs))
    return report, model.to(device), Arguments(*inputs[0], **inputs[1])


def bridged(request: Request, to: str, of: str) -> Bridge:
    """The steps from our number to another's; counters want a model with real tensors."""
    from complexity.interop.bridge import bridge

    if not request.loads:
        return bridge(request.closed_form(), to=to, of=of)
    if to == "paper":
        raise SizeError("to", to, "is for the five networks, of which papers print numbers")
    model, inputs = request.load("cpu")
    return bridge(model, inputs, to=to, of=of, name=request.target)


def checked_subject(request: Request) -> ModelReport:
    """The report with the outside counters' totals; they want a model with real tensors."""
    from complexity.interop.check import checked

    if not request.loads:
        return checked(request.closed_form())
    model, inputs = request.load("cpu")
    return checked(model, inputs, name=request.target)
