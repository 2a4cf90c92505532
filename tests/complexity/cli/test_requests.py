"""Command-line options become requests, and results an exit status."""

import json

import pytest

from complexity.cli.requests import request_of, requests_of_each
from complexity.run_options import RunOptions
from complexity.targets.request import Request
from formulas import network
from formulas.core.errors import SizeError
from tests.complexity.cli.terminal import run

HALF = ("mobilenet", "--alpha", "0.5", "--res", "160")


def test_options_are_divided_between_network_loading_and_run():
    options = {
        "target": "mobilenet", "alpha": 0.5, "batch": None, "inputs": (), "arguments": ("a=3",),
        "dtype": None, "trace": True, "memory": True, "bytes_as": "float16", "engine": None,
    }  # fmt: skip
    assert request_of(options) == Request(
        "mobilenet", {"alpha": 0.5}, arguments={"a": 3}, run=RunOptions(memory=True, bytes_as="float16"),
    )  # fmt: skip


def test_an_option_that_no_model_has_is_refused():
    with pytest.raises(SizeError) as refused:
        requests_of_each(("mobilenet", "squeezenet"), {"groups": 2})
    assert str(refused.value) == "groups=2 is an option of none of mobilenet, squeezenet"


def test_every_option_of_a_network_reaches_it(capsys):
    command = ("report", "--no-trace", "--format", "json")
    for name, options, words in (
        ("mobilenet", {"alpha": 0.25, "resolution": (67, 83), "batch": 3, "classes": 7},
         ["--alpha", ".25", "--res", "67x83", "--batch", "3", "--classes", "7"]),
        ("mobilenetv2", {"alpha": 1.4, "variant": "paper"},
         ["--alpha", "1.4", "--variant", "paper"]),
        ("shufflenet", {"groups": 8}, ["--groups", "8"]),
        ("shufflenetv2", {"ratio": 1.5}, ["--ratio", "1.5"]),
        ("squeezenet", {"resolution": 96}, ["--res", "96"]),
    ):  # fmt: skip
        found = json.loads(run(capsys, *command, name, *words).out)
        cost = network(name, **options).cost
        assert (found["params"], found["macs"]) == (cost.params, cost.macs)


def test_compare_gives_an_option_to_the_networks_that_have_it(capsys):
    done = run(capsys, "compare", "mobilenet", "shufflenet", "--alpha", "0.5", "--groups", "2",
               "--no-trace", "--format", "json")  # fmt: skip
    first, second = json.loads(done.out)
    assert first["options"] == {"variant": "document", "alpha": 0.5}
    assert second["options"] == {"variant": "document", "groups": 2}


def test_strict_changes_nothing_where_everything_is_known(capsys):
    plain, strict = (run(capsys, "report", *HALF, *more) for more in ((), ("--strict",)))
    assert plain == strict
    assert strict.status == 0
