"""Inputs as they are written on a command line: ``1x3x224x224``, ``input_ids=1x128:int64``."""

from collections.abc import Sequence
from typing import Any

import torch

from complexity.errors import ArgumentError
from complexity.tracing import Arguments


def dtype_of(name: str) -> torch.dtype:
    """Data type of torch by its ``name``: ``dtype_of("int64") is torch.int64``.

    Raises ``ArgumentError`` for any other word.
    """
    dtype = getattr(torch, name, None)
    if not isinstance(dtype, torch.dtype):
        raise ArgumentError("dtype", name, "must be a data type of torch, such as float32 or int64")
    return dtype


def tensor_of(text: str, dtype: str | None = None) -> torch.Tensor:
    """Zeros of the shape and data type that a text states.

    Parameters
    ----------
    text : str
        ``SHAPE[:DTYPE]``, such as ``1x128:int64``. The shape ``scalar`` has no side.
    dtype : str, optional
        Data type of a text without one. Default: ``float32``.

    Returns
    -------
    Tensor
        Zeros.

    Raises
    ------
    ArgumentError
        If the text is no shape of positive sides, or torch cannot build such a tensor.

    Examples
    --------
    >>> tensor_of("2x3:int64").shape, tensor_of("2x3:int64").dtype
    (torch.Size([2, 3]), torch.int64)
    """
    shape, _, type_name = text.partition(":")
    try:
        sides = () if shape == "scalar" else tuple(int(side) for side in shape.split("x"))
    except ValueError:
        sides = (0,)
    if any(side < 1 for side in sides):
        rule = "must be [NAME=]SHAPE[:DTYPE], such as 1x3x224x224 or input_ids=1x128:int64"
        raise ArgumentError("inputs", text, rule)
    wanted = dtype_of(type_name or dtype or "float32")
    try:
        return torch.zeros(sides, dtype=wanted).clone()  # some types can only be named
    except (RuntimeError, TypeError, MemoryError) as error:
        raise ArgumentError("inputs", text, "must be a tensor that torch can make") from error


def inputs_from(texts: Sequence[str], dtype: str | None = None) -> Any:
    """Arguments of a model's forward, from texts.

    Parameters
    ----------
    texts : sequence of str
        Inputs, ``[NAME=]SHAPE[:DTYPE]``.
    dtype : str, optional
        Data type of inputs without one. Default: ``float32``.

    Returns
    -------
    tuple, dict or Arguments
        Inputs without a name by position, those with one by keyword.

    Raises
    ------
    ArgumentError
        If a name is no identifier or stands twice, or a text states no tensor.
    """
    pairs = [text.split("=", 1) for text in texts if "=" in text]
    for name, _ in pairs:
        if not name.isidentifier() or [n for n, _ in pairs].count(name) > 1:
            raise ArgumentError("inputs", name, "must be an argument's name, given once")
    named = {name: tensor_of(text, dtype) for name, text in pairs}
    placed = tuple(tensor_of(text, dtype) for text in texts if "=" not in text)
    if not named:
        return placed
    return Arguments(*placed, **named) if placed else named
