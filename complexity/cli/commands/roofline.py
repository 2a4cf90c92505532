"""``complexity roofline``: a model under the roof of a device."""

from collections.abc import Iterable
from typing import Any

import click

from complexity.cli.options import (
    PLOT_OPTION,
    Number,
    Word,
    feeding_options,
    network_options,
    output_options,
    tracing_option,
    write,
    write_file,
)
from complexity.cli.requests import as_json, request_of
from formulas.core.errors import SizeError
from formulas.core.quantities import quantity
from reports.roofline.devices import DTYPES


@click.command(
    epilog="""\b
Examples:
  complexity roofline
  complexity roofline shufflenetv2 --variant paper --device gtx-1080-ti --by kind
"""
)
@click.argument("target", metavar="[MODEL]", required=False)
@network_options
@feeding_options
@click.option("--device", metavar="NAME|FILE.toml|measure[:cuda]",
              help="One of the table, one of your own, or this machine.")  # fmt: skip
@click.option("--dtype", type=Word(DTYPES),
              help="As if floats were of this type; the model's own by default.")  # fmt: skip
@click.option("--by", type=Word(["layer", "kind"]), default="layer", show_default=True,
              help="One line a layer, or a kind of layer.")  # fmt: skip
@click.option("--top", type=Number(), help="The lines with the longest bounds only.")
@PLOT_OPTION
@tracing_option
@output_options("text", "markdown", "csv", "json")
def roofline(
    target: Any, device: Any, dtype: Any, by: str, top: Any, plot: Any, form: str, output: str,
    **said: Any,
) -> int:  # fmt: skip
    """Each layer's lower bound on time: arithmetic over peak, or bytes over bandwidth.

    MODEL as in report. Without it: the devices, their figures and who states them.
    """
    if top is not None:
        quantity("top", top)
    if target is None:
        write(listed(device, [dtype or "float32"], form, plot), output)
        return 0
    if device is None:
        raise SizeError("device", None, "must be given; complexity roofline alone lists them")
    from complexity.targets.execute import report_for
    from reports.plots.scatter import drawn
    from reports.render import table_writers as writers
    from reports.roofline.bounds import Roofline, types_of
    from reports.roofline.text import roofline_dict, roofline_panel, roofline_table
    from reports.roofline.text import roofline_text as text_of

    must_have(device, [dtype] if dtype else [])
    report = report_for(request_of({"target": target, **said}))
    roof = roof_of(device, types_of(report, dtype))
    found = Roofline(report, roof, dtype)
    if plot:
        write_file("plot", plot, drawn([roofline_panel(found)], plot))
    if form == "json":
        text = as_json(roofline_dict(found))
    elif form == "csv":
        text = writers.to_csv(roofline_table(found, by, top))
    else:
        style = writers.markdown if form == "markdown" else writers.text
        text = text_of(found, by, top, style)
    write(text, output)
    return 0


def machine_of(name: str) -> str | None:
    """``"cpu"`` or ``"cuda"`` where ``measure`` or ``measure:cuda`` asks for this machine."""
    kind, _, where = name.partition(":")
    if kind != "measure":
        return None
    if where not in ("", "cpu", "cuda"):
        raise SizeError("device", name, "must be measure or measure:cuda")
    from complexity.profiling.clock import clock_of

    try:
        clock_of(where or "cpu")
    except SizeError as error:
        raise SizeError("device", name, error.rule) from error
    return where or "cpu"


def must_have(name: str, dtypes: Iterable[str]) -> None:
    """Refuse, before a model runs, a device that is not there or has no figure for a data type."""
    from reports.roofline.devices import device_named

    here = machine_of(name)
    device = None if here else device_named(name)
    for dtype in dtypes:
        if device:
            device.peak_of(dtype)
        else:
            from complexity.profiling.device_benchmark import must_multiply

            must_multiply(dtype)


def roof_of(name: str, dtypes: Iterable[str]) -> Any:
    """The device of that name, or this machine, measured in each of ``dtypes``."""
    from reports.roofline.devices import device_named, merged

    here = machine_of(name)
    if here is None:
        return device_named(name)
    from complexity.profiling.device_benchmark import measured_device

    return merged([measured_device(dtype, here) for dtype in dtypes])


def listed(device: str | None, dtypes: list[str], form: str, plot: str | None) -> str:
    """The devices, or the one that was asked for, in words."""
    from reports.render import table_writers as writers
    from reports.roofline.devices import derivations, device_dict, device_table, devices

    if plot:
        raise SizeError("plot", plot, "needs a MODEL")
    found = [roof_of(device, dtypes)] if device else list(devices().values())
    if form == "json":
        return as_json([device_dict(each) for each in found])
    if form == "csv":
        return writers.to_csv(device_table(found))
    style = writers.markdown if form == "markdown" else writers.text
    between = "\n\n" if form == "markdown" else "\n"
    return f"{style(device_table(found))}\n\n{between.join(derivations(found))}\n"
