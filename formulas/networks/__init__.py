"""The five light networks as closed forms: no torch, no trace, microseconds a layer."""

from collections.abc import Callable
from typing import Any

from formulas.core.errors import SizeError, UnknownNameError
from formulas.networks.builder import Network, PlacedLayer, Plan
from formulas.networks.mobilenet import EXACT_ALPHA as EXACT_ALPHA_OF_MOBILENET
from formulas.networks.mobilenet import mobilenet
from formulas.networks.mobilenetv2 import EXACT_ALPHA as EXACT_ALPHA_OF_MOBILENETV2
from formulas.networks.mobilenetv2 import mobilenetv2
from formulas.networks.options import VARIANTS
from formulas.networks.shufflenet import shufflenet
from formulas.networks.shufflenetv2 import shufflenetv2
from formulas.networks.squeezenet import squeezenet

__all__ = [
    "EXACT_ALPHA",
    "NETWORKS",
    "VARIANTS",
    "Network",
    "PlacedLayer",
    "Plan",
    "mobilenet",
    "mobilenetv2",
    "network",
    "options_of",
    "shufflenet",
    "shufflenetv2",
    "squeezenet",
]

NETWORKS: dict[str, Callable[..., Network]] = {
    "squeezenet": squeezenet,
    "mobilenet": mobilenet,
    "mobilenetv2": mobilenetv2,
    "shufflenet": shufflenet,
    "shufflenetv2": shufflenetv2,
}
# Networks with a width multiplier: at multiples of this their channels scale without rounding.
EXACT_ALPHA = {
    "mobilenet": EXACT_ALPHA_OF_MOBILENET,
    "mobilenetv2": EXACT_ALPHA_OF_MOBILENETV2,
}


def options_of(name: str) -> list[str]:
    """The options that network ``name`` takes; an unknown name is refused with near ones."""
    if name not in NETWORKS:
        raise UnknownNameError("network", str(name), list(NETWORKS))
    return list(NETWORKS[name].__kwdefaults__ or {})


def network(name: str, **options: Any) -> Network:
    """The closed form of a network by name: ``network("mobilenet", alpha=0.5, resolution=160)``.

    An option that the network does not have is refused by name.
    """
    known = options_of(name)
    for option, value in options.items():
        if option not in known:
            rule = f"is not an option of {name}, which has {', '.join(known)}"
            raise SizeError(option, value, rule)
    return NETWORKS[name](**options)
