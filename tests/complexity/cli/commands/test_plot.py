"""``complexity plot`` as a user meets it."""

import sys

import pytest

from tests.complexity.cli.terminal import run

HALF = ("mobilenet", "--alpha", "0.5", "--res", "160")


def test_a_picture_of_the_modules_says_what_it_shows(capsys, tmp_path):
    path = tmp_path / "a.svg"
    assert run(capsys, "plot", *HALF, "-o", str(path)) == (0, "", "")
    drawing = path.read_text()
    assert "mobilenet (document, alpha=0.5), input 1x3x160x160: 304,102,400 macs" in drawing
    assert "Checked: closed form = traced counts in all 83 rows" in drawing


@pytest.mark.parametrize("by", ["module", "kind", "block"])
def test_each_way_and_each_cost_is_drawn_without_a_trace(capsys, tmp_path, by):
    path = tmp_path / "a.png"
    done = run(capsys, "plot", *HALF, "--by", by, "--of", "params", "--no-trace", "-o", str(path))
    assert done == (0, "", "")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_loaded_model_is_drawn(capsys, tmp_path):
    path = tmp_path / "a.svg"
    done = run(capsys, "plot", "torch.nn:Linear", "--arg", "in_features=5", "--arg",
               "out_features=7", "--input", "3x5", "-o", str(path))  # fmt: skip
    assert done == (0, "", "")
    assert "105 macs" in path.read_text()


REFUSED = {
    ("mobilenet",): "Missing option '-o' / '--output'.",
    ("mobilenet", "-o", "a.html"): "--output a.html must end in .png, .svg",
    ("mobilenet", "-o", "no/a.svg"): "--output no/a.svg must lie in a folder that exists",
    ("mobilenet", "--depth", "2", "-o", "a.svg"): "--depth 2 needs --by block",
    ("mobilenet", "--by", "block", "--depth", "0", "-o", "a.svg"):
        "--depth 0 must be an integer of at least 1",
    ("mobilenet", "--by", "layer", "-o", "a.svg"): "--by layer must be one of module, kind, block",
    ("mobilenet", "--of", "flops", "-o", "a.svg"):
        "--of flops must be one of params, macs, elementwise, activations, memory_access",
    ("bogus.py:x", "-o", "a.svg"): "MODEL bogus.py:x was not found: there is no file 'bogus.py'",
}  # fmt: skip


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_bad_input_is_one_sentence_and_status_2(capsys, tmp_path, monkeypatch, arguments):
    monkeypatch.chdir(tmp_path)
    done = run(capsys, "plot", *arguments)
    assert done == (2, "", f"complexity: {REFUSED[arguments]}\n")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_library_is_named_with_its_cure(capsys, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run(capsys, "plot", "mobilenet", "-o", str(tmp_path / "a.svg"))
    assert done.status == 2
    assert done.err.endswith("needs matplotlib: pip install 'complexity-analyzer[plot]'\n")
