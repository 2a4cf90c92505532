"""``complexity bridge``: from our number to another counter's, step by step."""

from typing import Any

import click

from complexity.asking import as_json, request_of
from complexity.options import (
    Word,
    loading_options,
    network_options,
    output_options,
    write,
)

TARGETS = ("fvcore", "torch", "thop", "ptflops", "torchinfo", "paper")


@click.command(
    epilog="""\b
Examples:
  complexity bridge shufflenetv2 --to fvcore
  complexity bridge mobilenetv2 --variant paper --to paper --of params
  complexity bridge torch.nn:MultiheadAttention --arg embed_dim=8 --arg num_heads=2 \\
      --input 5x8 --input 5x8 --input 5x8 --to thop
"""
)
@click.argument("target", metavar="MODEL")
@click.option("--to", type=Word(TARGETS), required=True, help="Whose number to arrive at.")
@click.option("--of", type=Word(["macs", "params", "flops"]), default="macs", show_default=True,
              help="Which of our numbers to start from.")  # fmt: skip
@network_options
@loading_options
@output_options("text", "markdown", "json")
def bridge(target: str, to: str, of: str, form: str, output: str, **said: Any) -> int:
    """The steps from our number to another counter's, or to the paper's.

    MODEL as in report. Each step has its figure, and they sum up to the other's number, which is
    asked for where the counter is installed. Exit status 1: something is left unexplained.
    """
    from complexity.subjects import bridged
    from reports import writers
    from reports.bridge import bridge_dict, bridge_text

    found = bridged(request_of({"target": target, **said}), to, of)
    if form == "json":
        text = as_json(bridge_dict(found))
    else:
        text = bridge_text(found, writers.markdown if form == "markdown" else writers.text)
    write(text, output)
    return 0 if found.agrees else 1
