"""The command: formats, exit statuses, bad input."""

import json

import pytest

from tests.complexity.cli.terminal import run
from tests.conftest import installed

TEXT = """\
squeezenet, input 1x3x32x32: from our macs to fvcore's flops

step                                           adds         sum
-----------------------------------------  --------  ----------
complexity: macs                                     53,280,768
two per batch-norm element                 +731,136  54,011,904
one per adaptively averaged input element    +1,600  54,013,504
fvcore: flops                                        54,013,504

Verified: fvcore """


def test_the_text_sums_up(capsys):
    done = run(capsys, "bridge", "squeezenet", "--to", "fvcore")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith(TEXT)


def test_markdown_and_json_say_the_same(capsys, tmp_path):
    markdown = run(capsys, "bridge", "squeezenet", "--to", "fvcore", "--format", "markdown").out
    assert "| two per batch-norm element                | +731,136 | 54,011,904 |" in markdown
    file = tmp_path / "bridge.json"
    done = run(
        capsys, "bridge", "squeezenet", "--to", "fvcore", "--format", "json", "-o", str(file)
    )
    assert (done.status, done.out) == (0, "")
    said = json.loads(file.read_text())
    assert said["steps"][0] == {"why": "two per batch-norm element", "figure": 731136}
    assert said["ours"] + sum(step["figure"] for step in said["steps"]) == said["total"]
    assert said["call"] == "FlopCountAnalysis(model, x).total(), after model.eval(), on the CPU"
    assert f"\n\nCall: {said['call']}.\n" in markdown
    assert (said["verified"], said["agrees"], said["remainder"]) == (True, True, 0)


def test_a_loaded_model_is_bridged(capsys):
    installed("thop")
    shapes = ["--input", "5x8"] * 3
    settings = ["--arg", "embed_dim=8", "--arg", "num_heads=2"]
    done = run(capsys, "bridge", "torch.nn:MultiheadAttention", *settings, *shapes, "--to", "thop")
    assert done.status == 0
    assert "fc outside of the modules that it counts      -1,280" in done.out
    assert " gives 0.\n" in done.out


def test_what_is_left_over_is_shown_and_fails(capsys):
    said = ("mobilenetv2", "--variant", "paper", "--alpha", "1.4", "--to", "paper")
    done = run(capsys, "bridge", *said, "--of", "params")
    assert done.status == 1
    assert "not explained: no count comes near" in done.out
    assert "; +791,224 have no known reason." in done.out


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (("mobilenet",), "complexity: --to must be given: one of fvcore, torch"),
        (("mobilenet", "--to", "them"), "complexity: --to them must be one of fvcore, torch"),
        (("mobilenet", "--to", "thop", "--of", "x"), "complexity: --of x must be one of macs"),
        (("torch.nn:ReLU", "--to", "paper"), "complexity: --to paper is for the five networks"),
        (("mobilnet", "--to", "thop"), "complexity: there is no network 'mobilnet'"),
        (("mobilenet", "--to", "thop", "--input", "1x3x8x8"), "complexity: --input 1x3x8x8 is "),
        (("torch.nn:ReLU", "--to", "thop", "--alpha", "1"), "complexity: --alpha 1 is an option"),
        (("mobilenet", "--to", "paper", "--alpha", "0.6"), "complexity: mobilenet alpha=0.6: no "),
    ],
)
def test_bad_input_is_one_sentence(capsys, said, words):
    done = run(capsys, "bridge", *said)
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith(words)
    assert done.err.count("\n") == 1
