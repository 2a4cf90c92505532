"""The counters, each called as its own README shows, and the bare forwards beside them.

A tool takes a module and its input and returns what it calls MACs (``counts`` says what that
holds beyond multiply-adds), or None for a bare forward. It imports its package itself: that is
part of a cold call. Nothing heavy loads with this file, for the parent reads it too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor, nn


@dataclass(frozen=True)
class Tool:
    """``devices`` are tried in order; ``per_mac`` is what the tool's figure says for one MAC."""

    title: str
    call: Callable[[nn.Module, Tensor], Any]
    package: str = ""
    devices: tuple[str, ...] = ("meta", "cpu")
    per_mac: int = 1
    counts: str = ""

    def macs(self, figure: Any) -> int | None:
        """A figure in the tool's own unit as MACs; exact, or an error.

        >>> Tool("two for each", print, per_mac=2).macs(14.0)
        7
        """
        if figure is None:
            return None
        macs = Fraction(figure) / self.per_mac
        if macs.denominator != 1:
            raise ValueError(f"{self.title} gave {figure}, not a whole number of MACs")
        return int(macs)


def forward(model: nn.Module, x: Tensor) -> None:
    import torch

    with torch.no_grad():
        model(x)


def complexity(model: nn.Module, x: Tensor) -> int:
    from complexity import analyze

    return fully_known(analyze(model, x))


def complexity_operators(model: nn.Module, x: Tensor) -> int:
    from complexity import analyze

    return fully_known(analyze(model, x, engine="operators"))


def fully_known(report: Any) -> int:
    if report.unknown:
        raise ValueError(f"unknown operations: {', '.join(report.unknown)}")
    return report.macs


def flop_counter(model: nn.Module, x: Tensor) -> int:
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel
    from torch.utils.flop_counter import FlopCounterMode

    counter = FlopCounterMode(display=False)
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:
        model(x)
    return counter.get_total_flops()


def fvcore(model: nn.Module, x: Tensor) -> int:
    from fvcore.nn import FlopCountAnalysis

    counter = FlopCountAnalysis(model, x)
    counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return counter.total()


def ptflops(model: nn.Module, x: Tensor) -> int:
    from ptflops import get_model_complexity_info

    macs, _ = get_model_complexity_info(
        model,
        tuple(x.shape[1:]),
        as_strings=False,
        print_per_layer_stat=False,
        input_constructor=lambda _: x,
        backend="aten",
    )
    if macs is None:
        raise RuntimeError("the model did not run (it prints why, and returns None)")
    return macs


def thop(model: nn.Module, x: Tensor) -> float:
    from thop import profile

    return profile(model, inputs=(x,), verbose=False)[0]


def torchinfo(model: nn.Module, x: Tensor) -> int:
    from torchinfo import summary

    return summary(model, input_data=x, device=x.device, verbose=0).total_mult_adds


def calflops(model: nn.Module, x: Tensor) -> int:
    from calflops import calculate_flops

    return calculate_flops(model, args=[x], print_results=False, output_as_string=False)[1]


def torchprofile(model: nn.Module, x: Tensor) -> int:
    from torchprofile import profile_macs

    return profile_macs(model, x)


META, CPU, OURS, SLOW, TORCH = (
    "forward-meta", "forward-cpu", "complexity", "complexity-operators", "flopcounter",
)  # fmt: skip
NORMS = "MACs, and some for each element of other layers"
TOOLS = {
    META: Tool("bare forward, meta", forward, devices=("meta",)),
    CPU: Tool("bare forward, CPU", forward, devices=("cpu",)),
    OURS: Tool("complexity", complexity, counts="MACs"),
    SLOW: Tool("complexity, operators", complexity_operators, counts="MACs"),
    TORCH: Tool("FlopCounterMode", flop_counter, "torch", per_mac=2,
                counts="2 for each MAC; attention runs as plain products, as it asks for"),
    "fvcore": Tool("fvcore", fvcore, "fvcore", counts="MACs, 2 for each batch-norm element, 5 for "
                   "each layer-norm element, 1 for each pooled one; no fused attention"),
    "ptflops": Tool("ptflops", ptflops, "ptflops", counts=f"{NORMS} (its aten backend)"),
    "thop": Tool("thop", thop, "thop", counts=f"{NORMS}; modules of known classes alone"),
    "torchinfo": Tool("torchinfo", torchinfo, "torchinfo",
                      counts="parameters times output positions, of modules with parameters"),
    "calflops": Tool("calflops", calflops, "calflops", counts="MACs (its second figure)"),
    "torchprofile": Tool("torchprofile", torchprofile, "torchprofile", counts=NORMS),
}  # fmt: skip
# What every result is compared with, so they always run: the truth twice, and the unit of time.
REFERENCES = (META, SLOW, TORCH)
