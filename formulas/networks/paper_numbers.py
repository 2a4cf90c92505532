"""Numbers that the papers print for their networks, each with its source.

Printed numbers are rounded, and some do not follow from the architecture they describe; the
tests say which. They are shown beside ours, never used.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from formulas.core.quantities import is_array
from formulas.networks.builder import Network


@dataclass(frozen=True)
class Published:
    """What a source prints for one setting of a network, with 1000 classes.

    ``without`` names the layers that a number leaves out, and ``remark`` says what is known of one
    that does not follow from the network; both by ``params`` or ``macs``.
    """

    network: str
    setting: float
    resolution: int
    params: str
    macs: str
    source: str
    without: Mapping[str, str] = field(default_factory=dict)
    remark: Mapping[str, str] = field(default_factory=dict)


NORMS, FC = "batch norm", "the fully connected layer"
V1 = "arXiv 1704.04861, table"
V2 = "arXiv 1801.04381, table 4"
OF_SHUFFLENET = "arXiv 1707.01083, table 1"
PUBLISHED = (
    Published("squeezenet", 1, 224, "1,248,424", "0.819 G", "torchvision's weights metadata"),
    Published("squeezenet", 1, 227, "1,248,424", "833 M", "arXiv 1707.01083, table 6"),
    Published("mobilenet", 1, 224, "4.2 M", "569 M", f"{V1} 6"),
    Published("mobilenet", 0.75, 224, "2.6 M", "325 M", f"{V1} 6"),
    Published("mobilenet", 0.5, 224, "", "149 M", f"{V1} 6"),
    Published("mobilenet", 0.25, 224, "", "41 M", f"{V1} 6"),
    Published("mobilenet", 1, 192, "4.2 M", "418 M", f"{V1} 7"),
    Published("mobilenet", 1, 160, "4.2 M", "", f"{V1} 7"),
    Published("mobilenet", 1, 128, "4.2 M", "186 M", f"{V1} 7"),
    Published("mobilenet", 0.5, 160, "1.32 M", "76 M", f"{V1} 9", {"params": NORMS}),
    Published("mobilenetv2", 1, 224, "3.4 M", "", V2, {"params": NORMS}),
    Published(
        "mobilenetv2",
        1.4,
        224,
        "6.9 M",
        "585 M",
        V2,
        remark={
            "params": "no count comes near; the authors' release has 6.06 M without batch norm",
            "macs": "the authors' release has 582 M; how the paper rounds widths is not said",
        },
    ),
    Published("shufflenet", 1, 224, "", "143 M", OF_SHUFFLENET, {"macs": FC}),
    Published("shufflenet", 2, 224, "", "140 M", OF_SHUFFLENET, {"macs": FC}),
    Published("shufflenet", 3, 224, "", "137 M", OF_SHUFFLENET, {"macs": FC}),
    Published("shufflenet", 4, 224, "", "133 M", OF_SHUFFLENET, {"macs": FC}),
    Published("shufflenet", 8, 224, "", "137 M", OF_SHUFFLENET, {"macs": FC}),
    Published("shufflenetv2", 1, 224, "", "0.145 G", "torchvision's weights metadata"),
)


def published(network: Network) -> Published | None:
    """What is printed for this network, None where nothing is or its classes are not 1000."""
    sizes = (*network.input_shape, network.classes, *network.options.values())
    if any(map(is_array, sizes)):
        return None
    batch, _, height, width = network.input_shape
    if network.variant != "paper" or network.classes != 1000 or height != width or batch != 1:
        return None
    setting = next(iter(network.options.values()), 1)
    for entry in PUBLISHED:
        if (entry.network, entry.setting, entry.resolution) == (network.name, setting, height):
            return entry
    return None
