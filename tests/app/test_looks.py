"""The page on a projector and on a phone: legible from the back row, nothing over another, open to everybody."""

from __future__ import annotations

import re

import pytest
from harness import PATIENCE, Tabs
from kit.languages import EACH
from kit.looks import findings, overlaps, sideways, small, texts
from playwright.sync_api import Page, expect

expect.set_options(timeout=PATIENCE)

PROJECTOR, PHONE = (1366, 768), (390, 844)
STATES = {
    "before any play": "?scenario=zhaoqing",
    "in the middle": "?scenario=zhaoqing&week=60",
    "at the end": "?scenario=zhaoqing&week=156",
    "two runs": "?scenario=zhaoqing&week=90&compare=all-at-once",
    "21 cities": "?scenario=guangdong&week=120",
    "without towns": "?scenario=classroom&week=50",
}


def opened(tabs: Tabs, query: str, lang: str, size: tuple[int, int]) -> Page:
    page = tabs.open(f"{query}&lang={lang}", *size)
    width = 360 if size == PHONE else 460
    page.wait_for_function(f"document.querySelector('[data-test=view-cascade] svg').viewBox.baseVal.width === {width}")
    return page


#: Each state in one size, as CI looks at it; `make test` looks at it in the other one too.
SHOWN = [
    ("before any play", "en", PHONE), ("before any play", "zh", PROJECTOR), ("in the middle", "zh", PHONE),
    ("at the end", "en", PROJECTOR), ("two runs", "zh", PROJECTOR), ("21 cities", "en", PHONE),
    ("without towns", "zh", PHONE),
]  # fmt: skip
OTHER = [(state, lang, PHONE if size == PROJECTOR else PROJECTOR) for state, lang, size in SHOWN]
AGAIN = [
    (state, lang, size) for state, lang in (("two runs", "en"), ("21 cities", "zh")) for size in (PROJECTOR, PHONE)
]


@pytest.mark.parametrize(
    ("state", "lang", "size"),
    SHOWN
    + [pytest.param(*one, marks=pytest.mark.thorough) for one in OTHER]
    + [pytest.param(*one, marks=pytest.mark.again) for one in AGAIN],
    ids=lambda given: {PROJECTOR: "projector", PHONE: "phone"}.get(given, given),
)
def test_letters_have_12_pixels_and_stand_apart_and_nobody_is_shut_out(
    tabs: Tabs, state: str, size: tuple[int, int], lang: str
) -> None:
    page = opened(tabs, STATES[state], lang, size)
    assert texts(page) > 30
    assert small(page) == []
    assert overlaps(page) == []
    assert sideways(page) == 0
    assert findings(page) == []


def test_the_measures_find_what_they_look_for(tabs: Tabs) -> None:
    page = opened(tabs, "?scenario=classroom&week=50", "en", PROJECTOR)
    page.evaluate(
        """() => {
          const [one, two] = document.querySelectorAll('[data-test=view-cascade] svg text');
          for (const name of ['x', 'y']) two.setAttribute(name, one.getAttribute(name));
          one.setAttribute('font-size', 9);
          document.querySelector('.caption').style.color = '#c0c0c0';
          const wide = document.createElement('div');
          wide.style.cssText = 'width: 3000px; height: 1px; position: absolute; top: 0; left: 0';
          document.body.append(wide);
        }"""
    )
    assert len(small(page)) == 1
    assert overlaps(page)
    assert sideways(page) > 1000
    assert any("color-contrast" in found for found in findings(page))


