"""The page of a report in a real browser: what it shows, and what it does when it is used."""

import re

import pytest
from playwright.sync_api import Page, expect

from formulas.core.memory_traffic import bytes_moved
from formulas.networks import network
from reports.html.page import report_page
from reports.model.report import report_of
from tests.reports.helpers import HUGE, MYSTERIES, ROWS, made, row

NASTY = '</script><script>alert(1)</script><b>"x"</b>&amp;%{text}$y$'
NETWORK = report_of(network("mobilenet", alpha=0.5, resolution=160))
UNKNOWN = made(layers=(*ROWS, *MYSTERIES), unknown={"aten.fft_r2c": 1, "aten.svd": 2})


@pytest.fixture(scope="module")
def mobilenet() -> str:
    return report_page(NETWORK)


@pytest.fixture(scope="module")
def unknown() -> str:
    return report_page(UNKNOWN)


def names(page: Page) -> list[str]:
    """The layers that are seen, in their order."""
    return page.locator("#layers tbody tr:visible th").all_inner_texts()


def head(page: Page, column: str, table: str = "layers"):
    return page.locator(f"#{table}").get_by_role("button", name=column, exact=True)


def marked(page: Page) -> dict[str, str]:
    """The columns that are said to be sorted, and how."""
    heads = page.locator("#layers thead th:not([aria-sort=none])").all()
    return {each.inner_text().strip(): each.get_attribute("aria-sort") for each in heads}


def trail(page: Page) -> str:
    return " > ".join(page.locator("#trail li").all_inner_texts())


def area(page: Page, label: str):
    """The areas whose label begins like this."""
    return page.locator("#map g.slice").filter(has_text=re.compile(f"^{re.escape(label)}\\s"))


# Sorting and filtering.


def test_a_column_is_sorted_by_its_exact_figures_and_back(opened, mobilenet):
    page = opened(mobilenet)
    given = [each.name for each in NETWORK.layers]
    dearest = [each.name for each in sorted(NETWORK.layers, key=lambda each: -each.macs)]
    cheapest = [each.name for each in sorted(NETWORK.layers, key=lambda each: each.macs)]
    for order, said in ((dearest, "descending"), (cheapest, "ascending"), (given, None)):
        head(page, "macs").click()
        assert names(page) == order
        assert marked(page) == ({"macs": said} if said else {})
    head(page, "layer").click()
    assert marked(page) == {"layer": "ascending"}
    assert names(page)[0] == min(given)
    head(page, "params").click()
    assert marked(page) == {"params": "descending"}


@pytest.mark.slow
def test_what_is_unknown_comes_last_either_way_and_no_digit_is_lost(opened):
    close = [row(f"r{n}", macs=HUGE + n) for n in (1, 3, 0, 2)]  # one float holds all of them
    page = opened(report_page(made(layers=(*MYSTERIES, *close), unknown={"odd": 1})))
    head(page, "macs").click()
    assert names(page) == ["r3", "r2", "r1", "r0", "svd", "fft"]
    head(page, "macs").click()
    assert names(page) == ["svd", "r0", "r1", "r2", "r3", "fft"]
    head(page, "macs %").click()  # r0 to r3 are all 25.00, svd is 0.00
    assert names(page) == ["r1", "r3", "r0", "r2", "svd", "fft"]
    head(page, "macs %").click()
    assert names(page) == ["svd", "r1", "r3", "r0", "r2", "fft"]


@pytest.mark.slow
def test_each_table_is_sorted_for_itself(opened, mobilenet):
    page = opened(mobilenet)
    head(page, "macs", "kinds").click()
    assert page.locator("#kinds tbody th").first.inner_text() == "pointwise"
    assert names(page) == [each.name for each in NETWORK.layers]
    assert marked(page) == {}


def test_words_and_a_kind_filter_the_layers(opened, mobilenet):
    page = opened(mobilenet)
    count = page.locator("#count")
    expect(count).to_have_text("83 of 83 rows shown.")
    page.get_by_label("Filter").fill("CONV3 bn")
    wanted = [each.name for each in NETWORK.layers if "conv3" in each.name and ".bn" in each.name]
    assert names(page) == wanted
    expect(count).to_have_text(f"{len(wanted)} of 83 rows shown.")
    page.get_by_label("Filter").fill("")
    page.get_by_label("Kind", exact=True).select_option("fc")
    assert names(page) == ["fc"]
    page.get_by_label("Filter").fill("no such layer")
    assert names(page) == []
    expect(count).to_have_text("0 of 83 rows shown.")
    page.get_by_label("Filter").fill("")
    page.get_by_label("Kind", exact=True).select_option("")
    page.get_by_label("Filter").fill("32 * 64")  # of a formula
    assert "conv1.0.pointwise.conv" in names(page)
    head(page, "macs").click()  # what is hidden stays hidden
    assert len(names(page)) < 83


# The map.


