"""Changes from this week on, the way back, kept futures and other seeds, in a real browser."""

from __future__ import annotations

import re

import pytest
from harness import PATIENCE, Tabs
from kit.languages import EACH
from kit.looks import findings, overlaps, sideways, small
from playwright.sync_api import Page, expect
from shown import LIBRARY

from simulation.app.choice import Choice
from simulation.app.key_figures import strip
from simulation.app.session import Session
from simulation.app.views import Scene

expect.set_options(timeout=PATIENCE)

SMALL = {"structure.citizens": 400}
BEGIN = "?scenario=classroom&set=structure.citizens%3D400"
PROJECTOR, PHONE = (1366, 768), (390, 844)
OVERSIGHT = "[data-test='control-execution.oversight']"


def expected(choice: Choice, metric: str = "effectiveness") -> str:
    """Return a key figure of a choice as the page shows it."""
    session = Session(LIBRARY, choice)
    session.finish()
    found = re.search(rf'data-metric="{metric}">([^<]+)', strip(Scene(session.a, session.b)))
    assert found
    return found.group(1)


def figure(page: Page, metric: str = "effectiveness") -> str:
    return page.inner_text(f"[data-metric={metric}]")


def from_this_week_on(page: Page) -> None:
    page.locator("[data-test=hold] .q-radio").nth(1).click()


def enter(page: Page, value: str) -> None:
    """Type a value for oversight, and leave the field."""
    field = page.locator(f"{OVERSIGHT} input")
    field.fill(value)
    field.press("Enter")
    field.press("Tab")


def asked(page: Page, pattern: str) -> None:
    """Wait until the address holds something."""
    page.wait_for_function(f"decodeURIComponent(location.search).match(/{pattern}/)")


def test_a_change_from_this_week_on_is_listed_marked_linked_and_taken_back(tabs: Tabs) -> None:
    page = tabs.open(f"{BEGIN}&week=30")
    before = figure(page)
    from_this_week_on(page)
    expect(page.locator("[data-test=hold-note]")).to_contain_text("From week 30 on")
    page.click("[data-test=group-authority] > summary")
    enter(page, "0.1")
    expect(page.locator(OVERSIGHT)).to_have_class(re.compile("changed"))
    expect(page.locator("[data-test='change-execution.oversight@30']")).to_contain_text("0.8 → 0.1")
    assert figure(page) == before
    expect(page.locator("[data-test=point-30]")).to_have_attribute("title", re.compile("oversight: 0.1"))
    expect(page.locator("[data-test=view-outcome] svg g.branch")).to_contain_text("week 30")
    asked(page, "execution.oversight=0.1@30")
    page.click("[data-test=to_end]")
    later = Choice("classroom", SMALL, week=104, later={30: {"execution.oversight": 0.1}})
    expect(page.locator("[data-metric=effectiveness]")).to_have_text(expected(later))
    expect(page.locator("[data-test=hold-note]")).to_contain_text("last week has been played")
    expect(page.locator(f"{OVERSIGHT} input")).to_be_disabled()
    again = tabs.open(page.evaluate("location.search"))
    assert figure(again) == figure(page)
    page.click("[data-test=point-30]")
    expect(page.locator("[data-test=week]")).to_contain_text("30 of")
    expect(page.locator(f"{OVERSIGHT} input")).to_be_enabled()
    page.locator("[data-test='change-execution.oversight@30'] button").click()
    expect(page.locator("[data-test=points]")).to_be_hidden()
    assert figure(page) == before


def test_what_cannot_change_during_a_run_is_locked_and_says_why(tabs: Tabs) -> None:
    page = tabs.open(f"{BEGIN}&week=10")
    page.click("[data-test=group-city] > summary")
    citizens = page.locator("[data-test='control-structure.citizens']")
    expect(citizens.locator("input")).to_be_enabled()
    from_this_week_on(page)
    expect(citizens.locator("input")).to_be_disabled()
    expect(citizens).to_contain_text("Fixed before the first week")
    expect(page.locator("[data-test='control-turnover.rate'] input")).to_be_enabled()
    page.locator("[data-test=hold] .q-radio").nth(0).click()
    expect(citizens.locator("input")).to_be_enabled()
    expect(citizens).not_to_contain_text("Fixed before the first week")


