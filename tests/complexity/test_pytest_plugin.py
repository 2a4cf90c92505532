"""The pytest plugin, in runs of its own: a planted increase fails, and so does a test of nothing."""

import re
import subprocess
import sys

import pytest

from tests.paths import ROOT, read_toml

pytest_plugins = ["pytester"]
MODEL = """
import pytest
import torch

class Small(torch.nn.Sequential):
    def __init__(self, width=3):
        super().__init__(torch.nn.Conv2d(2, width, 3), torch.nn.Conv2d(width, 5, 1))

X = torch.zeros(1, 2, 7, 11)
"""
# by hand: 5 * 9 positions, 3 * 2 * 9 + 5 * 3 = 69 macs each, and 4 * 2 * 9 + 5 * 4 = 92


@pytest.fixture
def outcomes(pytester, monkeypatch):
    """A run of pytest over one file: how each test went, and everything that was printed.

    In a process of its own: torch cannot be imported twice in one.
    """
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(tests):
        pytester.makepyfile(MODEL + tests)
        words = ("-p", "complexity.pytest_plugin", "--strict-markers", "-W", "error", "-rA")
        out = pytester.runpytest_subprocess(*words).stdout.str()
        lines = re.findall(r"^(PASSED|FAILED|ERROR) \S+::test_(\w+)", out, re.M)
        return {name: how.lower() for how, name in lines}, out

    return run


def test_a_planted_increase_fails_a_marked_test(outcomes):
    found, out = outcomes("""
pytestmark = pytest.mark.complexity_budget(macs="<=3105", params=77, unknown=0)

def test_as_it_was(complexity_budget):
    assert complexity_budget(Small(3), X).macs == 3105

def test_wider(complexity_budget):
    complexity_budget(Small(4), X)

def test_by_name_in_place_of_the_mark(complexity_budget):
    complexity_budget(Small(4), X, macs="5K", params=101)

@pytest.mark.complexity_budget(macs="<=5K", params="1K")
def test_the_nearest_mark(complexity_budget):
    complexity_budget(Small(4), X)

@pytest.mark.complexity_budget(macs="<=5K")
@pytest.mark.parametrize(
    "width", [pytest.param(4, marks=pytest.mark.complexity_budget(macs="<=3105"))]
)
def test_a_parameters_mark(complexity_budget, width):
    complexity_budget(Small(width), X)

@pytest.mark.complexity_budget(params="1M", macs="1G")
def test_a_network(complexity_budget):
    assert complexity_budget("mobilenet", alpha=0.25, resolution=37).complete

@pytest.mark.complexity_budget(macs=105)
def test_a_target(complexity_budget):
    complexity_budget("torch.nn:Linear", "3x5", arguments={"in_features": 5, "out_features": 7})
""")
    assert found == {
        "as_it_was": "passed",
        "wider": "failed",
        "by_name_in_place_of_the_mark": "passed",
        "the_nearest_mark": "passed",
        "a_parameters_mark": "failed",
        "a_network": "passed",
        "a_target": "passed",
    }, out
    assert "\nSmall: macs is 4,140, which exceeds the budget: macs <= 3,105.\n" in out
    assert "\nSmall: params is 101, which exceeds the budget: params <= 77.\n" in out
    assert "pytest_plugin.py" not in out