def test_a_click_zooms_in_and_a_click_on_the_module_itself_zooms_out(opened, mobilenet):
    page = opened(mobilenet)
    assert trail(page) == f"mobilenet: {NETWORK.macs:,}"
    area(page, "conv3").click()
    inside = sum(each.macs for each in NETWORK.layers if each.name.startswith("conv3"))
    assert trail(page) == f"mobilenet > conv3: {inside:,}"
    assert page.locator("#inside li").count() == 6
    expect(area(page, "stem")).to_have_count(0)
    seen = page.locator("#map .slice text").all_text_contents()
    area(page, "conv").first.click()  # a layer has nothing inside
    page.wait_for_timeout(1000)  # plotly would be done with its own zoom
    assert page.locator("#map .slice text").all_text_contents() == seen
    area(page, "conv3").click()
    assert trail(page).startswith("mobilenet: ")
    expect(area(page, "stem")).to_have_count(1)


@pytest.mark.slow
def test_the_list_zooms_by_keyboard_and_shows_exact_figures(opened, mobilenet):
    page = opened(mobilenet)
    page.locator("#inside button", has_text="conv1").focus()
    page.keyboard.press("Enter")
    assert trail(page).startswith("mobilenet > conv1: ")
    assert page.evaluate("document.activeElement.closest('#inside') !== null")
    page.keyboard.press("Space")  # the first module inside has the focus
    assert trail(page).startswith("mobilenet > conv1 > 0: ")
    texts = page.locator("#inside li").all_inner_texts()
    depthwise = sum(
        each.macs for each in NETWORK.layers if each.name.startswith("conv1.0.depthwise")
    )
    assert f"{depthwise:,}" in texts[0]
    page.locator("#trail button", has_text="mobilenet").press("Enter")
    assert trail(page).startswith("mobilenet: ")


@pytest.mark.slow
def test_another_measure_is_chosen_by_keyboard_and_keeps_the_place(opened, mobilenet):
    page = opened(mobilenet)
    area(page, "conv3").click()
    page.get_by_label("macs", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("params", exact=True)).to_be_checked()
    inside = sum(each.params for each in NETWORK.layers if each.name.startswith("conv3"))
    assert trail(page) == f"mobilenet > conv3: {inside:,}"
    page.get_by_label("bytes").check()
    rows = [each for each in NETWORK.layers if each.name.startswith("conv3")]
    inside = sum(bytes_moved(each.moved).total for each in rows)
    assert trail(page) == f"mobilenet > conv3: {inside:,}"


@pytest.mark.slow
def test_what_has_no_area_is_named(opened, unknown):
    page = opened(unknown)
    expect(page.locator("#absent")).to_have_text("Unknown, so without an area: fft.")
    assert trail(page) == f"made: at least {UNKNOWN.macs:,}"
    page.get_by_label("params").check()
    expect(page.locator("#absent")).to_have_text("")
    nothing = opened(report_page(made(layers=(row("a.b"), row("a.c")))))
    expect(nothing.locator("#absent")).to_have_text("Nothing here has macs.")


@pytest.mark.slow
def test_hovering_shows_path_figure_and_formula(opened, mobilenet):
    page = opened(mobilenet)
    area(page, "conv").last.hover()
    expect(page.locator(".hovertext").first).to_contain_text("pointwise: 512 * 512")
    expect(page.locator(".hovertext").first).to_contain_text("macs: 26,214,400 (8.62 %)")


# What a name contains is shown, never obeyed.


def test_names_with_markup_are_text_everywhere(opened):
    odd = row(NASTY, "standard<i>x</i>", macs=HUGE, formula=f"3 {NASTY}")
    rows = (odd, row("a.b"), row("a.c"))
    page = opened(report_page(made(name=NASTY, layers=rows, notes=(NASTY,))))
    assert page.title().startswith(NASTY)
    assert page.locator("h1").inner_text() == NASTY
    assert names(page)[0] == NASTY
    cells = page.locator("#layers tbody tr").first.locator("td").all_inner_texts()
    assert (cells[0], cells[6]) == ("standard<i>x</i>", f"3 {NASTY}")
    assert NASTY in page.locator("#statements").inner_text()
    assert page.locator("#inside li").first.inner_text().startswith(NASTY)
    page.locator("#map g.slice").nth(1).hover()
    expect(page.locator(".hovertext").first).to_contain_text(f"standard<i>x</i>: 3 {NASTY}")
    assert page.locator("main b, main script, main i:not([class^=k])").count() == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["<b>x</b>", 'a"b&amp;c', "&lt;i&gt;", "%{text}", "$y^2$", "<br>"])
def test_an_area_shows_a_name_as_it_is(opened, name):
    page = opened(report_page(made(name="model", layers=(row(name, macs=3),))))
    labels = [" ".join(label.split()) for label in page.locator("#map text").all_text_contents()]
    assert labels == ["model 100.00 %", f"{name} 100.00 %"]
