"""Every setting of every network, in both variants."""

from typing import Any

SETTINGS: dict[str, list[dict[str, Any]]] = {
    "squeezenet": [{}],
    "mobilenet": [{"alpha": alpha} for alpha in (1, 0.75, 0.5, 0.25)],
    "mobilenetv2": [{}],
    "shufflenet": [{"groups": groups} for groups in (1, 2, 3, 4, 8)],
    "shufflenetv2": [{"ratio": ratio} for ratio in (0.5, 1, 1.5, 2)],
}
PAPER_ONLY: dict[str, list[dict[str, Any]]] = {
    "mobilenetv2": [{"alpha": alpha} for alpha in (0.35, 0.5, 0.75, 1.3, 1.4)],
}
CASES: list[tuple[str, dict[str, Any]]] = [
    (name, {"variant": variant, **options})
    for name, settings in SETTINGS.items()
    for variant in ("document", "paper")
    for options in settings + (PAPER_ONLY.get(name, []) if variant == "paper" else [])
]


def case_id(value: Any) -> str:
    """``mobilenet`` and ``paper-alpha=0.5``, as test names."""
    if isinstance(value, str):
        return value
    return "-".join(v if k == "variant" else f"{k}={v}" for k, v in value.items())
