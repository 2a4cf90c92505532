"""The page by a parser: its figures, its words, and nothing that could reach out or break in."""

import json
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from formulas.core.memory_traffic import bytes_moved
from formulas.networks import network
from reports.export.json_writer import layer_dict
from reports.html import page
from reports.html.page import icicle, report_page
from reports.model.report import ModelReport, report_of
from reports.timing.statistics import Spread
from reports.timing.timing import TimedModel, Timing
from tests.reports.helpers import (
    AGREES,
    DISAGREES,
    HUGE,
    MYSTERIES,
    ROWS,
    TRAINING,
    made,
    row,
)
from tests.reports.html.page_reading import read

NASTY = '</script><script>alert(1)</script><b>"x"</b>&amp;'
MEASURES = ["macs", "params", "bytes"]


@pytest.fixture(autouse=True)
def light(monkeypatch):
    """plotly's five megabytes are read by one test."""
    monkeypatch.setattr("plotly.offline.get_plotlyjs", lambda: "/* plotly */")


def timed(report: ModelReport) -> TimedModel:
    """Seconds made up: of each module one figure, of what runs between them none."""
    seconds = {"stem.conv": 0.25, "stem.bn": 0.125, "body.1.conv": 0.5}
    layers = {name: Spread((value,)) for name, value in seconds.items()}
    return TimedModel(report, Timing(Spread((1.5,)), Spread((2.0,)), layers))


def test_every_figure_of_every_row_is_exact():
    (found,) = [read(report_page(made())).tables["layers"]]
    assert len(found) == len(ROWS)
    for cells, of in zip(found, ROWS, strict=True):
        exact = layer_dict(of)
        assert (cells["layer"], cells["kind"], cells["formula"]) == (of.name, of.kind, of.formula)
        for name in ("params", "macs", "elementwise", "activations", "memory access"):
            assert int(cells[name]) == exact[name.replace(" ", "_")]
        assert int(cells["bytes"]) == bytes_moved(of.moved).total


def test_no_name_turns_the_figures_beside_it():
    odd = row("\u202eevil.0", "\u202ekind", macs=5)
    text = report_page(made(name="\u202enet", layers=(odd, replace(odd, name="\u202eevil.1"))))
    assert "\u202e" not in text
    given = text.partition('id="data">')[2].partition("</script>")[0]
    assert "\u202e" not in json.dumps(json.loads(given), ensure_ascii=False)
    assert r"\\u202eevil" in given
    assert read(text).tables["layers"][0]["layer"] == r"\u202eevil.0"


def test_the_page_says_what_the_report_says():
    report = made(verdict=AGREES, coverage={"counted": 7, "free": 2}, training=TRAINING,
                  notes=("A note of 3.",))  # fmt: skip
    text = read(report_page(report)).text
    for words in (
        "paper, alpha=0.5", "input 2x3x11x13", "7 rows", f"{report.convention}.",
        "Checked closed form = traced counts in all 7 rows",
        "9 operations ran: 7 counted, 2 zero-cost (views, copies), 0 unknown.",
        f"{report.macs:,} forward + 1,193 backward", "aten.odd has no formula; in the backward",
        "A note of 3.",
    ):  # fmt: skip
        assert words in text
    assert "Unknown" not in read(report_page(made())).text


def test_the_result_of_the_check_is_told_apart():
    untraced, differs = (report_page(made(verdict=each)) for each in (None, DISAGREES))
    assert "Not checked Nothing was traced: closed form only." in read(untraced).text
    said = read(differs).text
    assert "The check failed NOT confirmed: 1 difference between counts." in said
    assert "body.0.conv, macs: closed form 137, trace 139: kernel or groups are not so" in said
    nothing = read(report_page(made(verdict=replace(AGREES, rows=0)))).text
    assert "nothing that ran has a closed form to compare" in nothing
    classes = [dict(tags)["class"] for page in (untraced, differs, report_page(made(verdict=AGREES)))
               for _, tags in read(page).tags if tags.get("id") == "check"]  # fmt: skip
    assert classes == ["unchecked", "differs", "agrees"]


