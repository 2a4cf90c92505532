"""``complexity roofline`` as a user meets it."""

import csv
import io
import json
from fractions import Fraction

import pytest
import torch

from complexity.profiling import device_benchmark as measuring
from formulas import network
from reports.roofline.devices import Device, devices
from tests.complexity.cli.terminal import run

SMALL = ("mobilenet", "--alpha", "0.25", "--res", "37", "--no-trace")
T4 = (*SMALL, "--device", "t4")


def test_alone_it_lists_the_devices_with_their_sources(capsys):
    done = run(capsys, "roofline")
    assert (done.status, done.err) == (0, "")
    for key, device in devices().items():
        assert f"\n{key} " in done.out
        assert device.source in done.out
    assert (
        "\nDerived: epyc-7742, float32 = 64 x 3.4e9 x 32: cores, clock, flops a cycle.\n"
        in done.out
    )
    one = run(capsys, "roofline", "--device", "t4", "--format", "csv").out
    assert [row["device"] for row in csv.DictReader(io.StringIO(one))] == ["t4"]
    found = json.loads(run(capsys, "roofline", "--format", "json").out)
    assert [each["device"] for each in found] == list(devices())
    assert run(capsys, "roofline", "--format", "markdown").out.startswith("| device ")


def test_every_form_carries_one_total(capsys):
    device = devices()["t4"]
    closed = network("mobilenet", alpha=0.25, resolution=37)
    whole = sum(
        max(Fraction(p.cost.flops, device.peak["float32"]),
            Fraction(4 * p.cost.memory_access, device.bandwidth))
        for p in closed.layers
    )  # fmt: skip
    found = json.loads(run(capsys, "roofline", *T4, "--format", "json").out)
    assert found["seconds"] == float(whole)
    for by in ("layer", "kind"):
        text = run(capsys, "roofline", *T4, "--by", by, "--format", "csv").out
        rows = list(csv.DictReader(io.StringIO(text)))
        assert sum(float(row["bound us"]) for row in rows) == pytest.approx(float(whole) * 1e6)
        assert sum(int(row["flops"]) for row in rows) == closed.cost.flops
    for form in ("text", "markdown"):
        done = run(capsys, "roofline", *T4, "--format", form)
        assert f"Bound: {float(whole) * 1e6:.3f} us: " in done.out
        assert device.source in done.out


def test_a_trace_changes_nothing_of_a_network(capsys):
    assert run(capsys, "roofline", *T4) == run(capsys, "roofline", *T4[:-3], *T4[-2:])


def test_an_unknown_operation_stays_unknown(capsys, tmp_path):
    path = tmp_path / "odd.py"
    path.write_text(
        "import torch\n"
        "class Odd(torch.nn.Module):\n"
        "    def forward(self, x):\n"
        "        return torch.linalg.svdvals(x)\n"
    )
    done = run(capsys, "roofline", f"{path}:Odd", "--input", "5x7", "--device", "t4")
    assert done.status == 0
    assert "Unknown: 1 layer without a formula (_linalg_svd)" in done.out


