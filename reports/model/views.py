"""The seam from data to views: the functions that show a report, by name, loaded on use.

The data classes of this package know no text. Their ``str()``, ``to_frame()`` and notebook views
call ``view`` and import nothing that stands right of the package.
"""

from importlib import import_module
from typing import Any

VIEWS = {
    "formula text": "reports.text.formula:formula_text",
    "formula latex": "reports.text.formula:formula_latex",
    "report text": "reports.text.report:summary",
    "report html": "reports.text.report:notebook_html",
    "report frame": "reports.export.dataframe:to_frame",
    "sweep html": "reports.text.sweep:notebook_html",
    "sweep frame": "reports.export.dataframe:sweep_frame",
    "sweep plot": "reports.plots.sweep_picture:figure_of",
    "verdict html": "reports.text.check:verdict_html",
}


def view(name: str, data: Any) -> Any:
    """One view of an object of this package.

    Parameters
    ----------
    name : str
        Key of `VIEWS`, such as ``"report text"``.
    data : ModelReport, Formula, Sweep or Verdict
        The object that the view shows.

    Returns
    -------
    str, pandas.DataFrame or matplotlib.figure.Figure
        The result of the function that `VIEWS` names.

    Raises
    ------
    KeyError
        If there is no such view.
    """
    module, _, function = VIEWS[name].partition(":")
    return getattr(import_module(module), function)(data)


def text_view(name: str, data: Any) -> str:
    """One view of an object of this package that is text: plain, LaTeX or HTML.

    Parameters
    ----------
    name : str
        Key of `VIEWS`.
    data : ModelReport, Formula, Sweep or Verdict
        The object that the view shows.

    Returns
    -------
    str
        The text.

    Raises
    ------
    TypeError
        If the view is not text.
    """
    found = view(name, data)
    if not isinstance(found, str):
        raise TypeError(f"the view {name!r} is not text")
    return found
