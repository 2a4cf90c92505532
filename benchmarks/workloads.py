"""The networks that are counted: built from code or configuration, nothing is downloaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn


def torchvision_model(name: str) -> nn.Module:
    from benchmarks.torchvision_operators import declared_operators

    declared_operators()
    from torchvision import models

    return models.get_model(name)


def transformers_model(model: str, config: str) -> nn.Module:
    from benchmarks.first_output import FirstOutput
    from benchmarks.torchvision_operators import declared_operators

    declared_operators()  # transformers imports torchvision
    import transformers

    configured = getattr(transformers, config)()
    return FirstOutput(getattr(transformers, model)(configured))


@dataclass(frozen=True)
class Workload:
    """A network and the shape of its input; ``weights_gb`` where no CPU run should be tried."""

    title: str
    build: Callable[[], nn.Module]
    shape: tuple[int, ...]
    weights_gb: int = 0

    def on(self, device: str) -> tuple[nn.Module, Tensor]:
        """The network in evaluation mode and an input of zeros: an image, or numbers of tokens."""
        import torch

        kind = torch.int64 if len(self.shape) == 2 else torch.float32
        with torch.device(device):
            return self.build().eval(), torch.zeros(self.shape, dtype=kind)


def image(title: str, name: str) -> Workload:
    return Workload(title, lambda: torchvision_model(name), (1, 3, 224, 224))


def text(title: str, model: str, config: str, tokens: int, weights_gb: int = 0) -> Workload:
    return Workload(title, lambda: transformers_model(model, config), (1, tokens), weights_gb)


WORKLOADS = {
    "resnet50": image("ResNet-50", "resnet50"),
    "mobilenet_v2": image("MobileNetV2", "mobilenet_v2"),
    "densenet121": image("DenseNet-121", "densenet121"),
    "efficientnet_b0": image("EfficientNet-B0", "efficientnet_b0"),
    "vit_l_16": image("ViT-L/16", "vit_l_16"),
    "swin_t": image("Swin-T", "swin_t"),
    "convnext_tiny": image("ConvNeXt-T", "convnext_tiny"),
    "bert": text("BERT, 512 tokens", "BertModel", "BertConfig", 512),
    "gpt2": text("GPT-2, 1024 tokens", "GPT2LMHeadModel", "GPT2Config", 1024),
    # the defaults of LlamaConfig are the 7B model's
    "llama7b": text("Llama-7B, 2048 tokens", "LlamaForCausalLM", "LlamaConfig", 2048, 27),
}