def test_the_users_own_device(capsys, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text("bandwidth = 1e9\n[peak]\nint8 = 1e12\n")
    done = run(capsys, "roofline", *SMALL, "--device", str(path), "--dtype", "int8", "--top", "3")
    assert done.status == 0
    assert f"Device: mine: 1.00 T op/s in int8, 1.00 G B/s. Source: {path}." in done.out


def test_this_machine_is_measured_where_it_is_asked_for(capsys, monkeypatch):
    asked = []

    def measured(dtype, device):
        asked.append((dtype, device))
        return Device("measured", "this", "own", "a clock", 10**9, {dtype: 10**10})

    monkeypatch.setattr(measuring, "measured_device", measured)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    for name in ("measure", "measure:cpu", "measure:cuda"):
        done = run(capsys, "roofline", *SMALL, "--device", name, "--dtype", "bfloat16")
        assert (done.status, done.err) == (0, "")
        assert ", on measured, bfloat16\n" in done.out
    assert asked == [("bfloat16", "cpu")] * 2 + [("bfloat16", "cuda")]


HALF = """
from torch import bfloat16, nn

def model():
    return nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 11)).to(bfloat16)
"""


@pytest.fixture
def half(tmp_path):
    """The arguments of a model in bfloat16, and a device that has a peak for it."""
    (tmp_path / "half.py").write_text(HALF)
    toml = "bandwidth = 7\nname = 'Toy'\n[peak]\nbfloat16 = 53\nfloat32 = 13\n"
    (tmp_path / "toy.toml").write_text(toml)
    return f"{tmp_path}/half.py:model", "--input", "3x5:bfloat16", f"{tmp_path}/toy.toml"


def test_a_model_is_bound_in_its_own_data_type(capsys, half):
    *model, device = half
    done = run(capsys, "roofline", *model, "--device", device, "--format", "json")
    found = json.loads(done.out)
    assert (found["dtype"], found["own_dtypes"]) == ("bfloat16", ["bfloat16"])
    first = found["layers"][0]
    assert first["bytes"] == 2 * (3 * 5 + 3 * 7 + 5 * 7 + 7)
    assert first["seconds"] == max(2 * 3 * 5 * 7 / 53, first["bytes"] / 7)
    text = run(capsys, "roofline", *model, "--device", device, "--dtype", "float32").out
    assert "\nData type: as if float32; the model's own: bfloat16.\n" in text
    assert ", on toy, float32\n" in text


def test_a_device_without_a_figure_for_the_models_type_is_one_sentence(capsys, half):
    *model, _ = half
    for command, option in (("roofline", "--device"), ("time", "--bound")):
        done = run(capsys, command, *model, option, "t4")
        said = "is what 0 computes in, and has no figure for t4, which has float32, float16, int8"
        assert done == (2, "", f"complexity: --dtype bfloat16 {said}\n")


def test_this_machine_is_measured_in_the_models_own_types(capsys, monkeypatch, half):
    def measured(dtype, device):
        return Device("here", "this", "own", dtype, 10**9, {dtype: 10**10}, {dtype: "a clock"})

    monkeypatch.setattr(measuring, "measured_device", measured)
    *model, _ = half
    done = run(capsys, "roofline", *model, "--device", "measure")
    assert "Device: this: 10.00 G op/s in bfloat16, 1.00 G B/s. Source: bfloat16." in done.out


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
@pytest.mark.parametrize(
    "arguments",
    [("roofline", *SMALL, "--device"), ("roofline", "--device"), ("time", "mobilenet", "--bound")],
    ids=" ".join,
)
def test_a_gpu_that_is_not_there_is_named_as_it_was_typed(capsys, arguments):
    done = run(capsys, *arguments, "measure:cuda")
    option = arguments[-1]
    said = f"complexity: {option} measure:cuda must be there: torch sees no such device\n"
    assert done == (2, "", said)


@pytest.mark.parametrize("suffix", ["png", "svg", "html"])
def test_a_plot_is_written_whole_beside_the_table(capsys, tmp_path, suffix):
    path = tmp_path / f"roof.{suffix}"
    path.write_text("old")
    done = run(capsys, "roofline", *T4, "--plot", str(path))
    assert done.out == run(capsys, "roofline", *T4).out
    assert path.stat().st_size > 5_000
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


NAMES = ", ".join(devices())
REFUSED = {
    SMALL: "--device must be given; complexity roofline alone lists them",
    (*SMALL, "--device", "t5"):
        f"--device t5 must be measure, a file that ends in .toml, or one of {NAMES}",
    ("--device", "t5"): f"--device t5 must be measure, a file that ends in .toml, or one of {NAMES}",
    (*SMALL, "--device", "measure:tpu"): "--device measure:tpu must be measure or measure:cuda",
    (*SMALL, "--device", "no.toml"): "--device no.toml cannot be read: no such file or directory",
    (*T4, "--dtype", "bfloat16"):
        "--dtype bfloat16 has no figure for t4, which has float32, float16, int8",
    (*T4, "--dtype", "fp32"):
        "--dtype fp32 must be one of float64, float32, tf32, float16, bfloat16, int8",
    (*SMALL, "--device", "measure", "--dtype", "int8"):
        "--dtype int8 cannot be measured through torch, which multiplies float64, float32, "
        "float16, bfloat16",
    (*T4, "--top", "0"): "--top 0 must be an integer of at least 1",
    (*T4, "--by", "block"): "--by block must be one of layer, kind",
    (*T4, "--plot", "roof.pdf"): "--plot roof.pdf must end in .png, .svg, .html",
    (*T4, "--plot", "no/roof.png"): "--plot no/roof.png must lie in a folder that exists",
    ("--plot", "roof.png"): "--plot roof.png needs a MODEL",
    (*T4, "--input", "1x3"): "--input 1x3 is for models that are loaded, such as timm:resnet18",
    ("mobilnet", "--device", "t4"):
        "there is no network 'mobilnet': did you mean 'mobilenet' or 'mobilenetv2'?",
}  # fmt: skip


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_bad_input_is_one_sentence_and_status_2(capsys, arguments):
    done = run(capsys, "roofline", *arguments)
    assert done == (2, "", f"complexity: {REFUSED[arguments]}\n")


AUTOCAST = """
import torch
from torch import nn


class Cast(nn.Module):
    def __init__(self, kind="cpu"):
        super().__init__()
        self.layer, self.kind = nn.Linear(1024, 1024), kind

    def forward(self, x):
        with torch.autocast(self.kind, torch.bfloat16):
            return self.layer(x)


def complexes():
    return nn.Linear(5, 7, dtype=torch.complex64)
"""


@pytest.fixture
def cast(tmp_path):
    path = tmp_path / "cast.py"
    path.write_text(AUTOCAST, encoding="utf-8")
    return str(path)


def test_under_autocast_the_bound_is_that_of_what_is_multiplied(capsys, cast):
    a100 = devices()["a100-sxm4-80gb"]
    done = run(capsys, "roofline", f"{cast}:Cast", "--input", "1024x1024", "--device", a100.key,
               "--format", "json")  # fmt: skip
    found = json.loads(done.out)
    assert found["dtype"] == "bfloat16"
    assert found["seconds"] == 2 * 1024**3 / a100.peak["bfloat16"]
    assert found["layers"][0]["bytes"] == 1024 * (1024 * (4 + 4 + 2) + 4)
    assert found["notes"] == []


@pytest.mark.filterwarnings("ignore:CUDA is not available")
def test_autocast_that_did_not_act_is_named(capsys, cast):
    done = run(capsys, "roofline", f"{cast}:Cast", "--arg", "kind=cuda", "--input", "3x1024",
               "--device", "t4")  # fmt: skip
    assert ", on t4, float32\n" in done.out
    assert "\nNot applied: autocast for cuda; the run was on meta, " in done.out


def test_no_floating_type_stands_for_a_complex_one(capsys, cast):
    done = run(capsys, "roofline", f"{cast}:complexes", "--input", "3x5:complex64", "--device", "t4",
               "--dtype", "float16")  # fmt: skip
    assert (done.status, done.out) == (2, "")
    assert (
        "--dtype float16 cannot stand for complex64, which is what Linear computes in" in done.err
    )
