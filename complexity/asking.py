"""From what was said on the command line to requests, and from results to an exit status."""

from typing import Any

from complexity.options import given, parsed


def request_of(said: dict[str, Any]) -> Any:
    """What was said of one model, as a request."""
    from complexity.subjects import Request

    about = {
        name: said.pop(name)
        for name in (
            "target",
            "inputs",
            "dtype",
            "trace",
            "backward",
            "optimizer",
            "engine",
            "memory",
            "bytes_as",
        )
        if name in said
    }
    arguments = parsed(said.pop("arguments", ()))
    return Request(**given(about), arguments=arguments, options=given(said))


def status_of_reports(results: list[Any], strict: bool = False) -> int:
    """1 where a check failed, or with ``strict`` where something is unknown; else 0."""
    disagree = any(r.verdict is not None and not r.verdict.agrees for r in results)
    unknown = any(r.unknown or (r.training and r.training.unknown) for r in results)
    return 1 if disagree or (strict and unknown) else 0


def as_json(value: Any) -> str:
    import json

    return json.dumps(value, indent=1) + "\n"