def test_keys_and_buttons_undo_and_redo_and_say_what(tabs: Tabs) -> None:
    page = tabs.open(f"{BEGIN}&week=20")
    undo, redo = page.locator("[data-test=undo]"), page.locator("[data-test=redo]")
    expect(undo).to_be_disabled()
    page.locator("[data-test=seed]").fill("6")
    asked(page, "seed=6")
    page.click("[data-test=group-authority] > summary")
    slider = page.locator(f"{OVERSIGHT} [role=slider] [tabindex]")
    slider.focus()
    page.keyboard.press("ArrowLeft")
    asked(page, "execution.oversight=0.75")
    expect(undo).to_have_attribute("title", "Undo (Ctrl+Z): Front-line oversight")
    page.keyboard.press("Control+z")  # the slider still has the focus
    expect(page.locator(f"{OVERSIGHT} input")).to_have_value("0.8")
    expect(undo).to_have_attribute("title", "Undo (Ctrl+Z): choice of the seed")
    page.keyboard.press("Control+z")
    expect(page.locator("[data-test=seed]")).to_have_value("0")
    expect(undo).to_be_disabled()
    page.keyboard.press("Control+y")
    expect(page.locator("[data-test=seed]")).to_have_value("6")
    redo.click()
    expect(page.locator(f"{OVERSIGHT} input")).to_have_value("0.75")
    expect(redo).to_be_disabled()
    field = page.locator(f"{OVERSIGHT} input")
    field.focus()
    field.press("Control+z")  # text that is typed has a way back of its own
    expect(undo).to_have_attribute("title", "Undo (Ctrl+Z): Front-line oversight")


def test_two_kept_futures_stand_side_by_side_under_their_names(tabs: Tabs) -> None:
    page = tabs.open(f"{BEGIN}&week=20")
    page.click("[data-test=futures] > summary")
    page.click("[data-test=keep]")
    name = page.locator("[data-test=future-1] [data-test=future-name]")
    name.fill("<b>As planned</b>")
    name.press("Enter")
    asked(page, "name=%3Cb%3EAs|name=<b>As|%3Cb%3EAs")
    from_this_week_on(page)
    page.click("[data-test=group-authority] > summary")
    enter(page, "0")
    asked(page, "execution.oversight=0(.0)?@20")
    page.click("[data-test=keep]")
    expect(page.locator("[data-test=future-2]")).to_contain_text("week 20: Front-line oversight: 0")
    page.locator("[data-test=future-2] [data-test=future-name]").focus()  # left as it is
    page.locator("[data-test=future-2] [data-test=future-name]").press("Enter")
    asked(page, "number%3D2%26name%3D%26|number=2&name=&")
    page.locator("[data-test=future-1] [data-test=compare-future]").press("Enter")
    expect(page.locator("[data-test=view-difference]")).to_be_visible()
    expect(page.locator("[data-test=view-cascade]")).to_contain_text("B · <b>As planned</b>")
    expect(page.locator("[data-test=compare]")).to_contain_text("<b>As planned</b>")
    expect(page.locator("[data-test=future-1] [data-test=compare-future]")).to_be_focused()
    page.click("[data-test=to_end]")
    later = {20: {"execution.oversight": 0.0}}
    expect(page.locator("[data-metric=effectiveness]")).to_have_text(
        expected(Choice("classroom", SMALL, week=104, later=later))
    )
    shown = page.inner_text(".strip")
    again = tabs.open(page.evaluate("location.search"))
    assert again.inner_text(".strip") == shown
    page.locator("[data-test=future-1] [data-test=show-future]").click()
    expect(page.locator("[data-test=future-1] [data-test=show-future]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-metric=effectiveness]")).to_have_text(expected(Choice("classroom", SMALL, week=104)))
    page.locator("[data-test=future-1] [data-test=forget]").click()
    expect(page.locator("[data-test=future-1]")).to_have_count(0)
    expect(page.locator("[data-test=view-difference]")).to_have_count(0)
    page.locator("body").press("Control+z")
    expect(page.locator("[data-test=view-difference]")).to_be_visible()
    page.click("[data-test=language]")
    expect(page.locator("[data-test=future-2]")).to_contain_text("第 20 周：一线督查：0")


