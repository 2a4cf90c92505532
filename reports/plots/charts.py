"""Where a model's cost lies, as a picture: its modules as an icicle, or groups as bars."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from textwrap import wrap
from typing import Any

from formulas.core.cost import Cost
from reports.model.module_tree import Part, module_tree
from reports.model.report import ModelReport
from reports.model.totals import Group, by_block, by_kind, stated
from reports.plots.colours import LIGHT, MODULE, colours_of
from reports.plots.scatter import plain, saved
from reports.render import number_format as numbers
from reports.text.report import title, unknown_lines

BYS = ("module", "kind", "block")
LEVELS = 5  # of an icicle, with the model itself
BARS = 30  # what comes after the dearest is one bar
WIDTH, HEIGHT = 11.0, 6.5  # inches
LINE = 0.13  # inches that a line of text needs
LETTER = 0.072  # inches that a letter takes
LETTERS = 150  # of a line below


def chart(
    report: ModelReport, *, of: str = "macs", by: str = "module", depth: int = 1, form: str = "png"
) -> bytes:
    """A picture of one cost field ``of`` the model, ``form`` png or svg.

    ``by`` module it is an icicle, whose heights are shares of the whole; by kind or block it is
    bars, the dearest first. ``depth`` is how many names of a path make a block.
    """
    from matplotlib.figure import Figure

    if by == "module":
        figure = Figure(figsize=(WIDTH, HEIGHT + 1), layout="constrained")
        _draw_icicle(figure.subplots(), report, of)
    else:
        groups = by_kind(report.layers) if by == "kind" else by_block(report.layers, depth)
        lines = dearest(groups, of)
        size = (WIDTH, 1.4 + 0.28 * max(len(lines), 1))
        figure = Figure(figsize=size, layout="constrained")
        _draw_bars(figure.subplots(), report, lines, of, colours_of(report) if by == "kind" else {})
    figure.suptitle(plain(heading(report, of)), fontsize=11, x=0.01, ha="left")
    figure.supxlabel(plain("\n".join(footing(report))), fontsize=7, color="dimgray", x=0.01,
                     ha="left")  # fmt: skip
    return saved(figure, form)


def heading(report: ModelReport, of: str) -> str:
    """``"mobilenet (document, alpha=1), input 1x3x32x32: 46,446,592 macs"``."""
    bound = "" if report.complete or of == "params" else "at least "
    whole = numbers.integer(getattr(report.cost, of))
    return f"{title(report)}: {bound}{whole} {of.replace('_', ' ')}"


def footing(report: ModelReport) -> list[str]:
    """The convention, whether the figures were checked, and what is missing from them."""
    verdict = report.verdict
    checked = f"Checked: {verdict}." if verdict else "Not checked: closed form only."
    lines = [f"Convention: {report.convention}.", checked, *unknown_lines(report.unknown)]
    return [short for line in lines for short in wrap(line, LETTERS)]


def dearest(groups: Sequence[Group], of: str) -> list[Group]:
    """The groups with the most ``of`` a cost field; those beyond ``BARS`` are one group."""
    order = sorted(groups, key=lambda group: -getattr(group.cost, of))
    kept, rest = order[:BARS], order[BARS:]
    if not rest:
        return kept
    name, rows = f"{numbers.count_of(len(rest), 'other')}", sum(group.rows for group in rest)
    cost, known = sum((group.cost for group in rest), Cost()), all(group.known for group in rest)
    return [*kept, Group(name, rows, cost, known)]


def share(amount: Any, whole: Any) -> float:
    """A part of a whole that may have more digits than a float; 0 where there is no whole."""
    return float(Fraction(amount) / Fraction(whole)) if whole else 0.0


def _draw_bars(
    axes: Any, report: ModelReport, groups: Sequence[Group], of: str, colours: dict[str, int]
) -> None:
    whole = getattr(report.cost, of)
    shares = [share(getattr(group.cost, of), whole) for group in groups]
    places = range(len(groups))
    fills = [LIGHT[colours.get(group.name, -1 if colours else 0)] for group in groups]
    axes.barh(places, shares, color=fills, height=0.72)
    for place, group, length in zip(places, groups, shares, strict=True):
        words = f" {stated(group, of)}"
        if whole and "unknown" not in words:
            words += f"  {numbers.share(getattr(group.cost, of), whole)} %"
        axes.text(length, place, words, va="center", fontsize=8)
    axes.set_yticks(places, [plain(group.name) for group in groups], fontsize=8)
    axes.set(xlim=(0, 1.3 * max([*shares, 0.01])), ylim=(len(groups) - 0.4, -0.6))
    axes.tick_params(left=False, bottom=False, labelbottom=False)
    axes.spines[["top", "right", "bottom"]].set_visible(False)


def placed(parts: Sequence[Part], of: str) -> Iterator[tuple[Part, int, float, float]]:
    """Each part that has a share: its level, and where its area begins and ends, from 0 to 1."""
    whole = parts[0].group.cost
    spans = [(0, 0.0, 1.0)]
    used = [0.0] * len(parts)  # how far the parts inside reach
    for index, part in enumerate(parts):
        high = share(getattr(part.group.cost, of), getattr(whole, of))
        if part.parent is not None:
            level, start, _ = spans[part.parent]
            begin = start + used[part.parent]
            used[part.parent] += high
            spans.append((level + 1, begin, begin + high))
        level, begin, end = spans[index]
        if high:
            yield part, level, begin, end


def _draw_icicle(axes: Any, report: ModelReport, of: str) -> None:
    parts, colours = module_tree(report), colours_of(report)
    whole = getattr(report.cost, of)
    found = [each for each in placed(parts, of) if each[1] < LEVELS]
    levels = max((level for _, level, _, _ in found), default=0) + 1
    for part, level, begin, end in found:
        fill = LIGHT[colours[part.row.kind]] if part.row else MODULE
        axes.barh(begin, 1, end - begin, level, align="edge", color=fill, edgecolor="white",
                  linewidth=0.6)  # fmt: skip
        if (end - begin) * HEIGHT >= LINE:
            percent = f"  {numbers.share(getattr(part.group.cost, of), whole)} %"
            label = shortened(part.label, int(WIDTH / levels / LETTER) - len(percent))
            axes.text(level + 0.02, (begin + end) / 2, plain(label) + percent, va="center",
                      fontsize=7, color="white" if part.row else "black")  # fmt: skip
    if not found:
        axes.text(0.5, 0.5, f"nothing here has {of.replace('_', ' ')}", ha="center")
    axes.set(xlim=(0, levels), ylim=(1, 0))
    axes.axis("off")
    kinds = {part.row.kind for part, *_ in found if part.row}
    for kind in sorted(kinds, key=lambda each: (colours[each], each)):
        axes.bar(0, 0, color=LIGHT[colours[kind]], label=plain(kind))
    if kinds:
        axes.legend(loc="upper left", bbox_to_anchor=(0, 0), ncols=8, fontsize=7, frameon=False)


def shortened(text: str, most: int) -> str:
    """``shortened("depthwise", 6) == "depth…"``."""
    return text if len(text) <= most else text[: max(most - 1, 1)] + "…"
