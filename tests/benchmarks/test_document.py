"""The page, the table for machines, the chart, and the command that writes them."""

import csv
import io
import re

import pytest
from click.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks.document import page, to_csv
from benchmarks.machine import machine, versions
from benchmarks.results import Result
from benchmarks.running import Job
from benchmarks.tools import META, OURS, REFERENCES, SLOW

FOUND = [
    Result("resnet50", META, "meta", 0.5, 1.0, 0.6, 1.0, 300),
    Result("resnet50", OURS, "meta", 0.05, 0.1, 0.3, 0.5, 1310, 1000, 1000),
    Result("resnet50", "thop", "cpu", 1.0, 2.0, 1.2, 2.0, 400, 1011, 1000),
    Result("resnet50", "fvcore", error="cpu: a | b"),
    Result("bert", META, "meta", 0.5, 1.0, 0.6, 1.0, 300),
    Result("bert", "thop", "meta", 0.25, 0.5, 0.6, 1.0, 300, 1000, None),
]
STARTS = {"import torch": (2.0, 1.0), "complexity report": (0.2, 0.1)}


def written():
    return page(FOUND, STARTS, "python -m benchmarks", "2 cores", {"torch": "2.13.0"})


def rows_of(text, title):
    """The cells of the first table below a heading."""
    below = text.split(f"## {title}\n", 1)[1].strip().split("\n\n")[0]
    lines = [re.split(r"(?<!\\)\|", line)[1:-1] for line in below.splitlines()]
    return [[cell.strip() for cell in line] for line in lines if "---" not in line[0]][0:1] + [
        [cell.strip() for cell in line] for line in lines[2:]
    ]


def test_the_page_names_the_machine_the_versions_and_the_command():
    assert "Written by `python -m benchmarks` on 2 cores, with torch 2.13.0." in written()


def test_the_overview_has_a_ratio_a_device_and_a_mark():
    header, resnet, bert = rows_of(written(), "Warm time over a bare meta forward, and the count")
    assert header == ["network", "complexity", "thop", "fvcore"]
    assert resnet == ["ResNet-50", "0.10, right", "2.00 (CPU), +1.1 %", "failed"]
    assert bert == ["BERT, 512 tokens", "", "0.50, truth disputed", ""]


def test_a_networks_table_has_every_figure_and_why_there_is_none():
    header, bare, ours, thop, fvcore = rows_of(written(), "ResNet-50")
    assert len({len(line) for line in (header, bare, ours, thop, fvcore)}) == 1
    assert bare[1:] == ["meta", "0.500", "1.00", "0.600", "1.00", "300", "", "-"]
    assert ours[1:] == ["meta", "0.050", "0.10", "0.300", "0.50", "1,310", "1,000", "right"]
    assert thop[1] == "cpu"
    assert fvcore[-1] == r"cpu: a \| b"


def test_starts_and_conventions_are_written():
    assert rows_of(written(), "Starting cold, as whole commands")[2] == [
        "`complexity report`", "0.200", "0.10",
    ]  # fmt: skip
    named = [line[0] for line in rows_of(written(), "What each tool counts")]
    assert named == ["tool", "complexity", "thop", "fvcore"]


def test_the_csv_holds_every_result_with_its_mark():
    lines = list(csv.DictReader(io.StringIO(to_csv(FOUND))))
    assert [line["mark"] for line in lines] == ["-", "right", "+1.1 %", "-", "-", "truth disputed"]
    assert lines[1]["macs"] == "1000"
    assert lines[1]["warm_ratio"] == "0.1"
    assert lines[3]["error"] == "cpu: a | b"


def test_the_chart_has_a_mark_for_each_ratio_and_is_the_same_again():
    pytest.importorskip("matplotlib")
    from benchmarks.chart import to_svg

    drawn = to_svg(FOUND, "2 cores, torch 2.13.0")
    for words in ("ResNet-50", "BERT, 512 tokens", "thop", "2 cores, torch 2.13.0"):
        assert words in drawn
    assert drawn == to_svg(FOUND, "2 cores, torch 2.13.0")


def test_the_machine_and_every_tool_have_a_name_and_a_version():
    assert re.match(r"\d+ cores of .+, \d+ GB, \w+ \w+", machine())
    assert {"Python", "torch", "fvcore", "thop", "transformers"} <= versions().keys()


def test_jobs_are_references_and_choices_once_each():
    found = command.jobs(["llama7b"], [SLOW, "thop"])
    assert [job.tool for job in found] == [*REFERENCES, "thop"]
    assert found[-1] == Job("llama7b", "thop", ("meta", "cpu"), "needs real weights (27 GB)")
    assert command.jobs(["bert"], [])[0].impossible == ""


@pytest.mark.parametrize("option", ["--workloads", "--tools"])
def test_a_name_that_is_none_is_refused(option):
    ended = CliRunner().invoke(command.main, [option, "bert,nothing"])
    assert ended.exit_code == 2
    assert "is none of" in ended.output


def test_the_command_writes_three_files(tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    answer = {"cold": 2.0, "warm": 1.0, "peak_mb": 300, "macs": 7}
    monkeypatch.setattr(command, "ask_child", lambda *_, **__: answer)
    monkeypatch.setattr(command, "starts", lambda limit: {"import torch": 1.0})
    options = ["--workloads", "bert,gpt2", "--tools", "thop", "--out", str(tmp_path / "docs")]
    ended = CliRunner().invoke(command.main, options, catch_exceptions=False)
    assert ended.exit_code == 0
    assert "round 2: gpt2, thop: warm 1.000 s on meta, MACs: 7" in ended.output
    names = {path.name for path in (tmp_path / "docs").iterdir()}
    assert names == {"benchmark.csv", "benchmark.md", "benchmark.svg"}
