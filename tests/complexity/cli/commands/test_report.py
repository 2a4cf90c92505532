"""``complexity report`` as a page: what the command adds to it. The rest is in test_cli.py."""

import pytest

from formulas import network
from tests.complexity.cli.terminal import run
from tests.reports.html.page_reading import read


def test_a_page_has_the_figures_the_check_and_the_measured_time(capsys, tmp_path):
    path = tmp_path / "page.html"
    words = ("report", "mobilenet", "--alpha", "0.25", "--res", "37", "--format", "html")
    done = run(capsys, *words, "--time", "-o", str(path))
    assert done == (0, "", "")
    found = read(path.read_text(encoding="utf-8"))
    cost = network("mobilenet", alpha=0.25, resolution=37).cost
    assert (found.totals["params"], found.totals["macs"]) == (cost.params, cost.macs)
    assert "Checked closed form = traced counts in all 83 rows" in found.text
    assert all(float(row["time us"]) > 0 for row in found.tables["layers"])
    assert "time us" in found.data["traces"]
    assert "Not checked" in read(run(capsys, *words, "--no-trace").out).text


NASTY = """
import torch
class Odd(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.add_module("a\\x1b[31m|<b>\\n# x\\ud800`", torch.nn.Linear(7, 5))
    def forward(self, x):
        return torch.linalg.svdvals(next(self.children())(x))
"""


@pytest.mark.parametrize("form", ["text", "markdown", "csv", "json", "html", "latex"])
@pytest.mark.parametrize("by", ["layer", "block"])
def test_a_name_is_written_in_every_form_and_moves_no_cursor(
    capsys, tmp_path, monkeypatch, form, by
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "odd.py").write_text(NASTY)
    chosen = () if form in ("json", "html") else ("--by", by)
    words = ("report", "odd.py:Odd", "--input", "3x7", "--format", form, *chosen)
    done = run(capsys, *words)
    assert (done.status, done.err) == (0, "")
    assert form == "html" or not {"\x1b", "\ud800"} & set(done.out)
    assert run(capsys, *words, "-o", "out").status == 0
    assert (tmp_path / "out").read_text("utf-8") == done.out
