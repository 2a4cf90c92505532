"""Load a model and its inputs from a library, a Python module or a file.

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
    """A model that can be built on any device.

    Parameters
    ----------
    name : str
        Name of the model in messages.
    make : callable
        Function without arguments that returns the module, or the module and its inputs.
    default_inputs : callable
        Function of the module that returns its default inputs.
    """

    name: str
    make: Callable[[], Any]
    default_inputs: Callable[[nn.Module], Any]

    def build(self, device: str) -> tuple[nn.Module, Any]:
        """The module on ``device`` in evaluation mode, and its factory's inputs or None.

        Raises ``ModelError`` if the factory raises, or returns something that is no module.
        """
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
    """Subject of a target.

    Parameters
    ----------
    target : str or callable
        ``SOURCE:NAME``, or a factory or module itself.
    arguments : mapping
        Keyword arguments of the factory.
    folder : Path, optional
        Folder where files and modules are looked up. Default: the working directory.

    Returns
    -------
    Subject
        The subject; nothing is built yet.

    Raises
    ------
    ArgumentError
        If the target is not found or could not be load_model.
    UnknownNameError
        If a library has no model of that name.
    """
    folder = folder or Path.cwd()
    if not isinstance(target, str):
        return subject_from(
            target, getattr(target, "__qualname__", type(target).__name__), arguments
        )
    source, _, name = target.rpartition(":")
    if not source or not name:
        raise ArgumentError("target", target, "must be SOURCE:NAME, such as timm:resnet18")
    if source in LIBRARIES:
        package = import_package(source, target, folder)
        loader = {"torchvision": _torchvision, "timm": _timm, "transformers": _transformers}
        return loader[source](target, package, name, arguments)
    find = _file if source.endswith(".py") else import_package
    found = find(source, target, folder)
    factory = getattr(found, name, None)
    if factory is None:
        raise ArgumentError("target", target, f"was not found: {source} has no {name!r}")
    return subject_from(factory, target, arguments)


def subject_from(factory: Any, name: str, arguments: Mapping[str, Any]) -> Subject:
    """Subject of a factory, or of a module that is already built.

    Parameters
    ----------
    factory : callable or nn.Module
        The factory or the module.
    name : str
        Name of the subject in messages.
    arguments : mapping
        Keyword arguments of the factory. A module takes none.

    Returns
    -------
    Subject
        The subject, without default inputs.

    Raises
    ------
    ArgumentError
        If a module has arguments, or `factory` cannot be called.
    """
    if isinstance(factory, nn.Module):
        if arguments:
            said = name.rpartition(":")[2]
            raise ArgumentError("arguments", arguments, f"is for a factory: {said!r} is built")
        return Subject(name, lambda: factory, no_default)
    if not callable(factory):
        raise ArgumentError("target", name, "must name a function, a class or a module")
    return Subject(name, lambda: factory(**arguments), no_default)


def import_package(package: str, target: str, folder: Path) -> Any:
    """Import a package.

    Parameters
    ----------
    package : str
        Its dotted name.
    target : str
        The target that needs it, which a refusal names.
    folder : Path
        Folder that is added to ``sys.path``.

    Returns
    -------
    module
        The package.

    Raises
    ------
    ArgumentError
        If a package is missing, or the import raises.
    """
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
        rule = f"could not be loaded: importing {package} raised {in_short(error)}"
        raise ArgumentError("target", target, rule) from error


def _file(path: str, target: str, folder: Path) -> Any:
    file = folder / path
    if not file.is_file():
        where = "" if folder == Path.cwd() else f" in {folder}"
        raise ArgumentError("target", target, f"was not found: there is no file {path!r}{where}")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ArgumentError("target", target, f"could not be loaded: {path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(spec.name, module)  # dataclasses look their module up there
    if (neighbours := str(file.resolve().parent)) not in sys.path:
        sys.path.append(neighbours)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        rule = f"could not be loaded: running {path} raised {in_short(error)}"
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
        raise ArgumentError("target", target, f"could not be loaded: {in_short(error)}") from error
    if found is None or not (name.endswith("Config") or hasattr(found, "config_class")):
        known = [n for n in dir(package) if n.endswith(("Config", "Model")) or "For" in n]
        raise UnknownNameError("transformers configuration or model", name, known)

    def make() -> nn.Module:
        if name.endswith("Config"):
            return package.AutoModel.from_config(found(**arguments))
        return found(found.config_class(**arguments))

    return Subject(target, make, of_transformers)


def load_model(
    target: Any,
    *,
    device: str = "meta",
    arguments: Mapping[str, Any] | None = None,
    inputs: Sequence[str] = (),
    dtype: str | None = None,
    folder: Path | None = None,
) -> tuple[nn.Module, Any]:
    """Load a model and its inputs.

    Parameters
    ----------
    target : str or callable
        ``SOURCE:NAME``, or a factory or module itself.
    device : str
        Device on which it is built. Default: ``"meta"``; a constructor that fails there runs on the
        CPU.
    arguments : mapping, optional
        Keyword arguments of the factory.
    inputs : sequence of str
        Inputs, ``[NAME=]SHAPE[:DTYPE]``. Default: those of the factory, or of the library.
    dtype : str, optional
        Floating-point or complex type of the model, and data type of inputs without one.
    folder : Path, optional
        Folder where files and modules are looked up. Default: the working directory.

    Returns
    -------
    module : nn.Module
        The model, in evaluation mode.
    inputs : Any
        Arguments of its forward.

    Raises
    ------
    ArgumentError
        If the target, an input or the data type is refused.
    ModelError
        If the constructor raises.
    """
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
