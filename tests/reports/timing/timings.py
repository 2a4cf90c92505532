"""A timing with known numbers."""

from reports.roofline.bounds import Roofline
from reports.roofline.devices import Device
from reports.timing.statistics import Spread
from reports.timing.timing import TimedModel, Timing
from tests.reports.helpers import made, row

DEVICE = Device("toy", "Toy", "own", "a sheet", 7, {"float32": 13})


ROWS = (
    row("a.conv", macs=65, memory_access=7),  # bound 10 s
    row("a.conv#2", macs=13, memory_access=7),  # the same module on another shape: bound 4 s
    row("a.norm", "batch_norm", memory_access=35),  # bound 20 s
    row("twin.norm", "batch_norm", memory_access=14),  # another path of a.norm: bound 8 s
    row("a.add", "addition", memory_access=21),  # no module: bound 12 s
    row("scale", "parameter", params=11, calls=0),  # never ran
)


TIMING = Timing(
    total=Spread((90.0, 80.0, 85.0)),
    hooked=Spread((100.0, 95.0, 99.0)),
    layers={"a.conv": Spread((21.0, 20.0, 28.0)), "a.norm": Spread((7.0, 14.0, 8.0))},
    aliases={"twin.norm": "a.norm"},
)


def timed(rows=ROWS, timing=TIMING, device=DEVICE):
    report = made(layers=rows)
    return TimedModel(report, timing, Roofline(report, device, "float32") if device else None)
