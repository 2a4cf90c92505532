"""``complexity diff``: saved reports and models, gates and their exit status."""

import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from complexity import analyze
from reports.diff.diff import Diff
from tests.complexity.cli.terminal import run

FACTORY = """
import torch
def small(width=3, odd=False):
    layers = [torch.nn.Conv2d(2, width, 3), torch.nn.Conv2d(width, 5, 1)]
    return torch.nn.Sequential(*layers, *[Odd()] * odd), torch.zeros(1, 2, 7, 11)
class Odd(torch.nn.Module):
    def forward(self, x):
        return torch.linalg.svdvals(x)
"""


@pytest.fixture
def saved(tmp_path, capsys, monkeypatch):
    """Reports of the factory, saved with some arguments."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.py").write_text(FACTORY)

    def save(name, *arguments):
        words = [word for each in arguments for word in ("--arg", each)]
        done = run(capsys, "report", "model.py:small", *words, "--format", "json", "-o", name)
        assert done.status == 0, done.err
        return name

    return save


def test_a_planted_increase_fails_and_is_told(capsys, saved):
    old, new = saved("old.json"), saved("new.json", "width=4")
    # by hand: 5 * 9 positions, 3 * 2 * 9 + 5 * 3 = 69 macs each, and 4 * 2 * 9 + 5 * 4 = 92
    gate = (
        "--max-increase",
        "macs=33%",
        "--max-increase",
        "params=23",
        "--max-increase",
        "flops=34%",
    )
    done = run(capsys, "diff", old, new, *gate)
    assert done.status == 1
    assert done.err == ""
    assert done.out.endswith(
        "macs grew by 1,035 (33.33 %), from 3,105 to 4,140: at most 33 % is allowed.\n"
        "params grew by 24 (31.17 %), from 77 to 101: at most 23 is allowed.\n"
    )
    assert run(capsys, "diff", old, new, "--max-increase", "macs=34%").status == 0
    assert run(capsys, "diff", new, old, "--max-increase", "macs=0").status == 0


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_what_is_for_machines_is_told_on_the_other_channel_too(capsys, saved, form):
    old = saved("old.json")
    done = run(capsys, "diff", old, "model.py:small", "--arg", "width=4", "--format", form,
               "--max-increase", "macs=5%", "-o", "diff.out")  # fmt: skip
    sentence = "macs grew by 1,035 (33.33 %), from 3,105 to 4,140: at most 5 % is allowed."
    assert (done.status, done.out, done.err) == (1, "", f"complexity: {sentence}\n")
    with open("diff.out", encoding="utf-8") as file:
        text = file.read()
    if form == "json":
        found = json.loads(text)
        assert found["exceeded"] == [sentence]
        assert found["changes"]["macs"] == 1035
        assert [each["change"] for each in found["layers"]] == ["changed", "changed"]
    else:
        page = MarkdownIt("commonmark").enable("table").render(text)
        assert f"<strong>Exceeded:</strong> {sentence}" in page
        assert "<details>" in page
        assert page.count("<table>") == 2


def test_an_operation_without_a_formula_that_came_is_a_growth_nobody_knows(capsys, saved):
    old, new = saved("old.json"), saved("new.json", "odd=True")
    done = run(capsys, "diff", old, new, "--max-increase", "macs=900%")
    assert done.status == 1
    assert "macs grew by an unknown amount: aten._linalg_svd has no formula" in done.out
    assert run(capsys, "diff", old, new, "--max-increase", "unknown=0").status == 1
    both = ("--max-increase", "macs=0", "--max-increase", "unknown=1")
    assert run(capsys, "diff", old, new, *both).status == 0


def test_two_models_without_torch_or_with_options_of_their_own(capsys):
    done = run(
        capsys, "diff", "mobilenet", "shufflenet", "--alpha", "0.5", "--groups", "2", "--no-trace"
    )
    assert done.status == 0
    assert "old: mobilenet (document, alpha=0.5)" in done.out
    assert "new: shufflenet (document, groups=2)" in done.out


def test_a_check_that_failed_is_a_failure_here_too(capsys, saved, tmp_path):
    document = json.loads((tmp_path / saved("old.json")).read_text())
    document["check"]["agrees"] = False
    document["check"]["differences"] = [
        {
            "layer": "0",
            "field": "macs",
            "closed": 3,
            "counted": 5,
            "by": "trace",
            "reason": "planted",
        }
    ]
    (tmp_path / "bad.json").write_text(json.dumps(document))
    done = run(capsys, "diff", "bad.json", "old.json")
    assert done.status == 1
    assert "Checked (old): NOT confirmed: 1 difference between counts." in done.out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("old.json", "gone.json"), "gone.json cannot be read: no such file or directory"),
        (("old.json", "text.json"), "text.json must be JSON: Expecting value: line 1 column 1 (char 0)"),
        (("old.json", "two.json"), "MODEL old.json two.json must be two reports: the files hold 3"),
        (("old.json", "old.json", "--alpha", "1"), "--alpha 1 is an option of none of old.json, old.json"),
        (("old.json", "old.json", "--no-trace"), "--no-trace is for the five networks: old.json is saved"),
        (("old.json", "mobilnet"), "there is no network 'mobilnet': did you mean 'mobilenet' or 'mobilenetv2'?"),
        (("old.json", "old.json", "--max-increase", "macs=lots"),
         "--max-increase macs=lots must be such as macs=5% or params=100K"),
        (("old.json", "old.json", "--max-increase", "speed=5%"),
         "--max-increase speed must name one of params, macs, flops, elementwise, activations, "
         "memory_access, buffers, unknown"),
        (("old.json",), "Missing argument 'NEW'."),
    ],
)  # fmt: skip
def test_bad_input_is_one_sentence(capsys, saved, tmp_path, words, said):
    one = (tmp_path / saved("old.json")).read_text()
    (tmp_path / "two.json").write_text(f"[{one}, {one}]")
    (tmp_path / "text.json").write_text("no JSON")
    done = run(capsys, "diff", *words)
    assert (done.status, done.out, done.err) == (2, "", f"complexity: {said}\n")


LAYERS = {
    "fc": lambda: torch.nn.Linear(7, 7),
    "no bias": lambda: torch.nn.Linear(7, 7, bias=False),
    "norm": lambda: torch.nn.LayerNorm(7),
    "relu": torch.nn.ReLU,
    "block": lambda: torch.nn.Sequential(torch.nn.Linear(7, 5), torch.nn.Linear(5, 7)),
}


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from([*LAYERS]), max_size=6), st.integers(0, 6), st.sampled_from([*LAYERS])
)
def test_a_layer_put_into_a_sequence_of_torchs_is_all_that_is_told(names, place, extra):
    def report(names):
        model = torch.nn.Sequential(torch.nn.Linear(7, 7), *(LAYERS[name]() for name in names))
        return analyze(model, torch.zeros(3, 7))

    old, new = report(names), report([*names[:place], extra, *names[place:]])
    alone = analyze(torch.nn.Sequential(LAYERS[extra]()), torch.zeros(3, 7))
    for found, word in ((Diff(old, new), "added"), (Diff(new, old), "removed")):
        assert {each.change for each in found.changes} == {word}
        assert len(found.changes) == len(alone.layers)
        assert found.unchanged == len(old.layers)
    assert new.params - old.params == alone.params
    assert new.macs - old.macs == alone.macs
