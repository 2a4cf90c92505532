"""The line below a document-variant report: the paper's totals and what was printed."""

import pytest

from formulas.networks import network
from formulas.networks.paper_numbers import PUBLISHED, published
from reports.render import number_format as numbers
from reports.text.paper_line import paper_line

SETTING = {
    "squeezenet": None,
    "mobilenet": "alpha",
    "mobilenetv2": "alpha",
    "shufflenet": "groups",
    "shufflenetv2": "ratio",
}


def paper(name: str, setting=None, **options):
    option = SETTING[name]
    own = {option: setting} if option and setting is not None else {}
    return network(name, variant="paper", **own, **options)


@pytest.mark.parametrize(
    "entry", PUBLISHED, ids=lambda e: f"{e.network}-{e.setting}-{e.resolution}"
)
def test_every_published_number_is_shown_with_its_source(entry):
    closed = paper(entry.network, entry.setting, resolution=entry.resolution)
    line = paper_line(closed)
    said = [f"{entry.params} params"] * bool(entry.params) + [f"{entry.macs} macs"] * bool(
        entry.macs
    )
    assert said
    assert line.endswith(f"; published: {', '.join(said)} ({entry.source}).")
    size = f"{entry.resolution}x{entry.resolution}"
    assert line.startswith(f"The paper's variant for one image at {size} with 1000 classes: ")
    assert f"{numbers.millions(closed.cost.params)} params" in line
    assert f"{numbers.millions(closed.cost.macs)} macs" in line


def test_nobody_mistakes_the_document_for_the_paper():
    line = paper_line(paper("mobilenet", 0.5, resolution=160))
    assert line == (
        "The paper's variant for one image at 160x160 with 1000 classes: 1.33 M params, 76.52 M macs; "
        "published: 1.32 M params, 76 M macs (arXiv 1704.04861, table 9)."
    )


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("mobilenet", {"setting": 0.37}),
        ("mobilenet", {"resolution": 223}),
        ("mobilenet", {"resolution": (224, 192)}),
        ("mobilenet", {"classes": 999}),
        ("mobilenet", {"batch": 2}),
        ("mobilenetv2", {"setting": 0.75}),
        ("squeezenet", {"resolution": 160}),
        ("shufflenet", {"resolution": 160, "setting": 3}),
        ("shufflenetv2", {"setting": 0.5}),
    ],
)
def test_nothing_is_published_for_other_settings(name, options):
    closed = paper(name, **options)
    assert published(closed) is None
    line = paper_line(closed)
    assert "published" not in line
    assert line.endswith(" macs.")


def test_nothing_is_published_for_the_document_variant():
    assert published(network("mobilenet", alpha=0.5, resolution=160, classes=1000)) is None


def test_both_sides_of_a_map_are_shown():
    assert "at 96x160 with" in paper_line(paper("mobilenet", resolution=(96, 160)))
