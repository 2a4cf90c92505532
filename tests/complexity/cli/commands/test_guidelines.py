"""``guidelines``: its formats, its status, the user's thresholds, and any traced model."""

import json

import pytest

from tests.complexity.cli.terminal import run

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
    (closed,) = json.loads(run(capsys, *PAPER, "--format", "json").out)
    (traced,) = json.loads(run(capsys, *PAPER[:-1], "--format", "json").out)
    assert closed == traced
    assert closed["counts"]["G1"] == 22


def test_the_users_thresholds_count_and_wrong_ones_are_refused_by_name(capsys, elsewhere):
    settings = elsewhere / "pyproject.toml"
    settings.write_text("[tool.complexity.guidelines]\ng1 = 1.5\ng4 = 0.9\n")
    assert "Found 0: " in run(capsys, *PAPER, "--strict").out
    settings.write_text("[tool.complexity.guidelines]\ng9 = 1.5\n")
    done = run(capsys, *PAPER)
    assert (done.status, done.out) == (2, "")
    known = "g1, g2, g3_branches, g3_operations, g4"
    assert f"guidelines.g9=1.5 is no threshold, which are {known}, in {settings}" in done.err


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("g1 = 'x'", "g1='x' must be a finite number of at least 0"),
        ("g2 = true", "g2=True must be a finite number of at least 0"),
        ("g1 = inf", "g1=inf must be a finite number of at least 0"),
        ("g3_branches = nan", "g3_branches=nan must be a finite number of at least 0"),
        ("g4 = 50", "g4=50 must be a share of the bytes, from 0 to 1"),
    ],
)
def test_a_wrong_threshold_is_named_with_its_file_and_table(capsys, elsewhere, said, why):
    settings = elsewhere / "pyproject.toml"
    settings.write_text(f"[tool.complexity.guidelines]\n{said}\n")
    done = run(capsys, *PAPER)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"complexity: tool.complexity.guidelines.{why}, in {settings}\n"


MEANS = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self, pool):
        super().__init__()
        self.conv, self.pool = nn.Conv2d(5, 7, 3), nn.AdaptiveAvgPool2d(1) if pool else None

    def forward(self, x):
        x = self.conv(x)
        return self.pool(x) if self.pool else x.mean((2, 3), keepdim=True)

def module():
    return Net(True)

def function():
    return Net(False)
"""


def test_a_mean_over_the_map_is_what_a_pooling_is(capsys, elsewhere):
    (elsewhere / "net.py").write_text(MEANS)
    targets = ("net.py:module", "net.py:function")
    done = run(capsys, "guidelines", *targets, "--input", "1x5x11x11", "--format", "json")
    module, function = json.loads(done.out)
    assert module["elementwise"] == function["elementwise"]
    assert module["elementwise"]["bytes"] == 0 == len(module["findings"])


def test_what_is_unknown_is_said_beside_every_share(capsys, elsewhere):
    (elsewhere / "net.py").write_text(
        "import torch\nfrom torch import nn\nclass Net(nn.Module):\n"
        "    def forward(self, x):\n        return torch.fft.rfft2(torch.relu(x))\n"
    )
    done = run(capsys, "guidelines", "net.py:Net", "net.py:Net", "--input", "1x3x8x8")
    assert "Found at least 1: G1 0, G2 0, G3 0, G4 1." in done.out
    assert (
        "Element-wise: 100.00 % of the known operations, 100.00 % of the known bytes." in done.out
    )
    assert "Avoidable: 0.00 % of the known bytes moved" in done.out
    assert "the shares are of what is known" in done.out


def test_any_traced_model_works_too(capsys, elsewhere):
    (elsewhere / "net.py").write_text(INCEPTION)
    done = run(capsys, "guidelines", "net.py:Net", "--input", "1x24x14x14")
    assert done.status == 0
    assert "mixed: G3 4 > 2 branches side by side" in done.out
    assert "mixed: G3 7 > 6 convolutions" in done.out


def test_several_models_get_a_table_with_every_figure(capsys):
    done = run(capsys, "guidelines", "mobilenetv2", "shufflenetv2", "--variant", "paper",
               "--no-trace")  # fmt: skip
    lines = done.out.splitlines()
    assert lines[0].startswith("mobilenetv2 (paper")
    assert any(line.startswith("shufflenetv2 (paper") for line in lines)
    cells = {line.split()[0]: line.split()[-9:] for line in lines if "paper, " in line}
    assert cells["mobilenetv2"] == ["4.21", "1.04", "43.10", "22", "0", "0", "3", "25", "0"]
    assert cells["shufflenetv2"] == ["0.20", "0.51", "48.34", "0", "0", "0", "11", "11", "0"]
    assert lines[-1].startswith("The avoidable share is the score. It leaves out G3 and G4: ")


def test_g4_can_be_measured_too(capsys):
    done = run(capsys, "guidelines", "shufflenetv2", "--res", "37", "--time", "--repeats", "2",
               "--format", "json")  # fmt: skip
    (found,) = json.loads(done.out)
    time, between = (found["elementwise"][name] for name in ("time", "time_between_layers"))
    assert len(time["runs"]) == len(between["runs"]) == 2
    assert all(min(one, two) > 0 and one + two < 1
               for one, two in zip(time["runs"], between["runs"], strict=True))  # fmt: skip
    assert min(time["runs"]) <= time["low"] <= time["median"] <= time["high"] <= max(time["runs"])
    (plain,) = json.loads(run(capsys, "guidelines", "shufflenetv2", "--res", "37", "--no-trace",
                              "--format", "json").out)  # fmt: skip
    assert plain["elementwise"]["time"] is None
    assert (plain["findings"], plain["avoidable"]) == (found["findings"], found["avoidable"])


def test_repeats_are_for_what_is_measured(capsys):
    done = run(capsys, *PAPER, "--repeats", "2")
    assert (done.status, done.out) == (2, "")
    assert "--repeats 2 needs --time" in done.err
    assert "--repeats 0 must be" in run(capsys, *PAPER, "--time", "--repeats", "0").err


def test_what_is_loaded_must_run(capsys):
    done = run(capsys, "guidelines", "net.py:Net", "--no-trace")
    assert (done.status, done.out) == (2, "")
    assert "--no-trace is for the five networks: net.py:Net must run" in done.err


def test_it_is_written_to_a_file_too(capsys, elsewhere):
    done = run(capsys, *PAPER, "--format", "markdown", "-o", "found.md")
    assert (done.status, done.out) == (0, "")
    assert (elsewhere / "found.md").read_text().startswith("# mobilenetv2")


def test_an_unknown_network_is_refused(capsys):
    done = run(capsys, "guidelines", "mobilenet9", "--no-trace")
    assert (done.status, done.out) == (2, "")
    assert "there is no network 'mobilenet9'" in done.err
