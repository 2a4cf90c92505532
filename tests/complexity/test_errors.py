"""Errors in one sentence."""

import pytest

from complexity.errors import ArgumentError, ModelError, in_short
from formulas.core.errors import SizeError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError("no such thing\nand more"), "OSError: no such thing"),
        (KeyError("x"), "KeyError: 'x'"),
        (ValueError("\n\n  late \n"), "ValueError: late "),
        (RuntimeError(), "RuntimeError"),
        (SystemExit(3), "SystemExit: 3"),
        (RuntimeError("x" * 3000), f"RuntimeError: {'x' * 300} ..."),
    ],
)
def test_an_error_in_short_is_its_kind_and_its_first_line(error, words):
    assert in_short(error) == words.strip()


def test_a_wrong_argument_is_a_model_error_that_keeps_its_three_parts():
    error = ArgumentError("dtype", "nn", "must be a data type")
    assert isinstance(error, ModelError)
    assert isinstance(error, SizeError)
    assert str(error) == "dtype='nn' must be a data type"
    assert (error.argument, error.value, error.rule) == ("dtype", "nn", "must be a data type")
