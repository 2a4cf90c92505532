"""The page on a phone, in the dark, on paper, by keyboard alone, without scripts, and large."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from formulas.networks import network
from reports.html.page import report_page
from reports.model.report import report_of
from tests.browser.conftest import Heard
from tests.reports.helpers import AGREES, DISAGREES, MYSTERIES, ROWS, TRAINING, made, row
from tests.reports.plots.luminance import luminance

pytestmark = pytest.mark.slow
NETWORK = report_of(network("mobilenet", alpha=0.5, resolution=160))
LONG = ".".join(["a_name_that_is_too_long_for_a_phone"] * 4)


@pytest.fixture(scope="module")
def mobilenet() -> str:
    return report_page(NETWORK)


@pytest.fixture(scope="module")
def full() -> str:
    """Everything that a page may hold: unknowns, differences, a training step, long names."""
    rows = (*ROWS, *MYSTERIES, row(LONG, LONG, formula="3 * " * 40, macs=5))
    report = made(layers=rows, unknown={"aten.fft_r2c": 1}, verdict=DISAGREES, name=LONG,
                  training=TRAINING, coverage={"counted": 3, "unknown": 1}, notes=(LONG,))  # fmt: skip
    return report_page(report)


def overflow(page: Page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("width", [320, 390, 760, 1280])
def test_no_page_is_wider_than_its_window(opened, full, width):
    page = opened(full, width, has_touch=True)
    assert overflow(page) == 0
    for found in page.locator("#totals data, h1, #words, #kind, #trail li").all():
        box = found.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_on_a_phone_each_layer_is_a_sheet_with_named_figures(opened, mobilenet):
    page = opened(mobilenet, 360, has_touch=True)
    first = page.locator("#layers tbody tr").first
    assert first.locator("th").bounding_box()["y"] < first.locator("td").first.bounding_box()["y"]
    label = (
        "getComputedStyle(document.querySelectorAll('#layers tbody td')[{}], '::before').content"
    )
    header = page.locator("#layers thead th").all_inner_texts()
    for column in (1, 7, 10):
        assert page.evaluate(label.format(column - 1)) == f'"{header[column]}"'
    page.locator("#layers").get_by_role("button", name="macs", exact=True).tap()
    assert page.locator("#layers tbody th").first.inner_text() == "conv1.1.pointwise.conv"
    page.locator("#inside button").first.tap()
    expect(page.locator("#trail li")).to_have_count(2)


def colours(page: Page, selector: str) -> tuple[float, float]:
    """How bright the words are, and the page."""
    read = "element => getComputedStyle(element).color"
    ink = page.locator(selector).first.evaluate(read)
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    return tuple(
        luminance("#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", colour)[:3]))
        for colour in (ink, ground)
    )


def contrast(a: float, b: float) -> float:
    low, high = sorted((a, b))
    return (high + 0.05) / (low + 0.05)


WORDS = ("h1", "header p", "#totals dt", "#totals small", "#statements dt", "td", "thead button",
         "#inside button", "#count", "#statements .unknown dt", "#check strong", "td.unknown")  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_is_legible_in_light_and_in_the_dark(opened, full, scheme):
    page = opened(full, color_scheme=scheme)
    for selector in WORDS:
        ink, ground = colours(page, selector)
        assert (ground < 0.02) if scheme == "dark" else (ground > 0.9)
        assert contrast(ink, ground) >= 4.5, selector


def test_the_map_follows_when_it_gets_dark(opened, mobilenet):
    page = opened(mobilenet, color_scheme="light")
    fills = "[...document.querySelectorAll('#map g.slice path')].map(e => e.style.fill)"
    light = page.evaluate(fills)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"light => ({fills}).every(each => !light.includes(each))", arg=light)
    dark = page.evaluate(fills)
    assert len(dark) == len(light) > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_in_the_map_are_legible(opened, mobilenet, scheme):
    page = opened(mobilenet, color_scheme=scheme)
    for area in page.locator("#map g.slice").all():
        both = area.evaluate("e => ['path', 'text'].map(n => e.querySelector(n)?.style.fill)")
        if both[1] and area.locator("text").text_content().strip():
            bright = [luminance("#" + "".join(f"{int(n):02x}" for n in re.findall(r"\d+", each)))
                      for each in both]  # fmt: skip
            assert contrast(*bright) >= 3


def test_a_keyboard_reaches_everything_in_order_and_shows_where_it_is(opened, mobilenet):
    page = opened(mobilenet)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the layers")).to_be_focused()
    assert page.locator(".skip").bounding_box()["x"] >= 0
    seen = []
    for _ in range(80):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("""() => {
          const at = document.activeElement, style = getComputedStyle(at);
          return [at.closest('section, header')?.id || at.closest('section')?.ariaLabel || '',
                  at.tagName, at.textContent.trim().slice(0, 12), style.outlineStyle + parseFloat(style.outlineWidth), at.name || at.id];
        }"""))  # fmt: skip
        if seen[-1][4] == "kind":
            break
    tags = [(tag, text) for _, tag, text, *_ in seen]
    assert ("INPUT", "") in tags  # the measure
    assert ("BUTTON", "conv3") in tags  # of the list of the map
    assert ("BUTTON", "params") in tags  # of a head
    assert [name for *_, name in seen][-2:] == ["words", "kind"]
    assert {outline for *_, outline, _ in seen} == {"solid2"}
    for _ in range(2):  # the region that scrolls, then the first head
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    assert page.locator("#layers thead th").first.get_attribute("aria-sort") == "descending"


def test_a_reader_of_the_screen_is_told_names_and_roles(opened, mobilenet):
    page = opened(mobilenet)
    for table, rows in (("Cost of each kind of layer", 8), ("Every row with its formula", 84)):
        found = page.get_by_role("table", name=re.compile(table))
        assert found.get_by_role("row").count() == rows
    assert page.get_by_role("group", name="Area shows").get_by_role("radio").count() == 3
    assert page.get_by_role("region", name="Layer by layer").count() >= 1
    assert page.get_by_role("searchbox", name="Filter").count() == 1
    assert page.get_by_role("status").inner_text() == "83 of 83 rows shown."
    assert page.locator("#layers tbody th[scope=row]").count() == 83
    assert page.locator("html").get_attribute("lang") == "en"


def test_on_paper_it_is_light_whole_and_without_controls(opened, mobilenet):
    page = opened(mobilenet, color_scheme="dark")
    before = page.locator("#map svg.main-svg").first.bounding_box()["width"]
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 6
    page.wait_for_function(
        f"document.querySelector('#map svg.main-svg').getBoundingClientRect().width === {before}"
    )
    page.emulate_media(media="print", color_scheme="dark")
    assert colours(page, "h1")[1] > 0.9
    for selector in ("#filters", "#measures"):
        expect(page.locator(selector)).to_be_hidden()
    assert page.locator(".tall").evaluate("each => each.scrollHeight === each.clientHeight")
    head = page.locator("#layers thead").evaluate("each => getComputedStyle(each).display")
    assert head == "table-header-group"  # on each sheet


def test_without_scripts_every_figure_is_there(opened, mobilenet):
    page = opened(mobilenet, drawn=False, java_script_enabled=False)
    expect(page.get_by_text("need JavaScript")).to_be_visible()
    expect(page.locator("#map-section")).to_be_hidden()
    assert page.locator("#layers tbody tr").count() == 83
    expect(page.locator("#totals")).to_contain_text(f"{NETWORK.macs:,}")


def test_a_page_of_an_empty_model_works(opened):
    page = opened(report_page(made(layers=(), verdict=AGREES)))
    page.locator("#layers").get_by_role("button", name="macs", exact=True).click()
    page.get_by_label("Filter").fill("x")
    expect(page.locator("#count")).to_have_text("0 of 0 rows shown.")


def test_two_thousand_layers_stay_quick(opened):
    rows = tuple(
        row(f"block{n // 50}.part{n // 10 % 5}.layer{n}", f"kind{n % 9}", macs=n * n, params=n,
            memory_access=7 * n, calls=1)
        for n in range(2000)
    )  # fmt: skip
    began = time.perf_counter()
    page = opened(report_page(made(layers=rows)))
    opening = time.perf_counter() - began
    timed = """work => { const began = performance.now(); work();
                         document.body.offsetHeight; return performance.now() - began; }"""
    head = "document.querySelectorAll('#layers thead button')[9].click()"
    sorting = page.evaluate(f"({timed})(() => {head})")
    words = "const w = document.getElementById('words'); w.value = 'block7';"
    filtering = page.evaluate(f"({timed})(() => {{ {words} w.dispatchEvent(new Event('input')) }})")
    # a busy machine of two cores takes 4 s, 0.7 s and 0.1 s; what is quadratic takes far more
    assert opening < 20
    assert sorting < 5000
    assert filtering < 2000
    expect(page.locator("#count")).to_have_text("50 of 2,000 rows shown.")


PLANTED = {
    "<script>console.log('said')</script>": "log: said",
    "<script>throw new Error('broken')</script>": "broken",
    "<img src='https://example.invalid/x.png'>": "Content Security Policy",
    "<script>fetch('https://example.invalid/')</script>": "Content Security Policy",
}


@pytest.mark.parametrize("planted", PLANTED)
def test_what_a_page_says_or_asks_for_is_heard(browser, tmp_path, planted, mobilenet):
    file, ears = tmp_path / "page.html", Heard()
    file.write_text(mobilenet.replace("</body>", f"{planted}</body>"), encoding="utf-8")
    page = browser.new_page()
    ears.listen(page, file.as_uri())
    page.goto(file.as_uri())
    page.wait_for_timeout(100)
    page.close()
    assert any(PLANTED[planted] in message for message in ears.messages)


def test_a_request_is_heard_where_the_page_allows_it(browser, tmp_path):
    file, ears = tmp_path / "page.html", Heard()
    file.write_text("<img src='https://example.invalid/x.png'>", encoding="utf-8")
    page = browser.new_page()
    ears.listen(page, file.as_uri())
    page.goto(file.as_uri())
    page.close()
    assert ears.requests == ["https://example.invalid/x.png"]
