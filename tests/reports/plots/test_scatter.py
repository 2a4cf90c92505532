"""Plots: whole files of each kind, and no markup from a name."""

import xml.etree.ElementTree as ElementTree

import pytest

from reports.plots.scatter import Line, Panel, Points, drawn

NASTY = "<b>$x_1$</b>"
PANEL = Panel(
    "a & b", "x", "y",
    (Points(NASTY, [2.0, 3.0], [5.0, 7.0], [NASTY, "two"], [4.0, 6.0], [6.0, 11.0]),
     Points("bare", [13.0], [17.0], ["three"])),
    (Line("roof", [1.0, 19.0], [1.0, 23.0]),),
)  # fmt: skip


def test_a_png_is_whole():
    content = drawn([PANEL, PANEL], "x.png")
    assert content.startswith(b"\x89PNG\r\n")
    assert content.endswith(b"IEND\xaeB`\x82")


def test_an_svg_is_whole_and_the_same_each_time():
    content = drawn([PANEL], "x.svg")
    assert ElementTree.fromstring(content).tag.endswith("svg")
    assert b"roof" in content
    assert content == drawn([PANEL], "x.svg")


def test_a_page_needs_no_network_and_shows_names_as_text():
    content = drawn([PANEL], "x.html").decode()
    assert content.rstrip().endswith("</html>")
    assert "src=" not in content.partition("<body>")[0]
    assert "<script src" not in content
    assert "b>$x" not in content
    assert "003e$x" not in content
    assert "&lt;b&gt;$x_1$" in content


def test_a_panel_without_points_is_still_a_picture():
    assert drawn([Panel("none", "x", "y", (), PANEL.lines)], "x.png")


def test_a_legend_names_a_model_of_a_private_module():
    panel = Panel("a", "x", "y", (Points("_net:f", [3.0], [5.0], ["_net:f"]),))
    said = [text.strip() for text in ElementTree.fromstring(drawn([panel], "x.svg")).itertext()]
    assert "_net:f" in said


@pytest.mark.parametrize("path", ["x.svg", "x.png", "x.html"])
def test_a_name_is_drawn_whatever_it_contains(path):
    name = "a\x00\x1b[31m\ud800 卷积 <b>$"
    points = Points(name, [3.0], [5.0], [name])
    content = drawn(
        [Panel(name, "params", "macs", (points,), (Line(name, [3, 7], [5, 11]),))], path
    )
    if path == "x.svg":
        said = [text for text in ElementTree.fromstring(content).itertext() if "卷积" in text]
        assert said == [r"a\u0000\u001b[31m\ud800 卷积 <b>$"] * 3
