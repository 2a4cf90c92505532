"""A model from the words that name it: of a library, a module or a file; and its inputs.

``torchvision:resnet50``, ``timm:vit_base_patch16_224``, ``transformers:BertConfig`` (or a model
class), ``package.module:factory``, ``path/to/file.py:factory``. Weights are never downloaded.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from complexity.errors import ArgumentError, ModelError, in_short
from complexity.targets.default_inputs import no_default, of_timm, of_torchvision, of_transformers
from complexity.targets.input_spec import dtype_of, inputs_from
from formulas.core.errors import UnknownNameError

LIBRARIES = ("torchvision", "timm", "transformers")


@dataclass(frozen=True)
class Subject:
    """A model to be built, on the device of choice, and what it is fed where nothing is said."""

    name: str
    make: Callable[[], Any]
    default_inputs: Callable[[nn.Module], Any]

    def build(self, device: str) -> tuple[nn.Module, Any]:
        """The module, and inputs that came with it (None where the factory gives none)."""
        try:
            with torch.device(device), warnings.catch_warnings():
                for tomorrow in (FutureWarning, DeprecationWarning):  # the library's, not ours
                    warnings.simplefilter("ignore", tomorrow)
                made = self.make()
        except ModelError:
            raise
        except (Exception, SystemExit) as error:
            raise ModelError(f"{self.name} raised {in_short(error)}") from error
        module, inputs = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
        if not isinstance(module, nn.Module):
            kind = type(module).__name__
            raise ModelError(f"{self.name} gave a {kind}, which must be a torch.nn.Module")
        return module.eval(), inputs


def subject_of(target: Any, arguments: Mapping[str, Any], folder: Path | None = None) -> Subject:
    """The subject that ``target`` names, or makes itself; ``arguments`` go to its factory.

    A file or module is looked for from ``folder``, or from the working directory.
    """
    folder = folder or Path.cwd()
    if not isinstance(target, str):
        return made_by(target, getattr(target, "__qualname__", type(target).__name__), arguments)
    source, _, name = target.rpartition(":")
    if not source or not name:
        raise ArgumentError("target", target, "must be SOURCE:NAME, such as timm:resnet18")
    if source in LIBRARIES:
        package = imported(source, target, folder)
        loader = {"torchvision": _torchvision, "timm": _timm, "transformers": _transformers}
        return loader[source](target, package, name, arguments)
    find = _file if source.endswith(".py") else imported
    found = find(source, target, folder)
    factory = getattr(found, name, None)
    if factory is None:
        raise ArgumentError("target", target, f"names nothing: {source} has no {name!r}")
    return made_by(factory, target, arguments)


def made_by(factory: Any, name: str, arguments: Mapping[str, Any]) -> Subject:
    """The subject that a factory gives, or that a module is; ``name`` is what it was called."""
    if isinstance(factory, nn.Module):
        if arguments:
            said = name.rpartition(":")[2]
            raise ArgumentError("arguments", arguments, f"is for a factory: {said!r} is built")
        return Subject(name, lambda: factory, no_default)
    if not callable(factory):
        raise ArgumentError("target", name, "must name a function, a class or a module")
    return Subject(name, lambda: factory(**arguments), no_default)


def imported(package: str, target: str, folder: Path) -> Any:
    """The package, or one sentence that says which one is missing or why it fails."""
    here = ("", str(folder)) if folder == Path.cwd() else (str(folder),)
    if not {*here} & {*sys.path}:
        sys.path.append(str(folder))  # as python -m does, for the installed command
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        missing = error.name or package
        rule = f"needs {missing}, which is not installed"
        raise ArgumentError("target", target, rule) from error
    except (Exception, SystemExit) as error:
        rule = f"cannot be had: importing {package} raised {in_short(error)}"
        raise ArgumentError("target", target, rule) from error


def _file(path: str, target: str, folder: Path) -> Any:
    file = folder / path
    if not file.is_file():
        where = "" if folder == Path.cwd() else f" in {folder}"
        raise ArgumentError("target", target, f"names nothing: there is no file {path!r}{where}")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ArgumentError("target", target, f"cannot be had: {path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(spec.name, module)  # dataclasses look their module up there
    if (neighbours := str(file.resolve().parent)) not in sys.path:
        sys.path.append(neighbours)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        rule = f"cannot be had: running {path} raised {in_short(error)}"
        raise ArgumentError("target", target, rule) from error
    return module


def _torchvision(target: str, package: Any, name: str, arguments: Mapping[str, Any]) -> Subject:
    models = package.models
    if name not in models.list_models():
        raise UnknownNameError("torchvision model", name, models.list_models())
    builder = models.get_model_builder(name)

    def make() -> nn.Module:
        import inspect

        named = inspect.signature(builder).parameters
        off = {key: None for key in ("weights", "weights_backbone") if key in named}
        return builder(**{**off, **arguments})

    return Subject(target, make, lambda _: of_torchvision(models, name))


def _timm(target: str, package: Any, name: str, arguments: Mapping[str, Any]) -> Subject:
    if not package.is_model(name):
        raise UnknownNameError("timm model", name, package.list_models())

    return Subject(
        target, lambda: package.create_model(name, pretrained=False, **arguments), of_timm
    )


def _transformers(target: str, package: Any, name: str, arguments: Mapping[str, Any]) -> Subject:
    try:
        found = getattr(package, name, None)
    except ImportError as error:
        raise ArgumentError("target", target, f"cannot be had: {in_short(error)}") from error
    if found is None or not (name.endswith("Config") or hasattr(found, "config_class")):
        known = [n for n in dir(package) if n.endswith(("Config", "Model")) or "For" in n]
        raise UnknownNameError("transformers configuration or model", name, known)

    def make() -> nn.Module:
        if name.endswith("Config"):
            return package.AutoModel.from_config(found(**arguments))
        return found(found.config_class(**arguments))

    return Subject(target, make, of_transformers)


def loaded(
    target: Any,
    *,
    device: str = "meta",
    arguments: Mapping[str, Any] | None = None,
    inputs: Sequence[str] = (),
    dtype: str | None = None,
    folder: Path | None = None,
) -> tuple[nn.Module, Any]:
    """The model that ``target`` names, and its inputs: those written, or its own."""
    subject = subject_of(target, arguments or {}, folder)
    try:
        module, own = subject.build(device)
    except ModelError:
        if device != "meta":
            raise
        module, own = subject.build("cpu")  # a constructor that computes with real numbers
    if dtype is not None:
        wanted = dtype_of(dtype)
        if not (wanted.is_floating_point or wanted.is_complex):
            raise ArgumentError("dtype", dtype, "must be a floating-point or complex type")
        module = module.to(wanted)
    if inputs:
        return module, inputs_from(inputs, dtype)
    if own is None:
        own = subject.default_inputs(module)
    return module, own
