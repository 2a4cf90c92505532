"""The picture of a sweep or a search, by the library that its format needs."""

from pathlib import Path
from typing import Any

from reports.model.sweep import Sweep
from reports.plots import sweep_matplotlib, sweep_plotly
from reports.plots.sweep import panels


def figure_of(sweep: Sweep) -> Any:
    """A Matplotlib figure of ``sweep``, which a notebook shows under any backend."""
    found = panels(sweep)
    figure: Any = sweep_matplotlib.figure(found)
    figure._repr_png_ = lambda: sweep_matplotlib.image(found, "png")
    return figure


def picture_file(sweep: Sweep, file: str) -> str | bytes:
    """The content of a picture file.

    Parameters
    ----------
    sweep : Sweep
        A sweep over one or two ranges, or a search.
    file : str
        Name of the file. Its suffix chooses PNG, SVG, or an HTML page that needs no network.

    Returns
    -------
    str or bytes
        HTML as text, an image as bytes.

    Raises
    ------
    SizeError
        If a sweep has no range or more than two.
    """
    suffix = Path(file).suffix.lower()
    if suffix == ".html":
        return sweep_plotly.page(panels(sweep))
    return sweep_matplotlib.image(panels(sweep), suffix[1:])