def test_what_is_unknown_is_named_and_never_0():
    report = made(layers=(*ROWS, *MYSTERIES), unknown={"aten.fft_r2c": 1, "svd": 3})
    found = read(report_page(report))
    assert "aten.fft_r2c has no formula; it ran once." in found.text
    assert "svd has no formula; it ran 3 times." in found.text
    assert found.text.count(" at least") >= 5  # each total of what runs
    nothing, partly = found.tables["layers"][-2:]
    assert [nothing[name] for name in ("macs", "elementwise", "memory access")] == ["unknown"] * 3
    assert (partly["macs"], partly["elementwise"]) == ("241", "unknown")
    assert (
        next(each for each in found.tables["kinds"] if each["kind"] == "fft_r2c")["macs"]
        == "unknown"
    )
    written = found.data["traces"]["macs"]["customdata"]
    paths = [part["path"] for part in found.data["parts"]]
    assert written[paths.index("fft")] == "unknown"
    assert written[paths.index("svd")] == "at least 241"
    assert written[0] == f"at least {report.macs:,}"
    assert found.data["traces"]["params"]["customdata"][0] == "882"  # stored, so known


def test_the_map_holds_every_measure_of_every_part():
    found = read(report_page(made())).data
    assert sorted(found["traces"]) == sorted(MEASURES)
    rows = [(index, part) for index, part in enumerate(found["parts"]) if part["kind"]]
    assert [part["path"] for _, part in rows] == [of.name for of in ROWS]
    for name, trace in found["traces"].items():
        amounts = [
            bytes_moved(of.moved).total if name == "bytes" else getattr(of.cost, name)
            for of in ROWS
        ]
        assert sum(amounts) > 0
        written = [trace["customdata"][index] for index, _ in rows]
        assert written == [f"{amount:,}" for amount in amounts]
        assert sum(trace["values"]) == pytest.approx(1)
        assert all(value == 0 for value, part in zip(trace["values"], found["parts"], strict=True)
                   if not part["kind"])  # fmt: skip
    assert found["traces"]["macs"]["customdata"][0] == f"{HUGE + 732:,}"


def test_the_map_of_a_network_is_the_sum_of_its_modules():
    found = read(report_page(report_of(network("shufflenetv2")))).data
    amounts = [int(text.replace(",", "")) for text in found["traces"]["macs"]["customdata"]]
    parents = [part["parent"] for part in found["parts"]]
    for index, part in enumerate(found["parts"]):
        inside = [amounts[child] for child, parent in enumerate(parents) if parent == index]
        assert part["kind"] or sum(inside) == amounts[index]


def test_names_with_markup_in_them_stay_text():
    odd = row(NASTY, f"kind {NASTY}", macs=3, memory_access=5, formula=f"3 {NASTY}")
    written = report_page(made(name=NASTY, layers=(odd,), notes=(NASTY,), options={NASTY: NASTY}))
    found = read(written)
    assert found.tables["layers"][0]["layer"] == NASTY
    assert found.tables["kinds"][0]["kind"] == f"kind {NASTY}"
    assert found.data["parts"][0]["label"] == NASTY
    assert [tag for tag, _ in found.tags].count("script") == 3
    assert "b" not in {tag for tag, _ in found.tags}
    assert "alert(1)</script>" not in written
    for trace in found.data["traces"].values():
        assert all("<" not in label for label in trace["labels"])
        hovers = "".join(trace["hovertext"])
        assert set(re.findall(r"<[^>]*>", hovers)) == {"<b>", "</b>", "<br>"}  # ours
        assert "<b>alert" not in hovers