def test_a_gate_that_checks_nothing_or_does_not_know_fails(outcomes):
    found, out = outcomes("""
class Odd(torch.nn.Module):
    def forward(self, x):
        return torch.linalg.svdvals(x)

@pytest.mark.complexity_budget(unknown=0)
def test_odd(complexity_budget):
    complexity_budget(Odd(), torch.zeros(3, 5))

@pytest.mark.complexity_budget(macs="1K")
def test_no_fixture():
    pass

@pytest.mark.complexity_budget(macs="1K")
def test_no_model(complexity_budget):
    pass

def test_no_budget(complexity_budget):
    complexity_budget(Small(), X)

def test_not_marked():
    pass

@pytest.mark.complexity_budget(macs="1K")
def test_skipped(complexity_budget):
    pytest.skip("another day")

@pytest.mark.complexity_budget(macs="1K")
def test_broken():
    raise OSError("its own")

@pytest.mark.complexity_budget(macs="few")
def test_no_number(complexity_budget):
    complexity_budget(Small(), X)

@pytest.mark.complexity_budget(mac=5)
def test_no_name(complexity_budget):
    complexity_budget(Small(), X)

@pytest.mark.complexity_budget("macs<=5")
def test_no_keyword(complexity_budget):
    complexity_budget(Small(), X)

def test_no_such_input(complexity_budget):
    complexity_budget(Small(), torch.zeros(1, 3, 7, 11), macs="1G")

def test_no_text(complexity_budget):
    complexity_budget("torch.nn:Linear", torch.zeros(1, 8), macs="1G")

def test_no_option(complexity_budget):
    complexity_budget("torch.nn:Linear", "1x8", macs="1G", depth=3)
""")
    assert found.pop("not_marked") == "passed"
    assert set(found.values()) == {"failed"}, out
    assert len(found) == 11
    assert ", 1 skipped" in out
    assert "Odd: unknown is 1, which exceeds the budget: unknown <= 0." in out
    nothing = "is marked complexity_budget, and gave no model to the fixture of that name"
    assert len(re.findall(rf"^{nothing}", out, re.M)) == 2
    assert "OSError: its own" in out
    for said in (
        "complexity_budget was given no budget, such as macs='<=600M'",
        "complexity_budget: macs='few' must be the most there may be, such as",
        "complexity_budget: budget='mac' must name one of params, macs,",
        "complexity_budget takes names, such as macs='<=600M'",
        "complexity_budget: Small raised in 0 (Conv2d)",
        "complexity_budget: inputs='Tensor' must be written as on the command line",
        "complexity_budget: depth=3 is no option of a target: arguments, backward,",
    ):
        assert said in out


def test_a_test_case_of_unittest_is_no_way_around(outcomes):
    found, out = outcomes("""
import unittest

@pytest.mark.complexity_budget(macs="<=3105")
class TestCost(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def given(self, complexity_budget):
        self.judge = complexity_budget

    def test_no_model(self):
        pass

    def test_judged(self):
        self.judge(Small(3), X)

    def test_wider(self):
        self.judge(Small(4), X)

    def test_broken(self):
        raise OSError("its own")

    @unittest.skip("another day")
    def test_skipped(self):
        pass

    def test_skips(self):
        self.skipTest("another day")

    @unittest.expectedFailure
    def test_hidden(self):
        self.fail()

class TestOther(unittest.TestCase):
    @pytest.mark.complexity_budget(macs="1K")
    def test_no_fixture(self):
        pass

    def test_not_marked(self):
        pass
""")
    assert found == {
        "no_model": "failed",
        "judged": "passed",
        "wider": "failed",
        "broken": "failed",
        "no_fixture": "failed",
        "not_marked": "passed",
    }, out
    assert ", 2 skipped, 1 xfailed in" in out
    nothing = "is marked complexity_budget, and gave no model to the fixture of that name"
    assert len(re.findall(rf"^{nothing}", out, re.M)) == 2
    assert "OSError: its own" in out
    assert "Small: macs is 4,140, which exceeds the budget: macs <= 3,105." in out


def test_pytest_finds_the_plugin_where_this_is_installed():
    points = read_toml(ROOT / "pyproject.toml")["project"]["entry-points"]["pytest11"]
    assert points == {"complexity": "complexity.pytest_plugin"}


def test_no_run_of_pytest_waits_for_torch(tmp_path):
    (tmp_path / "test_x.py").write_text(
        "import sys\ndef test_x(): assert not {'torch', 'numpy', 'pandas'} & set(sys.modules)\n"
    )
    words = ["-p", "complexity.pytest_plugin", "-p", "no:cacheprovider", "-q", "test_x.py"]
    environment = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "pytest", *words], cwd=tmp_path, text=True,
                          env=environment, capture_output=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout
