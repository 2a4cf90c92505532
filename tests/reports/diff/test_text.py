"""A difference in words: as a terminal and as a pull request show it."""

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from reports.diff.diff import Diff
from reports.diff.text import (
    code,
    diff_markdown,
    diff_text,
    escaped,
    totals_table,
)
from tests.reports.helpers import DISAGREES, MYSTERIES, ROWS, made, row

NASTY = ("a|b", "<b>x</b>", "`tick`", "*star* _under_ __init__", "@user #2 [x](http://y)", "two\nlines",
         "\\|", "&lt;", "a``b", "~~gone~~", "<!-- x", "</details>", "$x$")  # fmt: skip
STEM, BN, CONV, *REST = ROWS
OLD = made()
NEW = made(
    name="new one",
    buffers=251,
    layers=(STEM, replace(BN, name="norm"), replace(CONV, kernel=(5, 5), groups=None), *REST[1:],
            row("tail", macs=1009)),
)  # fmt: skip


def rendered(markdown: str) -> str:
    return MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown)


def cells(markdown: str) -> list[str]:
    return re.findall(r"<td[^>]*><code>([\s\S]*?)</code></td>", rendered(markdown))


def test_the_terminal_sees_totals_layers_and_how_many_stayed():
    text = diff_text(Diff(OLD, NEW))
    assert text.startswith("old: made (paper, alpha=0.5), input 2x3x11x13\nnew: new one (paper,")
    squeezed = re.sub(" +", " ", text)
    assert "macs 2,305,843,009,213,694,683 2,305,843,009,213,695,692 +1,009 +0.00" in squeezed
    assert "params 882 725 -157 -17.80" in squeezed
    assert "buffers 239 251 +12 +5.02" in squeezed
    assert "tail added standard 0 +1,009" in squeezed
    assert "body.0.conv changed kernel 3x3 -> 5x5, groups 5 -> none 0 0" in squeezed
    assert "stem.bn -> norm moved 0 0" in squeezed
    assert "body.0.bn removed batch_norm -157 0" in squeezed
    assert "Layers: 1 changed, 1 added, 1 removed, 1 moved, 4 as they were." in text


def test_what_has_not_changed_needs_no_table():
    text = diff_text(Diff(OLD, OLD))
    assert "Layers: 7 as they were." in text
    assert "layer " not in text


@pytest.mark.parametrize("write", [diff_text, diff_markdown])
def test_what_is_exceeded_is_said(write):
    assert "macs grew by 3." in write(Diff(OLD, NEW), ["macs grew by 3."])


def test_an_unknown_amount_is_never_a_number():
    old, new = made(), made(layers=(*ROWS, *MYSTERIES), unknown={"aten.fft": 3, "aten.svd": 1})
    text = re.sub(" +", " ", diff_text(Diff(old, new)))
    assert "macs (new: at least) 2,3" in text
    assert "params 882" in text
    assert re.search(r"^unknown 0 4 \+4 ?$", text, re.M)
    assert "fft added fft_r2c 0 unknown" in text
    assert "Unknown: aten.fft has no formula and runs 3 times; it ran 0 times." in text
    assert "At least: operations without a formula" in text
    names = [line[0] for line in totals_table(Diff(new, new)).rows]
    assert names[:2] == ["params", "macs, at least"]


def test_a_cost_alone_that_changed_is_named():
    dearer = replace(STEM, cost=replace(STEM.cost, memory_access=109))
    assert "changed   memory access" in diff_text(Diff(OLD, made(layers=(dearer, *ROWS[1:]))))


def test_shapes_and_numbers_are_written_as_in_a_report():
    new = replace(STEM, in_shapes=((1, 2), (3,)), out_shape=(), calls=1000, known=False)
    text = diff_text(Diff(made(layers=(STEM,)), made(layers=(new,))))
    assert (
        "input 2x3x11x13 -> 1x2 and 3, output 2x5x7x17 -> none, calls 1 -> 1,000, known yes -> no"
        in text
    )


def test_another_convention_and_a_check_that_failed_are_said():
    text = diff_text(Diff(made(convention="half"), made(verdict=DISAGREES)))
    assert "The two are counted by different conventions." in text
    assert "Convention (old): half." in text
    assert "Checked (new): NOT confirmed: 1 difference between counts." in text


@pytest.mark.parametrize("name", NASTY)
def test_a_pull_request_shows_a_name_as_it_is(name):
    diff = Diff(made(layers=()), made(name=name, layers=(row(name, "odd|<kind>", macs=3),)))
    page = rendered(diff_markdown(diff, [f"{name} grew."]))
    html = (
        page.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    )
    assert html.count(f"<code>{name}</code>") == 1
    assert html.count(f"<code>{name} (paper, alpha=0.5), input 2x3x11x13</code>") == 1
    assert html.count(f"{name} grew.") == 1
    tags = set(re.findall(r"</?(\w+)", page))
    assert tags <= {"h3", "p", "code", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td",
                    "details", "summary"}  # fmt: skip
    assert page.count("<td") == 5 * (1 + 8)
    assert page.count("</details>") == 1


def test_no_backtick_at_or_hash_is_left_where_github_would_look():
    assert not set("`@#*[|<") & set(escaped("`@#*[|<").replace("&#", ""))
    assert code("conv#2") == "<code>conv&#35;2</code>"
    assert escaped("layer_norm.2 (a) 5 %") == "layer_norm.2 (a) 5 %"


def test_many_changes_are_cut_so_that_a_comment_holds_them():
    many = tuple(row(f"body.{n}.some.quite.long.name.of.a.layer", macs=n) for n in range(1009))
    text = diff_markdown(Diff(made(layers=()), made(layers=many)))
    assert "The 100 largest of 1,009 changes are shown." in text
    assert len(cells(text)) == 100
    assert "body.1008." in text
    assert "body.908." not in text
    assert len(text) < 65_536
    assert "shown" not in diff_markdown(Diff(made(layers=()), made(layers=many[:100])))
