"""A difference for people: on a terminal, and as Markdown in a pull request."""

from collections import Counter
from collections.abc import Sequence

from formulas.core.cost import COST_FIELDS
from reports.diff.diff import (
    EXACT,
    PROPERTIES,
    TOTALS,
    Diff,
    LayerChange,
    total,
)
from reports.model.report import ModelReport
from reports.render import number_format as numbers
from reports.render import table_writers as writers
from reports.render.escaping import as_markdown as escaped
from reports.render.number_format import value_text
from reports.render.table import Column, Table
from reports.text.report import title

MOST_ROWS = 100  # a comment on GitHub takes 65,536 characters
TOTAL_COLUMNS = (
    Column("total"),
    Column("old", "integer"),
    Column("new", "integer"),
    Column("change", "change"),
    Column("change %", "growth"),
)
CHANGE_COLUMNS = (
    Column("layer"),
    Column("change"),
    Column("what"),
    Column("params", "change"),
    Column("macs", "change"),
)


def totals_table(diff: Diff) -> Table:
    """Both models' totals, and their change in figures and percent."""
    rows = []
    for name in TOTALS:
        old, new = total(diff.old, name), total(diff.new, name)
        label = f"{name.replace('_', ' ')}{_bound(diff, name)}"
        rows.append((label, old, new, new - old, (new - old, old)))
    return Table(TOTAL_COLUMNS, rows)


def _bound(diff: Diff, name: str) -> str:
    """Which of two totals is a lower bound: ``", at least"``, or ``" (new: at least)"``."""
    sides = [] if name in EXACT else [side for side in ("old", "new")
                                      if not getattr(diff, side).complete]  # fmt: skip
    return ", at least" if len(sides) == 2 else f" ({sides[0]}: at least)" if sides else ""


def changes_table(changes: Sequence[LayerChange]) -> Table:
    """One row a layer that is not as it was."""
    return Table(
        CHANGE_COLUMNS,
        [
            (each.name, each.change, what(each), each.figure("params"), each.figure("macs"))
            for each in changes
        ],
    )


def what(change: LayerChange) -> str:
    """What of a layer changed: ``"kernel 3x3 -> 5x5"``; of one that came or went, its kind."""
    old, new = change.old, change.new
    if old is None or new is None:
        row = new or old
        return row.kind if row else ""
    found = [
        f"{word} {_word(getattr(old, name))} -> {_word(getattr(new, name))}"
        for name, word in PROPERTIES.items()
        if getattr(old, name) != getattr(new, name)
    ]
    if not found and change.change == "changed":
        found = [name.replace("_", " ") for name in COST_FIELDS if change.figure(name)]
    return ", ".join(found)


def _word(value: object) -> str:
    """A property as a report writes it; one that is not there is "none"."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return " and ".join(map(numbers.shape, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None or value == () else value_text(value)


def counted_changes(diff: Diff) -> str:
    """``"Layers: 3 changed, 1 added, 79 as they were."``"""
    met = Counter(each.change for each in diff.changes)
    words = [f"{numbers.integer(met[kind])} {kind}" for kind in
             ("changed", "added", "removed", "moved") if met[kind]]  # fmt: skip
    stayed = f"{numbers.integer(diff.unchanged)} as they were"
    if diff.renumbered:
        stayed += f" ({numbers.integer(len(diff.renumbered))} of them renumbered)"
    return f"Layers: {', '.join([*words, stayed])}."


def closing_lines(diff: Diff) -> list[str]:
    """What one must know to read the figures, a sentence each."""
    lines = []
    for name, (old, new) in diff.grown_unknown.items():
        now = f"{name} has no formula and runs {numbers.count_of(new, 'time')}"
        lines.append(f"Unknown: {now}; it ran {numbers.count_of(old, 'time')}.")
    if not (diff.old.complete and diff.new.complete):
        lines.append("At least: operations without a formula are not in such a total; its change "
                     "is that of what is known.")  # fmt: skip
    for side in ("old", "new"):
        report: ModelReport = getattr(diff, side)
        if report.verdict is not None and not report.verdict.agrees:
            lines.append(f"Checked ({side}): {report.verdict}.")
    if diff.old.convention == diff.new.convention:
        return [*lines, f"Convention: {diff.new.convention}."]
    two = (f"Convention ({side}): {getattr(diff, side).convention}." for side in ("old", "new"))
    return [*lines, "The two are counted by different conventions.", *two]


def diff_text(diff: Diff, exceeded: Sequence[str] = ()) -> str:
    """The difference for a terminal; ``exceeded`` are sentences of what must not be."""
    parts = [f"old: {title(diff.old)}\nnew: {title(diff.new)}", writers.text(totals_table(diff))]
    if diff.changes:
        parts.append(writers.text(changes_table(diff.changes)))
    parts.append("\n".join([counted_changes(diff), *closing_lines(diff)]))
    if exceeded:
        parts.append("\n".join(exceeded))
    return "\n\n".join(parts) + "\n"


def diff_markdown(diff: Diff, exceeded: Sequence[str] = ()) -> str:
    """The difference for a pull request: the totals, then the layers, folded away.

    Of more than 100 changes the largest are shown. A name is shown as it is, whatever it contains.
    """
    rows = changes_table(diff.changes[:MOST_ROWS]).rows
    shown = Table(CHANGE_COLUMNS, [(code(row[0]), row[1], escaped(arrows(row[2])), *row[3:])
                                   for row in rows])  # fmt: skip
    folded = [f"<details>\n<summary>{escaped(counted_changes(diff))}</summary>"]
    if diff.changes:
        folded.append(writers.markdown(shown, escape=str))
    if len(diff.changes) > MOST_ROWS:
        count = numbers.integer(len(diff.changes))
        folded.append(f"The {MOST_ROWS} largest of {count} changes are shown.")
    folded += [*map(escaped, closing_lines(diff)), "</details>"]
    parts = [
        f"### Complexity: {code(title(diff.new))}",
        f"Before: {code(title(diff.old))}",
        "\n".join(f"- **Exceeded:** {escaped(line)}" for line in exceeded),
        writers.markdown(totals_table(diff)),
        *folded,
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def code(text: str) -> str:
    """A name as code, in which GitHub looks for no mention and no number of an issue."""
    return f"<code>{escaped(arrows(text))}</code>"


def arrows(text: str) -> str:
    """An arrow that needs no escape."""
    return text.replace(" -> ", " → ")
