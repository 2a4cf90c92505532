"""``complexity guidelines``: which layers break a guideline, by how much, and what to change."""

from typing import Any

import click

from complexity.asking import as_json, request_of
from complexity.options import (
    loading_options,
    network_options,
    output_options,
    tracing_option,
    write,
)


@click.command(
    epilog="""\b
Examples:
  complexity guidelines mobilenetv2 --variant paper --no-trace
  complexity guidelines timm:resnet18 --input 1x3x160x160 --format markdown
"""
)
@click.argument("target", metavar="MODEL")
@network_options
@loading_options
@click.option("--strict", is_flag=True, help="Exit status 1 where anything is found.")
@tracing_option
@output_options("text", "markdown", "json")
def guidelines(strict: bool, form: str, output: str, **said: Any) -> int:
    """The guidelines of ShuffleNetV2, held against each layer and block of a model.

    G1 equal widths, G2 groups, G3 branches and pieces, G4 element-wise work (arXiv 1807.11164).
    They advise: the exit status is 0 unless --strict. Thresholds stand in your pyproject.toml,
    under [tool.complexity.guidelines]. MODEL as in report.
    """
    from complexity.settings import settings_of
    from complexity.subjects import reported
    from reports.guidelines import Thresholds
    from reports.guidelines import guidelines as judged
    from reports.guidelines_text import guidelines_dict, guidelines_markdown, guidelines_text

    thresholds = Thresholds.of(settings_of("guidelines"))
    report = reported(request_of(said))
    found = judged(report, thresholds)
    if form == "json":
        text = as_json(guidelines_dict(report, found))
    else:
        style = guidelines_markdown if form == "markdown" else guidelines_text
        text = style(report, found)
    write(text, output)
    return 1 if strict and found.findings else 0
