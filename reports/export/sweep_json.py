"""A sweep or a search as JSON."""

from typing import Any

from reports.export.json_writer import cost_dict
from reports.model.sweep import Sweep
from reports.text.sweep import axis_text


def sweep_dict(sweep: Sweep) -> dict[str, Any]:
    """``sweep`` for JSON: exact integers, the setting and cost of each point, omitted points."""
    found: dict[str, Any] = {
        "model": sweep.model,
        **({"variant": sweep.variant} if sweep.variant else {}),
        "axes": {name: list(map(plain, values)) for name, values in sweep.axes.items()},
        "size": sweep.size,
        "interrupted": sweep.interrupted,
        "points": [
            {
                "setting": dict(zip(sweep.axes, map(plain, point.setting), strict=True)),
                **cost_dict(point.cost),
                "unknown": point.unknown,
            }
            for point in sweep.points
        ],
        "left_out": [
            {
                "setting": {name: plain(value) for name, value in each.setting.items()},
                "count": each.count,
                "why": each.why,
            }
            for each in sweep.left_out
        ],
        "convention": sweep.convention,
    }
    if sweep.search is not None:
        search = sweep.search
        found["search"] = {
            "budgets": list(search.budgets),
            "maximize": list(search.maximize),
            "minimize": list(search.minimize),
            "chosen": search.chosen,
            "points": len(sweep.grid),
        }
    return found


def plain(value: Any) -> Any:
    """The ``value`` of an axis for JSON: numbers and words as they are, others as text."""
    if isinstance(value, (bool, int, float, str)) or value is None:
        return value
    return axis_text(value)
