"""``complexity report`` as a page: what the command adds to it. The rest is in test_cli.py."""

from formulas import network
from tests.complexity.terminal import run
from tests.reports.page_reading import read


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
