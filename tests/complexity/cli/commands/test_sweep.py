"""``complexity sweep`` as a user runs it: networks, files, failures, interrupts."""

import csv
import io
import os
import signal
import subprocess
import sys
import time

import pytest

from formulas import network
from tests.complexity.cli.terminal import run
from tests.complexity.factories import macs_of
from tests.paths import ROOT

FACTORY = "tests/complexity/factories.py"
NET = (
    "sweep", f"{FACTORY}:net", "--arg", "width=8:10:1", "--arg", "depth=1,3", "--input", "1x3xSxS",
    "--size", "S=5:7:2",
)  # fmt: skip


def lines_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_a_network_over_two_ranges(capsys):
    words = (
        "sweep",
        "mobilenet",
        "--alpha",
        "0.25:1:0.05",
        "--res",
        "128:224:32",
        "--format",
        "csv",
    )
    done = run(capsys, *words)
    assert (done.status, done.err) == (0, "")
    lines = lines_of(done.out)
    assert len(lines) == 16 * 4
    for line in lines:
        cost = network(
            "mobilenet", alpha=float(line["alpha"]), resolution=int(line["resolution"])
        ).cost
        assert (int(line["params"]), int(line["macs"])) == (cost.params, cost.macs)


def test_every_option_of_the_networks_is_a_range(capsys):
    words = (
        "--variant",
        "document,paper",
        "--batch",
        "1:3:2",
        "--classes",
        "10,7",
        "--res",
        "64x32",
    )
    for own in (("shufflenet", "--groups", "1,8"), ("shufflenetv2", "--ratio", "0.5,2")):
        lines = lines_of(run(capsys, "sweep", *own, *words, "--format", "csv").out)
        assert len(lines) == 16
        assert {line["resolution"] for line in lines} == {"64x32"}
        assert len({line["macs"] for line in lines}) == 16


def test_a_users_factory_keeps_its_good_points(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = run(capsys, *NET, "--format", "csv")
    lines = lines_of(done.out)
    assert [line["width"] for line in lines] == ["8"] * 4 + ["10"] * 4
    for line in lines:
        assert int(line["macs"]) == macs_of(*(int(line[name]) for name in ("width", "depth", "S")))
    assert done.status == 1
    assert done.err.count("ValueError: width 9 is a multiple of 3.\n") == 4
    assert run(capsys, *NET, "--jobs", "2", "--backend", "threading", "--format", "csv") == done


def test_all_points_bad_is_one_sentence_and_no_file(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    file = tmp_path / "out.csv"
    done = run(capsys, "sweep", f"{FACTORY}:net", "--arg", "width=3:9:3", "--input", "1x3x5x5",
               "-o", str(file))  # fmt: skip
    assert done == (
        2, "",
        f"complexity: no point has a cost, width=3: {FACTORY}:net raised ValueError: width 3 is a "
        "multiple of 3\n",
    )  # fmt: skip
    assert not file.exists()


def test_an_interrupted_sweep_writes_what_is_done(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    file = tmp_path / "out.csv"
    done = run(capsys, "sweep", f"{FACTORY}:stopping", "--arg", "width=8,10,16,20", "--input",
               "1x3x5x5", "-o", str(file))  # fmt: skip
    assert done == (130, "", "complexity: Interrupted: 2 of 4 points done.\n")
    assert [line["width"] for line in lines_of(file.read_text())] == ["8", "10"]


def test_an_interrupt_before_the_first_point_is_only_that(capsys, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = run(capsys, "sweep", f"{FACTORY}:stopping", "--arg", "width=16", "--input", "1x3x5x5")
    assert (done.status, done.err.strip()) == (130, "complexity: interrupted")


SLOW = """
import time
from torch import nn
def slow(width):
    open(f"begun{width}", "w").close()
    time.sleep(0.3)
    return nn.Linear(7, width)
"""


def heeding_the_keyboard():
    """Also where the tests run in the background, which passes on that the signal is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.slow
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_real_interrupt_from_the_keyboard(tmp_path, jobs):
    """The signal goes to the whole group of processes, workers included, as a terminal sends it."""
    (tmp_path / "model.py").write_text(SLOW)
    command = [
        sys.executable, "-m", "complexity", "sweep", "model.py:slow", "--arg", "width=1:400:1",
        "--input", "1x7", "--jobs", jobs, "-o", "out.csv",
    ]  # fmt: skip
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env=settings,
        start_new_session=True,
        preexec_fn=heeding_the_keyboard,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        end = time.monotonic() + 120
        while not (tmp_path / "begun17").exists() and time.monotonic() < end:
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)
        said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    rows = len(lines_of((tmp_path / "out.csv").read_text()))
    assert rows >= 8
    assert said == f"complexity: Interrupted: {rows} of 400 points done.\n"
