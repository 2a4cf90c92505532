"""``guidelines``: its formats, its status, the user's thresholds, and any traced model."""

import json

import pytest

from tests.complexity.terminal import run

PAPER = ("guidelines", "mobilenetv2", "--variant", "paper", "--no-trace")
INCEPTION = """
from torch import nn, cat

class Mixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = nn.Conv2d(24, 6, 1)
        self.two = nn.Sequential(nn.Conv2d(24, 4, 1), nn.Conv2d(4, 6, 3, padding=1))
        self.three = nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(24, 6, 1))
        self.four = nn.Sequential(nn.Conv2d(24, 3, 1), nn.Conv2d(3, 6, 5, padding=2))

    def forward(self, x):
        return cat([self.one(x), self.two(x), self.three(x), self.four(x)], 1)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mixed = Mixed()

    def forward(self, x):
        return self.mixed(x)
"""


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A folder of the user's own, above which nothing is set."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_it_advises_and_fails_only_where_it_is_told_to(capsys):
    done = run(capsys, *PAPER)
    assert (done.status, done.err) == (0, "")
    assert "stage2.0.expand.conv: G1 1.43 > 1.25 of the least access" in done.out
    assert run(capsys, *PAPER, "--strict").status == 1
    assert run(capsys, "guidelines", "mobilenet", "--no-trace", "--strict").status == 0


def test_a_trace_finds_what_the_closed_form_does(capsys):
    closed = json.loads(run(capsys, *PAPER, "--format", "json").out)
    traced = json.loads(run(capsys, *PAPER[:-1], "--format", "json").out)
    assert closed == traced
    assert closed["counts"]["G1"] == 22


def test_the_users_thresholds_count_and_wrong_ones_are_refused_by_name(capsys, elsewhere):
    settings = elsewhere / "pyproject.toml"
    settings.write_text("[tool.complexity.guidelines]\ng1 = 1.5\ng4 = 0.9\n")
    assert "Found 0: " in run(capsys, *PAPER, "--strict").out
    settings.write_text("[tool.complexity.guidelines]\ng9 = 1.5\n")
    done = run(capsys, *PAPER)
    assert (done.status, done.out) == (2, "")
    assert "g9=1.5 is no threshold, which are g1, g2, g3_branches, g3_operations, g4" in done.err


def test_any_traced_model_works_too(capsys, elsewhere):
    (elsewhere / "net.py").write_text(INCEPTION)
    done = run(capsys, "guidelines", "net.py:Net", "--input", "1x24x14x14")
    assert done.status == 0
    assert "mixed: G3 4 > 2 branches side by side" in done.out
    assert "mixed: G3 7 > 6 convolutions" in done.out


def test_it_is_written_to_a_file_too(capsys, elsewhere):
    done = run(capsys, *PAPER, "--format", "markdown", "-o", "found.md")
    assert (done.status, done.out) == (0, "")
    assert (elsewhere / "found.md").read_text().startswith("# mobilenetv2")


def test_an_unknown_network_is_refused(capsys):
    done = run(capsys, "guidelines", "mobilenet9", "--no-trace")
    assert (done.status, done.out) == (2, "")
    assert "there is no network 'mobilenet9'" in done.err
