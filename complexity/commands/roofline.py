"""``complexity roofline``: a model under the roof of a device."""

from typing import Any

import click

from complexity.asking import as_json, request_of
from complexity.options import (
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
from formulas.errors import SizeError
from formulas.quantities import quantity
from reports.devices import DTYPES


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
@click.option("--dtype", type=Word(DTYPES), default="float32", show_default=True,
              help="What floating numbers are stored as.")  # fmt: skip
@click.option("--by", type=Word(["layer", "kind"]), default="layer", show_default=True,
              help="One line a layer, or a kind of layer.")  # fmt: skip
@click.option("--top", type=Number(), help="The lines with the longest bounds only.")
@PLOT_OPTION
@tracing_option
@output_options("text", "markdown", "csv", "json")
def roofline(
    target: Any, device: Any, dtype: str, by: str, top: Any, plot: Any, form: str, output: str,
    **said: Any,
) -> int:  # fmt: skip
    """Each layer's lower bound on time: arithmetic over peak, or bytes over bandwidth.

    MODEL as in report. Without it: the devices, their figures and who states them.
    """
    if top is not None:
        quantity("top", top)
    if target is None:
        write(listed(device, dtype, form, plot), output)
        return 0
    if device is None:
        raise SizeError("device", None, "must be given; complexity roofline alone lists them")
    from complexity.subjects import reported
    from reports import writers
    from reports.roofline import Roofline, roofline_dict, roofline_panel, roofline_table
    from reports.roofline import roofline_text as text_of
    from reports.scatter import drawn

    roof = roof_of(device, dtype)
    roof.peak_of(dtype)  # before the model runs
    found = Roofline(reported(request_of({"target": target, **said})), roof, dtype)
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


def roof_of(name: str, dtype: str) -> Any:
    """The device of that name; ``measure`` and ``measure:cuda`` are this machine."""
    from reports.devices import device_named

    kind, _, where = name.partition(":")
    if kind != "measure":
        return device_named(name)
    if where not in ("", "cpu", "cuda"):
        raise SizeError("device", name, "must be measure or measure:cuda")
    from complexity.measuring import measured_device

    return measured_device(dtype, where or "cpu")


def listed(device: str | None, dtype: str, form: str, plot: str | None) -> str:
    """The devices, or the one that was asked for, in words."""
    from reports import writers
    from reports.devices import derivations, device_dict, device_table, devices

    if plot:
        raise SizeError("plot", plot, "needs a MODEL")
    found = [roof_of(device, dtype)] if device else list(devices().values())
    if form == "json":
        return as_json([device_dict(each) for each in found])
    if form == "csv":
        return writers.to_csv(device_table(found))
    style = writers.markdown if form == "markdown" else writers.text
    between = "\n\n" if form == "markdown" else "\n"
    return f"{style(device_table(found))}\n\n{between.join(derivations(found))}\n"
