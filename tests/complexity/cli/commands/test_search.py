"""``complexity search`` as a user runs it: budgets met, or the smallest there is."""

import csv
import io
import json

from formulas import network
from tests.complexity.cli.terminal import run
from tests.paths import ROOT

PHONE = (
    "search", "mobilenet", "--macs", "<=150M", "--params", "<=3M", "--alpha", "0.25:1:0.05",
    "--res", "128:224:32",
)  # fmt: skip


def fits(alpha, resolution):
    cost = network("mobilenet", alpha=alpha, resolution=resolution).cost
    return cost.macs <= 150_000_000 and cost.params <= 3_000_000


def test_the_best_that_fit_a_phone(capsys):
    """Each could be neither wider nor larger without breaking a budget."""
    done = run(capsys, *PHONE, "--format", "csv")
    assert (done.status, done.err) == (0, "")
    found = [(float(line["alpha"]), int(line["resolution"]))
             for line in csv.DictReader(io.StringIO(done.out))]  # fmt: skip
    assert len(found) > 1
    for alpha, resolution in found:
        assert fits(alpha, resolution)
        assert not fits(round(alpha + 0.05, 2), resolution)
    assert {resolution for _, resolution in found} == {
        side for side in (128, 160, 192, 224) if fits(0.25, side)
    }


def test_the_text_states_the_grid_the_budgets_and_the_objectives(capsys):
    text = run(capsys, *PHONE).out
    assert text.startswith("mobilenet (document), 64 points\n")
    assert "of 64 points; no other within macs <= 150,000,000 and params <= 3,000,000 is" in text
    assert "\nObjectives: largest alpha, largest resolution.\n" in text


def test_objectives_are_named_as_they_are_typed(capsys):
    done = run(capsys, *PHONE, "--maximize", "res", "--minimize", "macs,params", "--format", "json")
    found = json.loads(done.out)
    assert found["search"]["maximize"] == ["resolution"]
    assert found["search"]["minimize"] == ["macs", "params"]
    assert {point["setting"]["alpha"] for point in found["points"]} == {0.25}


def test_an_impossible_budget_is_a_failed_check_and_writes_nothing(capsys, tmp_path):
    file = tmp_path / "out.csv"
    done = run(capsys, "search", "mobilenet", "--macs", "1K", "-o", str(file))
    least = network("mobilenet", alpha=0.25, resolution=128).cost.macs
    assert done == (
        1, "",
        "complexity: none of 16 points meets macs <= 1,000: "
        f"the smallest macs is {least:,} (alpha=0.25, resolution=128)\n",
    )  # fmt: skip
    assert not file.exists()


def test_a_budget_is_refused_as_it_is_typed(capsys):
    rule = "must be the most there may be, such as <=150M, <3e6 or 2.5G"
    for words, said in (
        (("--macs", ">=1M"), "--macs '>=1M'"),
        (("--memory-access", "1X"), "--memory-access 1X"),
    ):
        assert run(capsys, "search", "mobilenet", *words) == (2, "", f"complexity: {said} {rule}\n")


def test_a_users_factory_is_searched_and_drawn(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(ROOT)
    file = tmp_path / "set.svg"
    done = run(capsys, "search", "tests/complexity/factories.py:net", "--arg", "width=8,10,11",
               "--arg", "depth=1:3:1", "--input", "1x3x5x5", "--macs", "50K", "--plot", str(file),
               "--format", "json")  # fmt: skip
    assert (done.status, done.err) == (0, "")
    found = json.loads(done.out)
    assert found["search"] == {
        "budgets": ["macs <= 50,000"], "maximize": ["width", "depth"], "minimize": ["params"],
        "chosen": len(found["points"]), "points": 9,
    }  # fmt: skip
    assert all(point["macs"] <= 50_000 for point in found["points"])
    assert "Pareto set" in file.read_text()
