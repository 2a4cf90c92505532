"""A model from the words that name it: of a library, a module or a file; and its inputs.

``torchvision:resnet50``, ``timm:vit_base_patch16_224``, ``transformers:BertConfig`` (or a model
class), ``package.module:factory``, ``path/to/file.py:factory``. Weights are never downloaded.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from complexity.errors import ModelError
from complexity.inputs import dtype_of, inputs_from

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
            with torch.device(device):
                made = self.make()
        except ModelError:
            raise
        except (Exception, SystemExit) as error:
            lines = str(error).strip().splitlines() or [""]
            raise ModelError(f"{self.name} raised {type(error).__name__}: {lines[0]}") from error
        module, inputs = made if isinstance(made, tuple) and len(made) == 2 else (made, None)
        if not isinstance(module, nn.Module):
            kind = type(module).__name__
            raise ModelError(f"{self.name} gave a {kind}, which must be a torch.nn.Module")
        return module.eval(), inputs


def subject_of(target: str, arguments: Mapping[str, Any]) -> Subject:
    """The subject that ``target`` names; ``arguments`` go to its factory."""
    source, _, name = target.rpartition(":")
    if not source or not name:
        raise ModelError(f"model={target!r} must be SOURCE:NAME, such as timm:resnet18")
    if source in LIBRARIES:
        package = imported(source, target)
        loader = {"torchvision": _torchvision, "timm": _timm, "transformers": _transformers}
        return loader[source](target, package, name, arguments)
    found = _file(source, target) if source.endswith(".py") else imported(source, target)
    factory = getattr(found, name, None)
    if factory is None:
        raise ModelError(f"model={target!r}: {source} has no {name!r}")
    if isinstance(factory, nn.Module):
        if arguments:
            raise ModelError(f"arg={arguments!r} is for a factory: {name!r} is built already")
        return Subject(target, lambda: factory, _no_default)
    if not callable(factory):
        raise ModelError(f"model={target!r}: {name!r} must be a function, a class or a module")
    return Subject(target, lambda: factory(**arguments), _no_default)


def imported(package: str, target: str) -> Any:
    """The package, or one sentence that says which one is missing or why it fails."""
    if "" not in sys.path and str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))  # as python -m does, for the installed command
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        missing = error.name or package
        raise ModelError(f"model={target!r} needs {missing}, which is not installed") from error
    except (Exception, SystemExit) as error:
        lines = str(error).strip().splitlines() or [""]
        words = f"{type(error).__name__}: {lines[0]}"
        raise ModelError(f"model={target!r}: importing {package} raised {words}") from error


def _file(path: str, target: str) -> Any:
    if not Path(path).is_file():
        raise ModelError(f"model={target!r}: there is no file {path!r}")
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    if spec is None or spec.loader is None:
        raise ModelError(f"model={target!r}: {path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(spec.name, module)  # dataclasses look their module up there
    sys.path.append(str(Path(path).resolve().parent))  # its neighbours
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        words = f"{type(error).__name__}: {error}"
        raise ModelError(f"model={target!r}: running {path} raised {words}") from error
    return module


def _no_default(_: nn.Module) -> Any:
    raise ModelError("input='' must be given, such as --input 1x3x224x224")


def _torchvision(target: str, package: Any, name: str, arguments: Mapping[str, Any]) -> Subject:
    models = package.models
    if name not in models.list_models():
        raise ModelError(f"model={target!r}: torchvision has no model {name!r}")
    builder = models.get_model_builder(name)

    def make() -> nn.Module:
        import inspect

        named = inspect.signature(builder).parameters
        off = {key: None for key in ("weights", "weights_backbone") if key in named}
        return builder(**{**off, **arguments})

    def inputs(_: nn.Module) -> Any:
        if name in models.list_models(module=models.detection):
            return ([torch.zeros(3, 320, 320)],)
        if name in models.list_models(module=models.video):
            _no_default(_)
        side = 520 if name in models.list_models(module=models.segmentation) else 224
        weights = models.get_model_weights(name)
        if len(weights):
            side = getattr(weights.DEFAULT.transforms(), "crop_size", [side])[0]
        return torch.zeros(1, 3, side, side)

    return Subject(target, make, inputs)


def _timm(target: str, package: Any, name: str, arguments: Mapping[str, Any]) -> Subject:
    if not package.is_model(name):
        raise ModelError(f"model={target!r}: timm has no model {name!r}")

    def inputs(model: nn.Module) -> Any:
        size = getattr(model, "pretrained_cfg", {}).get("input_size", (3, 224, 224))
        return torch.zeros(1, *size)

    return Subject(
        target, lambda: package.create_model(name, pretrained=False, **arguments), inputs
    )


def _transformers(target: str, package: Any, name: str, arguments: Mapping[str, Any]) -> Subject:
    try:
        found = getattr(package, name, None)
    except ImportError as error:
        raise ModelError(f"model={target!r}: {' '.join(str(error).split())}") from error
    if found is None or not (name.endswith("Config") or hasattr(found, "config_class")):
        raise ModelError(f"model={target!r}: transformers has no configuration or model {name!r}")

    def make() -> nn.Module:
        if name.endswith("Config"):
            return package.AutoModel.from_config(found(**arguments))
        return found(found.config_class(**arguments))

    return Subject(target, make, _transformers_inputs)


def _transformers_inputs(model: Any) -> Any:
    """One image, one stretch of sound, or 128 tokens, as the model's main input asks."""
    config, main = model.config, model.main_input_name
    fed: dict[str, Any] = {}
    if main == "pixel_values":
        side = config.image_size
        height, width = side if isinstance(side, (tuple, list)) else (side, side)
        fed[main] = torch.zeros(1, config.num_channels, height, width)
    elif main == "input_features":
        fed[main] = torch.zeros(1, config.num_mel_bins, 2 * config.max_source_positions)
    elif main == "input_ids":
        fed[main] = torch.zeros(1, 128, dtype=torch.long)
    else:
        _no_default(model)
    if getattr(config, "is_encoder_decoder", False):
        fed["decoder_input_ids"] = torch.zeros(1, 128, dtype=torch.long)
    return fed


def loaded(
    target: str,
    *,
    device: str = "meta",
    arguments: Mapping[str, Any] | None = None,
    inputs: Sequence[str] = (),
    dtype: str | None = None,
) -> tuple[nn.Module, Any]:
    """The model that ``target`` names, and its inputs: those written, or its own."""
    subject = subject_of(target, arguments or {})
    try:
        module, own = subject.build(device)
    except ModelError:
        if device != "meta":
            raise
        module, own = subject.build("cpu")  # a constructor that computes with real numbers
    if dtype is not None:
        wanted = dtype_of(dtype)
        if not (wanted.is_floating_point or wanted.is_complex):
            raise ModelError(f"dtype={dtype!r} must be a floating-point or complex type")
        module = module.to(wanted)
    if inputs:
        return module, inputs_from(inputs, dtype)
    if own is None:
        own = subject.default_inputs(module)
    return module, own
