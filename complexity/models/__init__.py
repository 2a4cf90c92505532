"""The five networks as real modules, and the one table of their names.

They are written for themselves, not from the closed forms, so that each can prove the other.
"""

from collections.abc import Callable

import torch
from torch import nn

from complexity.errors import ModelError
from complexity.models.mobilenet import mobilenet
from complexity.models.mobilenetv2 import mobilenetv2
from complexity.models.shufflenet import shufflenet
from complexity.models.shufflenetv2 import shufflenetv2
from complexity.models.squeezenet import squeezenet
from formulas.networks import Network

BUILDERS: dict[str, Callable[..., nn.Module]] = {
    "squeezenet": squeezenet,
    "mobilenet": mobilenet,
    "mobilenetv2": mobilenetv2,
    "shufflenet": shufflenet,
    "shufflenetv2": shufflenetv2,
}


def build(network: Network, device: str = "cpu") -> nn.Module:
    """The real network of a closed form, ready to run on ``device`` (``"meta"``: no storage).

    Its weights are random, but the random state is left as it was.
    """
    builder = BUILDERS[network.name]
    settings = {"classes": network.classes, "variant": network.variant, **network.options}
    try:
        with torch.random.fork_rng(devices=[]), torch.device(device):
            return builder(**settings).eval()
    except (RuntimeError, TypeError, OverflowError) as error:
        said = ", ".join(f"{name}={value}" for name, value in settings.items())
        raise ModelError(f"{network.name} with {said} is more than torch can build") from error
