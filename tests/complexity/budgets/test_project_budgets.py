"""Budgets of a project: what its ``pyproject.toml`` may say, and what is refused by its place."""

from dataclasses import replace

import pytest

from complexity.budgets.budget import budgets_of
from complexity.budgets.project_budgets import budgeted
from complexity.targets.request import Request
from formulas.core.errors import FormulaError
from tests.oracles.refusals import refuses

TABLE = """
[tool.complexity.budgets]
mobilenet = "macs<=600M,unknown=0"
"timm:resnet18" = {macs = "2G", input = "1x3x64x64", dtype = "float16"}
"model.py:small" = {params = 5000, arg = {width = 3, act = "relu"}, input = ["x=1x3", "y=5"]}
[tool.complexity.budgets.shufflenet]
variant = "paper"
groups = 8
res = [160, 128]
unknown = 0
flops = "<1G"
"""


@pytest.fixture
def project(tmp_path):
    def write(text):
        (tmp_path / "pyproject.toml").write_text(text)
        return tmp_path

    return write


def test_each_model_has_its_settings_and_its_budgets(project):
    folder = project(TABLE)
    below = folder / "src" / "net"
    below.mkdir(parents=True)
    found = budgeted(start=below)
    assert {request.folder for request, _ in found} == {folder}
    mobilenet, resnet, small, shufflenet = (
        (replace(request, folder=None), budgets) for request, budgets in found
    )
    assert mobilenet == (Request("mobilenet"), budgets_of("macs<=600M,unknown=0"))
    assert resnet == (
        Request("timm:resnet18", inputs=("1x3x64x64",), dtype="float16"), budgets_of("macs<=2G")
    )  # fmt: skip
    given = {"width": 3, "act": "relu"}
    assert small == (
        Request("model.py:small", inputs=("x=1x3", "y=5"), arguments=given), budgets_of("params<=5K")
    )  # fmt: skip
    options = {"variant": "paper", "groups": 8, "resolution": (160, 128)}
    assert shufflenet == (Request("shufflenet", options), budgets_of("flops<1G,unknown=0"))


def test_some_models_may_be_chosen(project):
    folder = project(TABLE)
    (found,) = budgeted(("timm:resnet18",), folder)
    assert found[0].target == "timm:resnet18"
    with refuses("there is no budget for 'mobilnet': did you mean 'mobilenet'?", FormulaError):
        budgeted(("mobilnet",), folder)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "budgets=True needs a table [tool.complexity.budgets] in pyproject.toml"),
        ("[tool.complexity.budgets]", "budgets=True needs a table [tool.complexity.budgets] in pyproject.toml"),
        ("[tool.complexity.budgets]\nmobilenet = 5",
         'tool.complexity.budgets."mobilenet"=5 must be a text such as "macs<=600M", or a table'),
        ("[tool.complexity.budgets]\nmobilenet = 'macs'",
         "tool.complexity.budgets.\"mobilenet\": budget='macs' must be such as macs<=600M or unknown=0"),
        ("[tool.complexity.budgets.mobilenet]\nmacs = 'few'",
         "tool.complexity.budgets.\"mobilenet\": macs='few' must be the most there may be, such as "
         "<=150M, <3e6 or 2.5G"),
        ("[tool.complexity.budgets.mobilenet]\nres = 64",
         "tool.complexity.budgets.\"mobilenet\"={'res': 64} must limit one of params, macs, flops, "
         "elementwise, activations, memory_access, buffers, unknown"),
        ("[tool.complexity.budgets.mobilenet]\nmacs = 5\nmac = 3",
         'tool.complexity.budgets."mobilenet".mac=3 must be one of params, macs, flops, elementwise, '
         "activations, memory_access, buffers, unknown, input, arg, dtype, alpha, res, classes, groups, ratio, "
         "variant, batch"),
        ("[tool.complexity.budgets.'a:b']\nmacs = 5\ninput = 5",
         "tool.complexity.budgets.\"a:b\".input=5 must be a text such as \"1x3x224x224\", or a list of them"),
        ("[tool.complexity.budgets.'a:b']\nmacs = 5\ninput = ['3x5', 5]",
         "tool.complexity.budgets.\"a:b\".input=['3x5', 5] must be a text such as \"1x3x224x224\", or a list of them"),
        ("[tool.complexity.budgets.'a:b']\nmacs = 5\ndtype = 16",
         "tool.complexity.budgets.\"a:b\".dtype=16 must be a text such as \"float16\""),
        ("[tool.complexity.budgets.'a:b']\nmacs = 5\narg = 'x=3'",
         "tool.complexity.budgets.\"a:b\".arg='x=3' must be a table of the factory's arguments, such "
         "as {width = 16}"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_place(project, text, words):
    with refuses(words):
        budgeted(start=project(text))
