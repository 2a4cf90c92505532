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
    assert "g9=1.5 is no threshold, which are g1, g2, g3_branches, g3_operations, g4" in done.err


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
    cells = {line.split()[0]: line.split()[-8:] for line in lines if "paper, " in line}
    assert cells["mobilenetv2"] == ["4.21", "2.12", "43.10", "22", "0", "0", "3", "25"]
    assert cells["shufflenetv2"] == ["0.20", "1.20", "48.34", "0", "0", "0", "11", "11"]
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