def test_the_page_refers_to_nothing_outside(monkeypatch):
    monkeypatch.undo()  # with plotly's own script
    written = report_page(made())
    for _, given in read(written).tags:
        assert "src" not in given
        assert given.get("href", "#").startswith("#")
    assert "default-src 'none'" in written
    assert "plotly.js v" in written


def test_sort_and_top_arrange_the_rows_and_say_so():
    written = report_page(made(), sort="memory_access", top=3)
    found = read(written)
    assert [cells["layer"] for cells in found.tables["layers"]] == [
        "head",
        "body.1.conv#2",
        "body.1.conv",
    ]
    assert "3 of 7 rows shown." in found.text
    marked = re.findall(r'aria-sort="(\w+)"><button type="button">([^<]*)', written)
    assert [each for each in marked if each[0] != "none"] == [("descending", "memory access")]
    by_name = re.findall(
        r'aria-sort="(\w+)"><button type="button">layer<', report_page(made(), sort="name")
    )
    assert by_name == ["ascending"]
    assert len(found.data["parts"]) == len(
        read(report_page(made())).data["parts"]
    )  # the whole model


def test_measured_times_stand_with_the_layers_and_the_modules():
    idle = row("table", "parameter", params=5, calls=0)
    report = made(layers=(*ROWS, idle))
    found = read(report_page(report, timed=timed(report)))
    cells = {each["layer"]: (each["time us"], each["time %"]) for each in found.tables["layers"]}
    assert cells["stem.conv"] == ("250000.0", "12.50")
    assert cells["body.1.conv"] == ("500000.0", "25.00")
    assert cells["body.1.conv#2"] == ("unknown", "")  # with the first
    assert cells["head"] == ("unknown", "")
    assert cells["table"] == ("0.0", "0.00")  # it never ran
    written = dict(zip([part["path"] for part in found.data["parts"]],
                       found.data["traces"]["time us"]["customdata"], strict=True))  # fmt: skip
    assert (written[""], written["stem"]) == ("875,000.000", "375,000.000")
    assert (written["body"], written["head"]) == ("500,000.000", "unknown")
    assert "1,500,000.000 us on 1 thread, the median of runs without hooks." in found.text
    assert "all of its runs, in the first of its rows" in found.text
    assert "time" not in read(report_page(report)).data["traces"]


def test_a_model_that_does_nothing_has_a_page():
    found = read(report_page(made(layers=())))
    assert found.tables == {"kinds": [], "layers": []}
    assert found.totals["params"] == 0
    assert [part["path"] for part in found.data["parts"]] == [""]


def test_without_escaping_the_guards_above_would_fail(monkeypatch):
    monkeypatch.setattr(page, "escaped", str)
    with pytest.raises(AssertionError):
        test_names_with_markup_in_them_stay_text()


def test_a_share_is_of_exact_figures():
    parts = page.module_tree(made())
    trace = icicle(parts, "x", [HUGE] * len(parts), ["x"] * len(parts), 2 * HUGE)
    assert set(trace.text) == {"50.00 %"}
    assert {value for value, part in zip(trace["values"], parts, strict=True) if part.row} == {0.5}


def test_a_column_is_sorted_by_all_digits_without_a_browser():
    """The page's own functions, on cells as it has them: one float holds all of these figures."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    script, _, _ = (page.HERE / "page.js").read_text().partition('all(document, "table")')
    figures = [HUGE + each for each in (1, 3, 0, 2)] + [5]
    asked = f"""
        const cell = (value) => ({{ cells: [{{ dataset: {{ value }}, textContent: value }}] }});
        const rows = {json.dumps([str(each) for each in figures])}.map(cell);
        const told = (down) => sorted(rows, 0, down).map((row) => row.cells[0].dataset.value);
        console.log(JSON.stringify([told(true), told(false)]));
    """
    done = subprocess.run([node, "-e", script + asked], capture_output=True, text=True, check=True)
    down, up = json.loads(done.stdout)
    assert [int(each) for each in up] == sorted(figures)
    assert down == up[::-1]
