"""One line below a document-variant report, so that nobody takes its numbers for the paper's."""

from formulas.networks import Network
from formulas.networks.paper_numbers import published
from reports.render import number_format as numbers


def paper_line(paper: Network) -> str:
    """The totals of the paper's variant, and the printed numbers with their source if any."""
    size = numbers.shape(paper.input_shape[2:])
    cost = paper.cost
    line = (
        f"The paper's variant for one image at {size} with {paper.classes} classes: "
        f"{numbers.millions(cost.params)} params, {numbers.millions(cost.macs)} macs"
    )
    printed = published(paper)
    if printed is None:
        return line + "."
    said = [f"{text} {what}" for text, what in _printed(printed.params, printed.macs) if text]
    return f"{line}; published: {', '.join(said)} ({printed.source})."


def _printed(params: str, macs: str) -> tuple[tuple[str, str], ...]:
    return (params, "params"), (macs, "macs")
