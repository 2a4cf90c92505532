"""Budgets of a project's models: ``[tool.complexity.budgets]`` in `pyproject.toml`."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from complexity.budgets.budget import Budget, budgets_of
from complexity.budgets.pyproject_config import settings_file, settings_of
from complexity.targets.request import Request
from formulas.core.errors import SizeError, UnknownNameError
from reports.diff.diff import TOTALS

TABLE = "tool.complexity.budgets"
# Other keys of a model's table. They bear the names of the options of ``report``.
LOADING = ("input", "arg", "dtype")
NETWORKS = ("alpha", "res", "classes", "groups", "ratio", "variant", "batch")


def budgeted(
    targets: tuple[str, ...] = (), start: Path | None = None
) -> list[tuple[Request, list[Budget]]]:
    """Models of the table with their budgets.

    A model has its budgets as one text, ``"macs<=600M,unknown=0"``, or as a table with settings,
    ``{macs = "<=600M", res = 160}``. Files and modules are looked up beside the table.

    Parameters
    ----------
    targets : tuple of str
        Models of the table. Default: all.
    start : Path, optional
        Folder of the ``pyproject.toml``, or below it. Default: the working directory.

    Returns
    -------
    list of (Request, list of Budget)
        Each model with its budgets.

    Raises
    ------
    SizeError
        If there is no table, or an entry is malformed.
    UnknownNameError
        If a target has no entry.
    """
    table = settings_of("budgets", start)
    if not table:
        raise SizeError("budgets", True, f"needs a table [{TABLE}] in pyproject.toml")
    for target in targets:
        if target not in table:
            raise UnknownNameError("budget for", target, list(table))
    file = settings_file(start)
    folder = file and file.parent
    return [_entry(target, table[target], folder) for target in targets or table]


def _entry(target: str, said: Any, folder: Path | None) -> tuple[Request, list[Budget]]:
    where = f'{TABLE}."{target}"'
    if not isinstance(said, (str, dict)):
        raise SizeError(where, said, 'must be a text such as "macs<=600M", or a table')
    settings = {} if isinstance(said, str) else dict(said)
    limits = {name: settings.pop(name) for name in TOTALS if name in settings}
    try:
        budgets = budgets_of(said if isinstance(said, str) else limits)
    except SizeError as error:
        raise SizeError(f"{where}: {error.argument}", error.value, error.rule) from error
    if not budgets:
        raise SizeError(where, said, f"must limit one of {', '.join(TOTALS)}")
    return replace(_request(where, target, settings), folder=folder), budgets


def _request(where: str, target: str, settings: dict[str, Any]) -> Request:
    for name, value in settings.items():
        if name not in (*LOADING, *NETWORKS):
            known = ", ".join((*TOTALS, *LOADING, *NETWORKS))
            raise SizeError(f"{where}.{name}", value, f"must be one of {known}")
    inputs, arguments = settings.get("input", []), settings.get("arg", {})
    inputs = [inputs] if isinstance(inputs, str) else inputs
    dtype = settings.get("dtype")
    for name, holds, rule in (
        ("input", isinstance(inputs, list) and all(isinstance(each, str) for each in inputs),
         'must be a text such as "1x3x224x224", or a list of them'),
        ("arg", isinstance(arguments, dict),
         "must be a table of the factory's arguments, such as {width = 16}"),
        ("dtype", dtype is None or isinstance(dtype, str), 'must be a text such as "float16"'),
    ):  # fmt: skip
        if not holds:
            raise SizeError(f"{where}.{name}", settings[name], rule)
    options = {name: settings[name] for name in NETWORKS if name in settings}
    if "res" in options:
        sides = options.pop("res")
        options["resolution"] = tuple(sides) if isinstance(sides, list) else sides
    return Request(target, options, tuple(inputs), arguments, dtype)
