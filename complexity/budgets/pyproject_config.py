"""Settings of this tool: ``[tool.complexity]`` of the nearest ``pyproject.toml``."""

from pathlib import Path
from typing import Any

from complexity.errors import ArgumentError, in_short
from formulas.core.errors import SizeError
from reports.roofline.devices import parsed

# The tables that commands read, one each.
TABLES = ("guidelines", "budgets")


def settings_of(table: str, start: Path | None = None) -> dict[str, Any]:
    """Settings of one table, ``[tool.complexity.TABLE]``.

    Parameters
    ----------
    table : str
        Name of the table.
    start : Path, optional
        Folder of the ``pyproject.toml``, or below it. Default: the working directory.

    Returns
    -------
    dict
        The settings; empty if there is no file or no such table.

    Raises
    ------
    ArgumentError
        If the file is no TOML, or holds a table that no command reads.
    """
    file = settings_file(start)
    return {} if file is None else _table(file, table)


def settings_file(start: Path | None = None) -> Path | None:
    """The ``pyproject.toml`` in ``start``, or nearest above it."""
    folder = (start or Path.cwd()).resolve()
    files = (place / "pyproject.toml" for place in (folder, *folder.parents))
    return next(filter(Path.is_file, files), None)


def setting_error(table: str, error: SizeError, start: Path | None = None) -> ArgumentError:
    """Error of a setting, with its table and file.

    Parameters
    ----------
    table : str
        Name of the table.
    error : SizeError
        The refusal of the value.
    start : Path, optional
        As in `settings_of`.

    Returns
    -------
    ArgumentError
        The error to raise.
    """
    name = f"tool.complexity.{table}.{error.argument}"
    return ArgumentError(name, error.value, f"{error.rule}, in {settings_file(start)}")


def _table(path: Path, wanted: str) -> dict[str, Any]:
    try:
        found = parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # what is no text, or no TOML, is a ValueError
        raise ArgumentError("file", str(path), f"must be TOML: {in_short(error)}") from error
    for name in ("tool", "complexity"):
        found = found.get(name, {})
        if not isinstance(found, dict):
            raise ArgumentError("file", str(path), "must have a table tool.complexity")
    for name, value in found.items():
        if name not in TABLES or not isinstance(value, dict):
            rule = f"must be a table among {', '.join(TABLES)}, in {path}"
            raise ArgumentError(f"tool.complexity.{name}", value, rule)
    table: dict[str, Any] = found.get(wanted, {})
    return table
