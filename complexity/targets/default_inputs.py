"""Default inputs of torchvision, timm and transformers models, from their own configuration."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from complexity.errors import ArgumentError

FRAMES = 16  # torchvision's video models are trained on 16; some take no fewer
TOKENS = 128
SECOND = 16_000  # samples of one second of speech


def no_default(_: nn.Module) -> Any:
    """Refuse a model that states no default input. Raises ``ArgumentError``."""
    rule = "must be given, such as --input 1x3x224x224 or --input input_ids=1x128:int64"
    raise ArgumentError("inputs", None, rule)


def of_torchvision(models: Any, name: str) -> Any:
    """Default input of a torchvision model: one image, or one short film.

    Parameters
    ----------
    models : module
        ``torchvision.models``.
    name : str
        Name of the model in it. Its weights' transforms set the side, in pixels.

    Returns
    -------
    Tensor or tuple
        ``(1, 3, H, W)``, for video ``(1, 3, 16, H, W)``; a list of images for detection.
    """
    if name in models.list_models(module=models.detection):
        return ([torch.zeros(3, 320, 320)],)
    side = 520 if name in models.list_models(module=models.segmentation) else 224
    weights = models.get_model_weights(name)
    if len(weights):
        side = getattr(weights.DEFAULT.transforms(), "crop_size", [side])[0]
    if name in models.list_models(module=models.video):
        return torch.zeros(1, 3, FRAMES, side, side)
    return torch.zeros(1, 3, side, side)


def of_timm(model: Any) -> Any:
    """One image of the size in the model's own configuration."""
    size = getattr(model, "pretrained_cfg", {}).get("input_size", (3, 224, 224))
    return torch.zeros(1, *size)


def of_transformers(model: Any) -> dict[str, Tensor]:
    """Main input of a ``model``; text and image for a model that embeds both."""
    config, accepted = model.config, inspect.signature(model.forward).parameters
    wanted = [model.main_input_name]
    if hasattr(model, "get_text_features"):
        wanted += [n for n in ("input_ids", "pixel_values", "input_features") if n in accepted]
    if getattr(config, "is_encoder_decoder", False):
        wanted += [n for n in accepted if n in ("decoder_input_ids", "decoder_input_values")]
    try:
        return {name: INPUT_RULES[name](config) for name in wanted}
    except (KeyError, AttributeError):  # no rule, or a configuration without its sizes
        names = ", ".join(dict.fromkeys(wanted))
        shape = "1x128:int64" if wanted[0].endswith("ids") else "1x128"
        rule = (
            f"must be given by name for this model ({names}), such as --input {wanted[0]}={shape}"
        )
        raise ArgumentError("inputs", None, rule) from None


def _image(config: Any) -> Tensor:
    config = getattr(config, "vision_config", config)
    side = getattr(config, "image_size", None) or 224  # a convolution takes any
    height, width = side if isinstance(side, (tuple, list)) else (side, side)
    frames = [config.num_frames] if hasattr(config, "num_frames") else []
    return torch.zeros(1, *frames, getattr(config, "num_channels", 3), height, width)


def _tokens(config: Any) -> Tensor:
    config = getattr(config, "text_config", config)
    most = getattr(config, "max_position_embeddings", None) or TOKENS
    return torch.zeros(1, min(TOKENS, most), dtype=torch.long)


def _sound(config: Any) -> Tensor:
    """Samples, or the spectrogram of a model that takes one."""
    if hasattr(config, "num_mel_bins"):
        return torch.zeros(1, config.max_length, config.num_mel_bins)
    return torch.zeros(1, SECOND)


def _spectrogram(config: Any) -> Tensor:
    return torch.zeros(1, config.num_mel_bins, 2 * config.max_source_positions)


INPUT_RULES: dict[str, Callable[[Any], Tensor]] = {
    "pixel_values": _image,
    "input_ids": _tokens,
    "decoder_input_ids": _tokens,
    "input_values": _sound,
    "input_features": _spectrogram,
}