@pytest.mark.parametrize("lang", EACH)
def test_dialogs_panels_and_groups_of_controls_are_open_to_everybody(tabs: Tabs, lang: str) -> None:
    page = opened(tabs, "?scenario=zhaoqing&week=60&set=structure.citizens%3D1000", lang, PROJECTOR)
    for tool in ("join", "share", "download", "help"):
        page.click(f"[data-test={tool}]")
        expect(page.locator(".q-dialog .dialog")).to_be_visible()
        page.wait_for_timeout(400)  # a dialog that fades in has faint letters
        assert findings(page, ".q-dialog") == [], tool
        assert small(page) == [], tool
        page.keyboard.press("Escape")
        expect(page.locator(".q-dialog .dialog")).to_have_count(0)
    for group in ("authority", "settlement", "city"):
        page.click(f"[data-test=group-{group}] > summary")
    assert findings(page) == []
    assert small(page) == []
    for group in ("authority", "settlement", "city"):
        page.click(f"[data-test=group-{group}] > summary")
    for pick in ("group:0", "unit:2", "town:3"):
        page.locator(f"[data-test=view-hierarchy] [data-pick='{pick}']").dispatch_event("click")
        expect(page.locator(".inspector.open h3")).to_be_visible()
        assert findings(page, ".inspector") == [], pick
        assert small(page) == [], pick
    page.locator(".inspector [data-pick^=community]").first.click()
    expect(page.locator(".inspector.open h3")).to_contain_text("community" if lang == "en" else "社区")
    assert findings(page, ".inspector") == []
    page.keyboard.press("Escape")
    page.click("[data-test=tour]")
    expect(page.locator(".tour.open")).to_be_visible()
    assert findings(page, ".tour") == []
    page.click("[data-test=tour-leave]")
    page.click("[data-test=predict]")
    expect(page.locator("[data-test=reveal]")).to_be_visible()
    assert findings(page, "[data-test=predict-panel]") == []
    assert small(page) == []


@pytest.mark.parametrize("lang", EACH)
def test_a_message_and_the_word_that_closes_it_are_legible(tabs: Tabs, lang: str) -> None:
    page = opened(tabs, "?scenario=guangdong&set=structure.citizens%3Dall", lang, PROJECTOR)
    close = page.locator(".q-notification .q-btn")
    expect(close).to_be_visible()
    page.wait_for_timeout(400)  # a message that fades in has faint letters
    assert findings(page, ".q-notification") == []
    # Of the ground, which the message paints itself, axe knows nothing.
    ink = "element => getComputedStyle(element).color"
    assert close.evaluate(ink) == page.locator(".q-notification__message").evaluate(ink)
    close.click()
    expect(close).to_have_count(0)


@pytest.mark.parametrize(
    "query", ["?scenario=zhaoqing&week=90", pytest.param("?scenario=guangdong&week=90", marks=pytest.mark.thorough)]
)
def test_an_enlarged_card_fits_the_window_of_a_projector(tabs: Tabs, query: str) -> None:
    page = opened(tabs, query, "en", PROJECTOR)
    names = page.locator("article.card").evaluate_all("cards => cards.map(card => card.dataset.test)")
    assert len(names) >= 9
    for name in names:
        card = page.locator(f"[data-test={name}]")
        card.locator(".card-head button").last.click()
        expect(card).to_have_class(re.compile("large"))
        for part in (card.locator("svg.picture"), card.locator(".card-title")):
            box = part.bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= PROJECTOR[0], name
            assert box["y"] + box["height"] <= PROJECTOR[1], name
        assert small(page) == [], name
        page.keyboard.press("Escape")


def test_of_many_cities_the_instructed_one_is_drawn_and_stands_first(tabs: Tabs) -> None:
    page = opened(tabs, "?scenario=guangdong&week=60", "en", PROJECTOR)
    cities = page.locator("[data-test=view-hierarchy] [data-pick^='city:']")
    assert cities.count() == 21
    expect(cities.first.locator("text").last).to_have_text("Zhaoqing")
    expect(cities.first).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-test=view-matrix]")).to_contain_text("Duanzhou")
    expect(page.locator("[data-test=view-matrix] .scope")).to_have_text("Zhaoqing")
    expect(page.locator("[data-test=view-ledger] .scope")).to_have_text("all 21 cities")
    names = cities.locator("text").all_text_contents()
    assert not [name for name in names if "…" in name]
    page.locator("[data-test=view-hierarchy] [data-pick^='city:']", has_text="Shenzhen").click()
    expect(page.locator("[data-test=view-matrix] .scope")).to_have_text("Shenzhen")


@pytest.mark.parametrize("lang", EACH)
def test_when_a_stage_opens_is_written_out(tabs: Tabs, lang: str) -> None:
    page = opened(tabs, "?scenario=zhaoqing", lang, PROJECTOR)
    said = " ".join(page.locator("[data-test=view-cascade] svg text").all_text_contents())
    whole = r"opens in week \d+" if lang == "en" else r"第 ?\d+ ?周 ?启动"
    assert len(re.findall(whole, said)) == 5
    assert "…" not in said
