"""``complexity bridge``: from our number to another counter's, step by step."""

from typing import Any

import click

from complexity.cli.options import (
    Word,
    loading_options,
    network_options,
    output_options,
    write,
)
from complexity.cli.requests import as_json, request_of
from formulas.core.errors import SizeError

TARGETS = ("fvcore", "torch", "thop", "ptflops", "ptflops-aten", "torchinfo", "paper")


@click.command(
    epilog="""\b
Examples:
  complexity bridge shufflenetv2 --to fvcore
  complexity bridge mobilenetv2 --variant paper --to paper --of params
  complexity bridge torch.nn:LSTM --arg input_size=5 --arg hidden_size=7 --input 3x2x5 --to thop
"""
)
@click.argument("target", metavar="MODEL")
@click.option("--to", type=Word(TARGETS), help="Whose number to arrive at; must be given.")
@click.option("--of", type=Word(["macs", "params", "flops"]), default="macs", show_default=True,
              help="Which of our numbers to start from.")  # fmt: skip
@network_options
@loading_options
@output_options("text", "markdown", "json")
def bridge(target: str, to: str | None, of: str, form: str, output: str, **said: Any) -> int:
    """The steps from our number to another counter's, or to the paper's.

    MODEL as in report. Each step has its figure, and they sum up to the other's number, which is
    asked for where the counter is installed. Exit status 1: something is left unexplained.
    """
    if to is None:
        raise SizeError("to", None, f"must be given: one of {', '.join(TARGETS)}")
    from complexity.targets.execute import bridge_for
    from reports.model.bridge import bridge_dict, bridge_text
    from reports.render import table_writers as writers

    found = bridge_for(request_of({"target": target, **said}), to, of)
    if form == "json":
        text = as_json(bridge_dict(found))
    else:
        text = bridge_text(found, writers.markdown if form == "markdown" else writers.text)
    write(text, output)
    return 0 if found.agrees else 1
