"""What sweep and search share: formats by suffix, refusals before the work, progress, delivery."""

import csv
import io
import json
import sys

import pandas
import pytest

from complexity.cli.grid_options import form_of, watched
from tests.complexity.cli.terminal import run

GRID = ("sweep", "mobilenet", "--alpha", "0.5,0.75", "--res", "64:96:32")
BAD = ("sweep", "mobilenet", "--alpha", "0.5,0.01")
LEFT = "Left out: 1 point, alpha=0.01: must leave at least 1 of 32 channels."


def rows_of(path):
    """Alpha, resolution, params and macs of each line of a file."""
    text = path.read_text() if path.suffix != ".parquet" else ""
    if path.suffix == ".csv":
        lines = list(csv.DictReader(io.StringIO(text)))
    elif path.suffix == ".json":
        lines = [{**point, **point["setting"]} for point in json.loads(text)["points"]]
    elif path.suffix == ".parquet":
        lines = pandas.read_parquet(path).to_dict("records")
    else:
        cells = [line.strip("|").split("|") for line in text.splitlines() if line[:1] == "|"]
        names = [cell.strip() for cell in cells[0]]
        lines = [
            {k: v.strip().replace(",", "") for k, v in zip(names, row, strict=True)}
            for row in cells[2:]
        ]
    fields = ("alpha", "resolution", "params", "macs")
    return [[float(line[field]) for field in fields] for line in lines]


def test_a_files_suffix_names_its_format_and_all_hold_the_same_numbers(capsys, tmp_path):
    files = [tmp_path / f"out{suffix}" for suffix in (".csv", ".json", ".md", ".parquet")]
    for file in files:
        assert run(capsys, *GRID, "-o", str(file)) == (0, "", "")
    first, *others = map(rows_of, files)
    assert len(first) == 4
    assert all(rows == first for rows in others)


def test_the_format_that_is_said_comes_before_the_suffix(capsys, tmp_path):
    assert form_of("json", "out.csv", None) == "json"
    assert [form_of(None, name, None) for name in (None, "a.txt", "a.CSV")] == [
        "text",
        "text",
        "csv",
    ]


def test_counts_in_a_frame_stay_whole(capsys, tmp_path):
    file = tmp_path / "out.parquet"
    run(capsys, *GRID, "-o", str(file))
    frame = pandas.read_parquet(file)
    assert {str(frame[name].dtype) for name in ("params", "macs", "flops")} == {"Int64"}
    assert str(frame["alpha"].dtype) == "float64"


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_what_is_left_out_stands_below_the_table(capsys, form):
    done = run(capsys, *BAD, "--format", form)
    assert (done.status, done.err) == (1, "")
    assert LEFT in done.out
    assert "872,868" in done.out


@pytest.mark.parametrize("form", ["csv", "json"])
def test_or_on_the_other_channel_where_the_table_is_for_machines(capsys, form):
    done = run(capsys, *BAD, "--format", form)
    assert (done.status, done.err) == (1, f"complexity: {LEFT}\n")
    assert "872868" in done.out


def test_sort_and_top(capsys):
    done = run(capsys, *GRID, "--sort", "params", "--top", "1", "--format", "csv")
    assert done.out.splitlines()[1].startswith("0.75,64,1897924,")
    assert len(done.out.splitlines()) == 2
    assert "1 of 4 points shown." in run(capsys, *GRID, "--top", "1").out


@pytest.mark.parametrize("suffix", ["png", "svg", "html"])
def test_a_picture_is_drawn_beside_the_table(capsys, tmp_path, suffix):
    file = tmp_path / f"plot.{suffix}"
    done = run(capsys, *GRID, "--plot", str(file))
    assert (done.status, done.err) == (0, "")
    assert file.stat().st_size > 1000
    assert "872,868" in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--plot", "a.gif"), "--plot a.gif must end in .png, .svg, .html"),
        (("--plot", "no/a.png"), "--plot no/a.png must lie in a folder that exists"),
        (("-o", "no/a.csv"), "--output no/a.csv must lie in a folder that exists"),
        (("--format", "parquet"), "--format parquet needs a file: -o FILE"),
        (("--top", "0"), "--top 0 must be a whole number of at least 1"),
        (("--top", "1.5"), "--top 1.5 must be a whole number of at least 1"),
        (("--batch", "1:2"), "--batch 1:2 must be a number, a list such as 0.5,0.75 or a range "
         "start:stop:step such as 128:224:32"),
        (("--arg", "width"), "--arg width must be NAME=VALUES, each name once, such as n=8:64:8"),
        (("--size", "S=1", "--size", "S=2"),
         "--size S=2 must be NAME=VALUES, each name once, such as n=8:64:8"),
        (("--size", "S=a"), "--size a must be a number, a list such as 0.5,0.75 or a range "
         "start:stop:step such as 128:224:32"),
        (("--size", "S=0:64:32"), "--size S=0:64:32 must be whole numbers of at least 1"),
        (("--size", "S=2.5"), "--size S=2.5 must be whole numbers of at least 1"),
        (("--plot", "a.png", "-o", "a.png"),
         "--output a.png must be another file than that of --plot"),
        (("-o", "a.png", "--plot", "./a.png"),
         "--plot ./a.png must be another file than that of --output"),
        (("--classes", "3,4,5", "--plot", "a.png"),
         "--plot a.png must have one or two ranges to draw: these are alpha, resolution, classes"),
    ],
)  # fmt: skip
def test_bad_input_is_refused_before_the_work_begins(capsys, monkeypatch, words, said):
    monkeypatch.setattr("complexity.grid.sweep.sweep", None)
    assert run(capsys, *GRID, *words) == (2, "", f"complexity: {said}\n")


@pytest.mark.parametrize(
    ("library", "words", "said"),
    [
        ("plotly", ("--plot", "a.html"),
         "--plot a.html needs plotly: pip install 'complexity-analyzer[plot]'"),
        ("matplotlib", ("--plot", "a.svg"),
         "--plot a.svg needs matplotlib: pip install 'complexity-analyzer[plot]'"),
        ("pyarrow", ("-o", "a.parquet"),
         "--output a.parquet needs pyarrow: pip install 'complexity-analyzer[sweep]'"),
    ],
)  # fmt: skip
def test_a_library_that_is_missing_is_named(capsys, monkeypatch, tmp_path, library, words, said):
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.chdir(tmp_path)
    assert run(capsys, *GRID, *words) == (2, "", f"complexity: {said}\n")
    assert list(tmp_path.iterdir()) == []


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_is_shown_on_a_terminal_only(monkeypatch):
    blocks = [([], [], 3), ([], [], 4)]
    for stream, shown in ((Terminal(), True), (io.StringIO(), False)):
        monkeypatch.setattr(sys, "stderr", stream)
        assert list(watched(blocks, 7)) == blocks
        assert ("points" in stream.getvalue() and "100%" in stream.getvalue()) is shown
        assert bool(stream.getvalue()) is shown
