"""How a refusal is expected: the whole sentence, word for word."""

import re
from typing import Any

import pytest

from formulas import FormulaError, SizeError


def refuses(words: str, error: type[FormulaError] = SizeError) -> Any:
    """A context in which ``error`` must be raised with exactly these words."""
    return pytest.raises(error, match=rf"\A{re.escape(words)}\Z")
