"""Inputs whose sizes have names: ``Nx3xrxr`` is made at any ``N`` and ``r``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

import torch
from torch import Tensor

from complexity.errors import ArgumentError
from complexity.targets.input_spec import inputs_from
from complexity.tracing import Arguments

Side = int | str
MEANINGS = {"batch": "N", "res": "r", "seq": "S"}
BATCHES = ("N", "B", "batch")
# A first size for each meaning: a batch of one is often another matter.
USUAL = {"batch": 2, "resolution": 224, "sequence": 128, "size": 128}


@dataclass(frozen=True)
class Feed:
    """What a model is fed, with sizes left open.

    ``usual`` is a size for each name, at which the model should run; ``make`` gives the inputs at
    any sizes; ``shapes`` are written, the names among numbers.
    """

    usual: Mapping[str, int]
    shapes: tuple[tuple[Side, ...], ...]
    make: Callable[[Mapping[str, int]], Any]
    meanings: Mapping[str, str]


def written_feed(texts: Sequence[str], at: Mapping[str, int], dtype: str | None = None) -> Feed:
    """The feed of inputs as they are typed: ``Nx3xrxr``, ``input_ids=NxS:int64``.

    A size that is called N, B or batch, or else the first side, is the batch. The last two sides
    of an image are taken to be 224, other sizes 128, and the batch 2, unless ``at`` says otherwise.
    """
    shapes = [sides_of(text) for text in texts]
    names = list(dict.fromkeys(s for sides in shapes for s in sides if isinstance(s, str)))
    if not names:
        rule = "must leave a size open, by a name in its place, such as Nx3xrxr"
        raise ArgumentError("inputs", tuple(texts), rule)
    first = [name for name in names if name in BATCHES] or [
        sides[0] for sides in shapes if len(sides) > 1 and isinstance(sides[0], str)
    ]
    images = {side for sides in shapes if len(sides) >= 4 for side in sides[-2:]}
    tokens = {sides[1] for sides, text in zip(shapes, texts, strict=True)
              if len(sides) == 2 and "int" in text.partition(":")[2]}  # fmt: skip
    meanings = {
        name: "batch" if name in first[:1]
        else "resolution" if name in images
        else "sequence" if name in tokens
        else "size"
        for name in names
    }  # fmt: skip
    usual = {name: USUAL[meanings[name]] for name in names}

    def make(sizes: Mapping[str, int]) -> Any:
        return inputs_from(filled(texts, sizes), dtype)

    return Feed(chosen(usual, at), tuple(shapes), make, meanings)


def sides_of(text: str) -> tuple[Side, ...]:
    """The sides of one input as it is typed, a number as a number, a name as a name."""
    shape = text.split("=", 1)[-1].partition(":")[0]
    if shape == "scalar":
        return ()
    sides = tuple(int(side) if side.isdigit() else side for side in shape.split("x"))
    names = [side for side in sides if isinstance(side, str)]
    if not all(name.isidentifier() and not iskeyword(name) for name in names):
        rule = "must be [NAME=]SHAPE[:DTYPE] with numbers or names as sides, such as Nx3xrxr"
        raise ArgumentError("inputs", text, rule)
    return sides


def filled(texts: Sequence[str], sizes: Mapping[str, int]) -> list[str]:
    """The same inputs with numbers in all places."""
    done = []
    for text in texts:
        sides = [str(sizes[s]) if isinstance(s, str) else str(s) for s in sides_of(text)]
        head, equals, rest = text.rpartition("=")
        _, colon, dtype = rest.partition(":")
        done.append(f"{head}{equals}{'x'.join(sides) or 'scalar'}{colon}{dtype}")
    return done


def own_feed(inputs: Any, words: Sequence[str] | None, at: Mapping[str, int]) -> Feed:
    """The feed of a library's default inputs: which of their sides are the batch, and so on.

    ``batch`` is a first side of 1, ``res`` the last two of an image, ``seq`` the second side of
    whole numbers; where ``words`` is None, all that there are.
    """
    tensors: list[Tensor] = []
    _replaced(inputs, tensors.append)
    said = tuple(MEANINGS) if words is None else tuple(words)
    for word in said:
        if word not in MEANINGS:
            rule = f"must be among {', '.join(MEANINGS)}; or name sizes in --input"
            raise ArgumentError("dims", word, rule)
    usual: dict[str, int] = {}
    shapes = [_named(tensor, said, usual) for tensor in tensors]
    for word in said:
        if words is not None and MEANINGS[word] not in usual:
            rule = f"is in none of the inputs: {', '.join(str(list(t.shape)) for t in tensors)}"
            raise ArgumentError("dims", word, rule)
    if not usual:
        raise ArgumentError("inputs", None, "must be given, its open sizes named: Nx3xrxr")

    def make(sizes: Mapping[str, int]) -> Any:
        numbers = iter(shapes)

        def made(tensor: Tensor) -> Tensor:
            sides = [sizes[s] if isinstance(s, str) else s for s in next(numbers)]
            return torch.zeros(sides, dtype=tensor.dtype)

        return _replaced(inputs, made)

    meanings = dict(zip(MEANINGS.values(), USUAL, strict=False))
    return Feed(chosen(usual, at), tuple(shapes), make, meanings)


def _named(tensor: Tensor, words: Sequence[str], usual: dict[str, int]) -> tuple[Side, ...]:
    """The sides of one default input, open ones by name; ``usual`` gets their sizes."""
    sides: list[Side] = list(tensor.shape)
    places: dict[str, tuple[int, ...]] = {}
    if tensor.dim() >= 2 and sides[0] == 1:
        places["batch"] = (0,)
    if tensor.dim() >= 3 and sides[-1] == sides[-2]:
        places["res"] = (-2, -1)
    if tensor.dim() == 2 and not tensor.is_floating_point():
        places["seq"] = (1,)
    for word, where in places.items():
        if word in words:
            size = USUAL["batch"] if word == "batch" else int(tensor.shape[where[0]])
            if usual.setdefault(MEANINGS[word], size) == size:
                for place in where:
                    sides[place] = MEANINGS[word]
    return tuple(sides)


def _replaced(inputs: Any, change: Callable[[Tensor], Any]) -> Any:
    """The same structure with every tensor changed."""
    if isinstance(inputs, Tensor):
        return change(inputs)
    if isinstance(inputs, Mapping):
        return {key: _replaced(value, change) for key, value in inputs.items()}
    if isinstance(inputs, (tuple, list)):
        return type(inputs)(_replaced(each, change) for each in inputs)
    return inputs


def with_other_numbers(inputs: Any) -> Any:
    """The same shapes with other contents: normal numbers of either sign, ones, a mixed mask."""
    numbers = torch.Generator().manual_seed(0)

    def made(tensor: Tensor) -> Tensor:
        drawn = torch.randn(tensor.shape, generator=numbers)
        if tensor.dtype == torch.bool:
            return drawn > 0
        return drawn.to(tensor.dtype) if tensor.is_floating_point() else torch.ones_like(tensor)

    if isinstance(inputs, Arguments):
        return Arguments(*_replaced(inputs.args, made), **_replaced(inputs.kwargs, made))
    return _replaced(inputs, made)


def chosen(usual: dict[str, int], at: Mapping[str, int]) -> dict[str, int]:
    """``usual`` with the sizes that the user asks to derive around."""
    for name, size in at.items():
        if name not in usual:
            raise ArgumentError("at", name, f"must be an open size: {', '.join(usual)}")
        if isinstance(size, bool) or not isinstance(size, int) or size < 1:
            rule = "must be a whole number of at least 1"
            raise ArgumentError("at", f"{name}={size}", rule)
    return {**usual, **at}
