"""``complexity formula``: the cost of a model as exact expressions in its sizes."""

from typing import Any

import click

from complexity.cli.options import (
    Word,
    loading_options,
    network_options,
    output_options,
    parse_arguments,
    write,
)
from complexity.cli.requests import as_json, request_of
from formulas.core.errors import SizeError


@click.command(
    epilog="""\b
Examples:
  complexity formula mobilenet --variant paper --in batch,res,alpha
  complexity formula timm:resnet18 --by kind
  complexity formula transformers:GPT2LMHeadModel --arg n_layer=2 --in batch,seq
  complexity formula torch.nn:MaxPool2d --arg kernel_size=2 --input Nx3xHxW --format latex
"""
)
@click.argument("target", metavar="MODEL")
@click.option("--in", "dims", metavar="WORDS",
              help="Sizes that stay open: batch,res,seq,alpha; all by default.")  # fmt: skip
@click.option("--at", multiple=True, metavar="NAME=SIZE",
              help="Derive around this size; may be repeated.")  # fmt: skip
@click.option("--by", type=Word(["total", "kind", "layer"]), default="total", show_default=True,
              help="Expressions of the model, of each kind, or of each layer.")  # fmt: skip
@network_options
@loading_options
@output_options("text", "latex", "json", "python", "sympy")
def formula(
    dims: str | None, at: tuple[str, ...], by: str, form: str, output: str, **said: Any
) -> int:
    """Cost of one model as exact expressions in its sizes, verified, with where they hold.

    MODEL as in report. The five networks are given in N (batch), r (resolution) and alpha. Any
    other model is run at a few sizes: name the open ones in --input, such as Nx3xrxr, or let --in
    choose among those of a library's default input.
    """
    from complexity.symbolic.derive import derived
    from reports.text import formula as written

    words = None if dims is None else [word.strip() for word in dims.split(",")]
    if by != "total" and form in ("python", "sympy"):
        raise SizeError("by", by, f"is for text, latex and json, not for --format {form}")
    try:
        around = parse_arguments(at)
    except SizeError as error:
        raise SizeError("at", error.value, "must be NAME=SIZE, such as r=448") from error
    found = derived(request_of(said), words, around)
    if form == "text":
        text = written.formula_text(found, by)
    elif form == "latex":
        text = written.formula_latex(found, by)
    elif form == "json":
        text = as_json(written.formula_dict(found, by))
    elif form == "python":
        text = written.formula_python(found)
    else:
        text = written.formula_sympy(found)
    write(text, output)
    return 0
