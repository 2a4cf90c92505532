"""What the reader of a report must know of the run behind it, in sentences."""

from collections import Counter

from complexity.tracing import FAKE, Trace
from reports.render import number_format as numbers


def caveats_of(run: Trace) -> tuple[str, ...]:
    """What the data types of a run are not."""
    if not run.unapplied:
        return ()
    named = " and ".join(run.unapplied)
    return (
        f"Not applied: autocast for {named}; the run was on {run.device}, where it does nothing, "
        "so data types and bytes are those without it.",
    )


def notes_of(run: Trace, alone: Counter[str], given: Counter[str]) -> tuple[str, ...]:
    """What the reader must know of how the rows came about."""
    notes = []
    if run.fallback:
        notes.append(f"Ran on the CPU, for on the meta device {run.fallback}.")
    if run.way == FAKE:
        notes.append(f"Ran on {run.device}, for autocast does nothing on the meta device.")
    if run.packed:
        notes.append(
            f"Quantised: {numbers.integer(run.packed)} weights and biases are kept packed; nothing "
            "learns them, so they are no params, and count with the buffers."
        )
    for words, found in (
        ("Known from the trace alone, without a closed form", alone),
        ("Counted by a registered formula", given),
    ):
        if found:
            named = ", ".join(f"{kind} ({count})" for kind, count in found.items())
            notes.append(f"{words}: {named}.")
    return tuple(notes)
