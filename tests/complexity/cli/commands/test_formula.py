"""The command: its formats, and one sentence for what is wrong."""

import json

import pytest

from tests.complexity.cli.terminal import run

CONV = (
    "torch.nn:Conv2d",
    "--arg",
    "in_channels=3",
    "--arg",
    "out_channels=8",
    "--arg",
    "kernel_size=3",
)


def test_a_network_in_text(capsys):
    done = run(capsys, "formula", "shufflenet", "--variant", "paper", "--in", "batch,res")
    assert (done.status, done.err) == (0, "")
    assert "macs          = 648 N ceil(r/2)^2 + 1440 N ceil(r/4)^2 + " in done.out


def test_a_module_in_every_format(capsys, tmp_path):
    for form, part in (
        ("text", "macs          = 216 N r^2 - 864 N r + 864 N\n"),
        ("latex", r"\mathrm{macs} &= 216 \, N \, r^{2} - 864 \, N \, r + 864 \, N"),
        ("python", "return int(216*N*r**2 - 864*N*r + 864*N)"),
        ("sympy", "macs = sympify('216*N*r**2 - 864*N*r + 864*N'"),
    ):
        done = run(capsys, "formula", *CONV, "--input", "Nx3xrxr", "--format", form)
        assert done.status == 0
        assert part in done.out
    path = tmp_path / "formula.json"
    done = run(capsys, "formula", *CONV, "--input", "Nx3xrxr", "--format", "json", "-o", str(path))
    found = json.loads(path.read_text())
    assert (done.out, found["expressions"][0]["params"]["text"]) == ("", "224")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mobilenet", "--in", "seq"], "--in seq must be among batch, res, alpha, which this network leaves open"),
        (["mobilenet", "--at", "r=5"], "--at r=5 is for models that are traced"),
        (["mobilenet", "--at", "5"], "--at 5 must be NAME=SIZE, such as r=448"),
        (["mobilenet", "--by", "kind", "--format", "python"], "--by kind is for text, latex and json, not for --format python"),
        (["mobilenet", "--by", "size"], "--by size must be one of total, kind, layer"),
        (["nothing"], "there is no network 'nothing': choose from squeezenet, mobilenet, mobilenetv2, shufflenet, shufflenetv2"),
        ([*CONV, "--input", "1x3x8x8"], "--input 1x3x8x8 must leave a size open, by a name in its place, such as Nx3xrxr"),
        ([*CONV], "--input must be given, such as --input 1x3x224x224 or --input input_ids=1x128:int64"),
        ([*CONV, "--input", "Nx3xrxr", "--in", "res"], "--in res is for default inputs; those of --input name their own sizes"),
        ([*CONV, "--input", "Nx3xrxr", "--at", "S=3"], "--at S must be an open size: N, r"),
        ([*CONV, "--input", "Nx3xrxr", "--alpha", "1"], "--alpha 1 is an option of the five networks, not of torch.nn:Conv2d; see --arg"),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(capsys, arguments, said):
    done = run(capsys, "formula", *arguments)
    assert (done.status, done.out, done.err) == (2, "", f"complexity: {said}\n")