def test_the_present_future_can_be_compared_with_another_scenario_that_changes_by_itself(tabs: Tabs) -> None:
    page = tabs.open("?scenario=zhaoqing&week=100&compare=oversight-withdrawn&set=structure.citizens%3D1000")
    expect(page.locator("[data-test=view-difference] svg g.branch")).not_to_have_count(0)
    expect(page.locator("[data-test=points]")).to_be_hidden()


@pytest.mark.parametrize("lang", EACH)
def test_other_seeds_are_drawn_while_the_page_lives_on_and_go_when_they_are_not_asked_for(
    tabs: Tabs, lang: str
) -> None:
    seed = {"en": 11, "zh": 12}[lang]  # a fan that no other tab has asked for
    page = tabs.open(f"{BEGIN}&week=40&compare=point-only&seed={seed}&lang={lang}")
    card = page.locator("[data-test=view-outcome]")
    card.locator("[data-test=fan]").click()
    page.click("[data-test=step_week]")
    expect(page.locator("[data-test=week]")).to_contain_text(re.compile(r"\b41( of |／)"))
    said = card.locator("[data-test=fan-said]")
    expect(said).to_contain_text(f"100 seeds: {seed} to {seed + 99}" if lang == "en" else f"{seed} 至 {seed + 99}")
    expect(said).to_contain_text("A lies above B in" if lang == "en" else "A 高于 B 的种子占")
    expect(card.locator("svg.picture")).to_contain_text(
        f"your seed ({seed})" if lang == "en" else f"当前种子（{seed}）"
    )
    expect(card.locator("[data-test=fan-bar]")).to_be_hidden()
    card.locator("[data-test=fan]").click()
    expect(card.locator("svg.picture")).not_to_contain_text("your seed" if lang == "en" else "当前种子")


@pytest.mark.parametrize(
    ("size", "lang"),
    [
        pytest.param(PROJECTOR, "en", id="projector-en", marks=pytest.mark.thorough),
        pytest.param(PHONE, "zh", id="phone-zh"),
        pytest.param(PROJECTOR, "zh", id="projector-zh", marks=pytest.mark.again),
        pytest.param(PHONE, "en", id="phone-en", marks=pytest.mark.again),
    ],
)
def test_everything_of_futures_and_fans_is_legible_and_open_to_everybody(
    tabs: Tabs, size: tuple[int, int], lang: str
) -> None:
    kept = "&".join(
        f"future=number%3D{number}%26name%3D{'W' * 24}%26scenario%3Dclassroom"
        "%26set%3Dexecution.oversight%253D0.2%254020%26set%3Dplan.kind%253D%2522point%2522%254030"
        for number in range(1, 7)
    )
    later = "set=execution.oversight%3D0.2%4020&set=agenda.span%3Dinf%4022&set=transmission.follow%3D0.3%4090"
    page = tabs.open(f"{BEGIN}&week=60&compare=future%3A2&{later}&{kept}&seed=21&lang={lang}", *size)
    if size == PHONE:
        page.wait_for_function("document.querySelector('[data-test=view-outcome] svg').viewBox.baseVal.width === 360")
        page.click("details.controls > summary")
    from_this_week_on(page)
    page.locator("[data-test=view-outcome] [data-test=fan]").click()
    expect(page.locator("[data-test=fan-said]")).to_contain_text("95", timeout=PATIENCE)
    expect(page.locator("[data-test=fan-bar]")).to_be_hidden()
    expect(page.locator("[data-test=futures]")).to_have_attribute("open", "")
    page.click("[data-test=group-city] > summary")
    page.wait_for_timeout(400)  # a label that fades in has faint letters
    assert small(page) == []
    assert overlaps(page) == []
    assert sideways(page) == 0
    assert findings(page) == []
