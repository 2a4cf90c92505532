"""``complexity time`` as a user meets it: no figure of time is asserted."""

import csv
import io
import json

import pytest
import torch

from complexity.profiling import device_benchmark as measuring
from formulas import network
from reports.model.report import report_of
from reports.roofline.bounds import Roofline
from reports.roofline.devices import Device, devices
from tests.complexity.cli.terminal import run

QUICK = ("--repeats", "2", "--warmup", "0")
SMALL = ("mobilenet", "--alpha", "0.25", "--res", "37", *QUICK)


def test_one_model_layer_by_layer_with_its_bound(capsys):
    done = run(capsys, "time", *SMALL, "--bound", "t4", "--format", "json")
    assert (done.status, done.err) == (0, "")
    (found,) = json.loads(done.out)
    closed = network("mobilenet", alpha=0.25, resolution=37)
    assert found["macs"] == closed.cost.macs == sum(layer["macs"] for layer in found["layers"])
    assert [layer["name"] for layer in found["layers"]] == [p.name for p in closed.layers]
    assert len(found["time"]["seconds"]) == len(found["with_hooks"]["seconds"]) == 2
    assert all(len(layer["time"]["seconds"]) == 2 for layer in found["layers"])
    roofline = Roofline(report_of(closed), devices()["t4"], "float32")
    assert found["bound"] == float(roofline.seconds)
    assert [layer["bound"] for layer in found["layers"]] == [
        float(each.seconds) for each in roofline.layers
    ]


def test_the_layers_take_no_longer_than_their_run(capsys):
    (found,) = json.loads(run(capsys, "time", *SMALL, "--format", "json").out)
    for number, whole in enumerate(found["with_hooks"]["seconds"]):
        layers = [layer["time"]["seconds"][number] for layer in found["layers"]]
        assert 0 < sum(layers) <= whole
    assert (found["bound"], found["device"]) == (None, None)


def test_text_by_kind_says_what_it_measured(capsys):
    done = run(capsys, "time", *SMALL, "--by", "kind", "--threads", "1")
    assert done.out.startswith("mobilenet (document, alpha=0.25), input 1x3x37x37\n\nkind ")
    assert " us on 1 thread, the median of runs without hooks. Spread: the middle half" in done.out
    assert "\nHooks: a run with them takes " in done.out
    assert "Device:" not in done.out


def test_several_models_stand_side_by_side(capsys, tmp_path):
    path = tmp_path / "time.svg"
    done = run(capsys, "time", "mobilenet", "shufflenet", "--alpha", "0.25", "--groups", "2",
               "--res", "37", *QUICK, "--bound", "t4", "--plot", str(path), "--format", "csv")  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(done.out)))
    assert [(row["model"], row["settings"]) for row in rows] == [
        ("mobilenet", "document, alpha=0.25"), ("shufflenet", "document, groups=2"),
    ]  # fmt: skip
    for row in rows:
        assert float(row["best us"]) <= float(row["median us"]) <= float(row["q3 us"])
    drawing = path.read_text()
    assert drawing.rstrip().endswith("</svg>")
    assert "time against MACs" in drawing
    assert "time against the bound on t4" in drawing


def test_a_loaded_model_is_timed_with_its_inputs(capsys):
    done = run(capsys, "time", "torch.nn:Linear", "--arg", "in_features=5", "--arg",
               "out_features=7", "--input", "3x5", "--dtype", "float64", *QUICK, "--format", "json")  # fmt: skip
    (found,) = json.loads(done.out)
    assert found["inputs"] == [[3, 5]]
    assert [(layer["name"], layer["macs"]) for layer in found["layers"]] == [("Linear", 105)]
    assert found["layers"][0]["time"]["median"] > 0


def test_the_roof_is_measured_on_as_many_threads_as_the_model_runs(capsys, monkeypatch):
    seen = []

    def measured(dtype, device):
        seen.append((dtype, device, torch.get_num_threads()))
        return Device("measured", "this", "own", "a clock", 10**9, {dtype: 10**10})

    monkeypatch.setattr(measuring, "measured_device", measured)
    before = torch.get_num_threads()
    done = run(capsys, "time", *SMALL, "--bound", "measure", "--threads", str(before + 1))
    assert f" us on {before + 1} threads" in done.out
    assert seen == [("float32", "cpu", before + 1)]
    assert torch.get_num_threads() == before


POSITIVE = "must be an integer of at least 1"
REFUSED = {
    (): "Missing argument 'MODEL...'.",
    ("mobilenet", "--repeats", "0"): f"--repeats 0 {POSITIVE}",
    ("mobilenet", "--repeats", "2.5"): f"--repeats 2.5 {POSITIVE}",
    ("mobilenet", "--repeats", "many"): "--repeats many must be a number",
    ("mobilenet", "--warmup", "-1"): "--warmup -1 must be an integer of at least 0",
    ("mobilenet", "--threads", "0"): f"--threads 0 {POSITIVE}",
    ("mobilenet", "--top", "0"): f"--top 0 {POSITIVE}",
    ("mobilenet", "shufflenet", "--by", "kind"): "--by kind is for one MODEL",
    ("mobilenet", "shufflenet", "--top", "3"): "--top 3 is for one MODEL",
    ("mobilenet", "--device", "tpu"): "--device tpu must be one of cpu, cuda",
    ("mobilenet", "--bound", "t5"):
        f"--bound t5 must be measure, a file that ends in .toml, or one of {', '.join(devices())}",
    ("mobilenet", "--input", "1x3"): "--input 1x3 is an option of none of mobilenet",
    ("mobilenet", "--dtype", "bfloat16"): "--dtype bfloat16 is an option of none of mobilenet",
    ("some.py:model", "--dtype", "complex64", "--bound", "t4"):
        "--dtype complex64 has no bound: float64, float32, tf32, float16, bfloat16, int8 have",
    ("squeezenet", "some.py:model", "--dtype", "float16", "--bound", "xeon-e5-2680-v4"):
        "--dtype float16 has no figure for xeon-e5-2680-v4, which has float32",
    ("squeezenet", "--alpha", "0.5"): "--alpha 0.5 is an option of none of squeezenet",
    ("some.py:model", "--arg", "depth"): "--arg depth must be KEY=VALUE, such as depth=3",
    ("mobilenet", "--plot", "time.pdf"): "--plot time.pdf must end in .png, .svg, .html",
    ("no.py:model",): "MODEL no.py:model was not found: there is no file 'no.py'",
}  # fmt: skip


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_bad_input_is_one_sentence_and_status_2(capsys, arguments):
    done = run(capsys, "time", *arguments)
    assert done == (2, "", f"complexity: {REFUSED[arguments]}\n")


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_that_is_not_there_is_refused(capsys):
    done = run(capsys, "time", "mobilenet", "--device", "cuda")
    assert done == (2, "", "complexity: --device cuda must be there: torch sees no such device\n")


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU")
def test_on_a_gpu_each_layer_has_a_time(capsys):
    done = run(capsys, "time", *SMALL, "--device", "cuda", "--format", "json")
    (found,) = json.loads(done.out)
    assert found["ran_on"] == "cuda"
    assert all(layer["time"]["median"] > 0 for layer in found["layers"])
