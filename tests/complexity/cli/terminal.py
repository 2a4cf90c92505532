"""Commands run in this process: their status, and what they wrote."""

from typing import NamedTuple

import pytest

from complexity.cli import main


class Done(NamedTuple):
    status: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Done:
    """``complexity ARGUMENTS``; whatever was captured before is dropped."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as done:
        main(list(arguments))
    captured = capsys.readouterr()
    return Done(done.value.code, captured.out, captured.err)
