"""The page in a real browser: every action of a lesson."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from harness import PATIENCE, Tabs
from kit.languages import EACH
from playwright.sync_api import Page, expect

from simulation.app.choice import Choice
from simulation.app.key_figures import strip
from simulation.app.library import Library
from simulation.app.session import Session
from simulation.app.views import Scene

expect.set_options(timeout=PATIENCE)


def week(page: Page) -> int:
    found = re.search(r"(\d+)(?: of |／)", page.inner_text("[data-test=week]"))
    assert found
    return int(found.group(1))


def at(page: Page, number: int) -> None:
    expect(page.locator("[data-test=week]")).to_contain_text(re.compile(rf"\b{number}( of |／)"))


def figure(page: Page, metric: str = "effectiveness") -> str:
    return page.inner_text(f"[data-metric={metric}]")


def shown(choice: Choice) -> Session:
    session = Session(Library(), choice)
    session.finish()
    return session


def test_plays_pauses_steps_jumps_and_restarts(tabs: Tabs) -> None:
    page = tabs.open()
    at(page, 0)
    page.click("[data-test=step_week]")
    at(page, 1)
    page.click("[data-test=step_quarter]")
    at(page, 14)
    page.click("[data-test=play]")
    expect(page.locator("[data-test=play]")).to_contain_text("Pause")
    page.wait_for_function("parseInt(document.querySelector('[data-test=week]').innerText.match(/(\\d+) of/)[1]) > 16")
    page.click("[data-test=play]")
    expect(page.locator("[data-test=play]")).to_contain_text("Play")
    stopped = week(page)
    page.wait_for_timeout(600)
    assert week(page) == stopped
    page.click("[data-test=to_end]")
    at(page, 104)
    page.locator("[data-test=jump] [tabindex]").focus()
    page.keyboard.press("ArrowLeft")
    at(page, 103)
    page.click("[data-test=restart]")
    at(page, 0)


def test_the_keyboard_alone_is_enough(tabs: Tabs) -> None:
    page = tabs.open()
    page.keyboard.press("ArrowRight")
    at(page, 1)
    page.keyboard.press("Shift+ArrowRight")
    at(page, 14)
    page.keyboard.press("End")
    at(page, 104)
    page.locator("[data-test=view-hierarchy] [data-pick='unit:1']").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".inspector.open h3")).to_contain_text("Hill")
    page.keyboard.press("Escape")
    expect(page.locator(".inspector.open")).to_have_count(0)
    page.locator("body").press("Home")
    at(page, 0)
    page.locator("body").press("l")
    expect(page.locator("[data-test=play]")).to_contain_text("播放")
    page.locator("body").press(" ")
    expect(page.locator("[data-test=play]")).to_contain_text("暂停")
    page.locator("body").press(" ")
    expect(page.locator("[data-test=play]")).to_contain_text("播放")


def test_a_slider_a_number_and_a_switch_give_what_the_model_gives(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=60")
    before = figure(page)
    page.click("[data-test=group-instruction] > summary")
    row = page.locator("[data-test='control-instruction.wording']")
    row.locator("[role=slider] [tabindex]").focus()
    page.keyboard.press("ArrowLeft")
    expect(row).to_have_class(re.compile("changed"))
    expect(row.locator("input")).to_have_value("0.65")
    at(page, 60)
    page.click("[data-test=group-leverage] > summary")
    page.click("[data-test=switch-leverage]")
    expect(page.locator("[data-test=view-cascade]")).to_contain_text("switched off")
    changes = {"instruction.wording": 0.65, "stages.leverage.intensity": 0.0}
    session = shown(Choice("classroom", changes, week=60))
    expected = re.search(r'data-metric="effectiveness">([^<]+)', strip(Scene(session.a)))
    assert expected
    expect(page.locator("[data-metric=effectiveness]")).to_have_text(expected.group(1))
    page.click("[data-test=reset]")
    expect(page.locator("[data-metric=effectiveness]")).to_have_text(before)
    expect(page.locator("[data-test=reset]")).to_be_hidden()


def test_a_wrong_value_is_refused_and_says_why(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=20")
    page.click("[data-test=group-authority] > summary")
    row = page.locator("[data-test='control-stages.authority.coverage']")
    before = figure(page, "participation")
    for wrong in ("7", "-1", "abc", "nan", "1e999"):
        row.locator("input").fill(wrong)
        row.locator("input").press("Enter")
        expect(row).to_contain_text("enter a number from 0 to 1")
    row.locator("input").fill("0.5")
    row.locator("input").press("Enter")
    expect(row).to_have_class(re.compile("changed"))
    expect(row).not_to_contain_text("Not accepted")
    assert before
    page.locator("[data-test=seed]").fill("1.5")
    expect(page.locator(".transport")).to_contain_text("whole number")
    page.locator("[data-test=seed]").fill("3")
    page.wait_for_function("location.search.includes('seed=3')")


def test_another_scenario_starts_again_with_its_own_city_and_values(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=30&set=instruction.wording%3D0.65")
    expect(page.locator("[data-test=reset]")).to_be_visible()
    page.click("[data-test=scenario]")
    page.get_by_role("option", name="Zhaoqing: from point to surface").click()
    expect(page.locator("[data-test=view-hierarchy]")).to_contain_text("Duanzhou")
    at(page, 0)
    expect(page.locator("[data-test=reset]")).to_be_hidden()
    page.wait_for_function("location.search.includes('scenario=zhaoqing') && !location.search.includes('set=')")


def test_the_language_changes_in_place_and_the_run_stays(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=40")
    before = figure(page)
    page.click("[data-test=language]")
    expect(page.locator("[data-test=view-ledger]")).to_contain_text("势能账本")
    at(page, 40)
    assert figure(page) == before
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    visible = page.inner_text("body")
    assert "app." not in visible
    page.click("[data-test=language]")
    expect(page.locator("[data-test=view-ledger]")).to_contain_text("The ledger")


def test_two_scenarios_stand_side_by_side_with_their_difference(tabs: Tabs) -> None:
    page = tabs.open("?scenario=zhaoqing&week=60&set=structure.citizens%3D1000")
    page.click("[data-test=compare]")
    page.get_by_role("option", name="The point alone").click()
    expect(page.locator("[data-test=view-difference] svg")).to_be_visible()
    assert page.locator("[data-test=view-matrix] svg.picture").count() == 2
    expect(page.locator(".tile").first).to_contain_text("A−B")
    at(page, 60)


def test_a_link_shows_the_same_again(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&seed=5&week=50&compare=unchanged&set=plan.kind%3D%22uniform%22&lang=zh")
    page.click("[data-test=share]")
    field = page.locator("[data-test=link]")
    expect(field).to_have_value(re.compile("http"))
    link = field.input_value()
    again = tabs.open(link.removeprefix(tabs.server.address + "/"))
    at(again, 50)
    for metric in ("effectiveness", "participation", "surface"):
        assert figure(again, metric) == figure(page, metric)
    assert again.inner_text("[data-test=view-ledger]") == page.inner_text("[data-test=view-ledger]")
    expect(again.locator("[data-test=play]")).to_contain_text("播放")


@pytest.mark.parametrize(
    "query",
    [
        "?scenario=/etc/passwd",
        "?scenario=classroom&set=structure.file%3D%22/etc/passwd%22",
        "?scenario=classroom&seed=-1",
        "?scenario=classroom&set=weeks%3D100000",
        "?scenario=classroom&compare=../../x",
    ],
)
def test_a_link_cannot_ask_for_more_than_the_controls_can(tabs: Tabs, query: str) -> None:
    page = tabs.open(query)
    expect(page.locator(".q-notification")).to_contain_text("The link could not be used")
    at(page, 0)


def test_a_county_and_a_community_explain_themselves(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=60")
    page.click("[data-test=view-hierarchy] [data-pick='unit:0']")
    inspector = page.locator(".inspector.open")
    expect(inspector).to_contain_text("Harbour")
    unit = shown(Choice("classroom", week=60)).a.model.units[0]
    key = unit.domains[0]
    for value in unit.utilities(key).values():
        expect(inspector).to_contain_text(f"{value:+.2f}".replace("-", "−"))
    expect(inspector).to_contain_text(f"{unit.load:.1f} / {unit.capacity:.1f}")
    page.click("[data-test=close-inspector]")
    page.click("[data-test=view-hierarchy] [data-pick='community:0']")
    expect(inspector).to_contain_text("Kinds of body present")
    expect(inspector).to_contain_text("volunteers")


def test_a_city_a_department_a_county_and_a_town_explain_themselves_and_lead_to_each_other(tabs: Tabs) -> None:
    page = tabs.open("?scenario=zhaoqing&week=60&set=structure.citizens%3D1000")
    model = shown(Choice("zhaoqing", {"structure.citizens": 1000}, week=60)).a.model
    inspector = page.locator(".inspector.open")
    page.click("[data-test=view-hierarchy] [data-pick='group:0']")
    expect(inspector.locator("h3")).to_contain_text("leading group")
    own = next(m for m in model.departments if model.world.department_unit[m.index] >= 0)
    inspector.locator(f"[data-pick='department:{own.index}']").click()
    expect(inspector.locator("h3")).to_contain_text(own.label("en"))
    unit = model.world.department_unit[own.index]
    inspector.locator(f"[data-pick='unit:{unit}']").press("Enter")
    expect(inspector.locator("h3")).to_contain_text("City Procuratorate")
    page.click("[data-test=close-inspector]")
    town = next(town for town in model.towns if not town.is_staff and town.domains)
    page.click(f"[data-test=view-hierarchy] [data-pick='town:{town.index}']")
    expect(inspector.locator("h3")).to_contain_text(town.label("en"))
    for value in town.utilities(town.domains[0]).values():
        expect(inspector).to_contain_text(f"{value:+.2f}".replace("-", "−"))
    inspector.locator(f"[data-pick='unit:{town.county.index}']").click()
    expect(inspector.locator("h3")).to_contain_text(town.county.label("en"))
    page.click("[data-test=close-inspector]")
    page.click("[data-test=view-expansion] [data-pick='department:0']")
    expect(inspector.locator("h3")).to_contain_text(model.departments[0].label("en"))


def test_a_switch_and_a_list_change_the_run_and_their_way_back_undoes_it(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=40&set=structure.citizens%3D400")
    page.click("[data-test=group-settlement] > summary")
    point = page.locator("[data-test='control-plan.keep_point']")
    expect(point).to_contain_text("no")
    point.locator("[role=switch]").click()
    expect(point).to_have_class(re.compile("changed"))
    expect(point).to_contain_text("yes")
    domains = page.locator("[data-test='control-agenda.domains']")
    expect(domains).to_contain_text("chosen by the leading group")
    domains.locator(".q-select").click()
    page.get_by_role("option", name="2", exact=True).click()
    expect(page.locator("[data-metric=agenda]")).to_have_text("2/4")
    page.wait_for_function("location.search.includes('keep_point') && location.search.includes('agenda.domains')")
    changes = {"structure.citizens": 400, "plan.keep_point": True, "agenda.domains": 2}
    session = shown(Choice("classroom", changes, week=40))
    expected = re.search(r'data-metric="effectiveness">([^<]+)', strip(Scene(session.a)))
    assert expected
    expect(page.locator("[data-metric=effectiveness]")).to_have_text(expected.group(1))
    for control in (point, domains):
        control.locator("button").first.click()
        expect(control).not_to_have_class(re.compile("changed"))
    expect(page.locator("[data-metric=agenda]")).to_have_text("4/4")


def test_data_pictures_and_report_can_be_taken_home(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&seed=2&week=30")
    page.click("[data-test=download]")
    with page.expect_download() as download:
        page.click("[data-test=download-data]")
    with zipfile.ZipFile(Path(download.value.path())) as archive:
        summary = json.loads(archive.read("summary.json"))
        assert {"weekly.csv", "cells.csv", "ledger.csv", "provenance.json"} <= set(archive.namelist())
    assert summary["effectiveness"] == shown(Choice("classroom", seed=2, week=30)).a.now("effectiveness")
    with page.expect_download() as download:
        page.click("[data-test=download-figures]")
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        for name in archive.namelist():
            assert ElementTree.fromstring(archive.read(name)).tag.endswith("svg")
    with page.expect_download() as download:
        page.click("[data-test=download-report]")
    assert "<html" in Path(download.value.path()).read_text(encoding="utf-8")


def test_tabs_share_nothing(tabs: Tabs) -> None:
    one = tabs.open("?scenario=classroom&week=10")
    two = tabs.open("?scenario=classroom&week=20&lang=zh")
    one.click("[data-test=step_quarter]")
    at(one, 23)
    at(two, 20)
    two.click("[data-test=restart]")
    at(two, 0)
    at(one, 23)
    expect(one.locator("[data-test=play]")).to_contain_text("Play")


def test_predicting_covers_the_pictures_until_the_reveal(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=10")
    page.click("[data-test=predict]")
    expect(page.locator("[data-test=reveal]")).to_be_visible()
    expect(page.locator("[data-test=predict-panel]")).to_contain_text("not a share of problems solved")
    expect(page.locator("[data-test=view-cascade]")).to_be_hidden()
    expect(page.locator(".strip")).to_be_hidden()
    page.click("[data-test=reveal]")
    expect(page.locator(".q-notification")).to_contain_text("every question")
    for question in ("effectiveness", "agenda", "breadth", "loss", "gap"):
        page.locator(f"[data-test=question-{question}] .q-radio").first.click()
    page.click("[data-test=reveal]")
    expect(page.locator("[data-test=score]")).to_contain_text("of 5 as predicted")
    expect(page.locator("[data-test=view-cascade]")).to_be_visible()
    at(page, 104)


def test_the_ledger_shows_what_each_mechanism_does(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=30&set=structure.citizens%3D400")
    page.click("[data-test=switch-off]")
    expect(page.locator("[data-test=view-ledger]")).to_contain_text("one run, same seed, after 30 weeks")
    expect(page.locator("[data-test=view-ledger] svg")).to_contain_text("if off*")
    expect(page.locator("[data-test=view-ledger] svg")).to_contain_text("local resources are finite")


def test_a_fault_is_said_the_controls_show_what_holds_and_the_page_lives_on(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=10&lang=zh")
    page.click("[data-test=language]")  # a fault is said in the language of the moment
    expect(page.locator("[data-test=play]")).to_contain_text("Play")
    page.click("[data-test=group-authority] > summary")
    row = page.locator("[data-test='control-stages.authority.coverage']")
    holds = row.locator("input").input_value()
    row.locator("input").fill("7")
    row.locator("input").press("Enter")
    expect(row).to_contain_text("enter a number from 0 to 1")
    page.click("[data-test=download]")
    with page.expect_download():
        page.click("[data-test=download-data]")
    # The server has by now settled on its temporary folder; a download without it is a genuine fault.
    hidden = tabs.server.scratch.rename(tabs.server.scratch.with_name("gone"))
    try:
        page.click("[data-test=download-data]")
        expect(page.locator(".q-notification").filter(has_text="Something went wrong")).to_be_visible()
        expect(row.locator("input")).to_have_value(holds)
        expect(row).not_to_contain_text("enter a number")
    finally:
        hidden.rename(tabs.server.scratch)
    page.keyboard.press("Escape")
    expect(page.locator(".q-dialog")).to_have_count(0)
    page.click("[data-test=step_week]")
    at(page, 11)


def test_text_of_a_scenario_file_is_text(tabs: Tabs) -> None:
    page = tabs.open("?scenario=hostile&week=30")
    expect(page.locator("[data-test=view-matrix] svg").first).to_be_visible()
    page.click("[data-test=view-hierarchy] [data-pick='unit:0']")
    expect(page.locator(".inspector.open")).to_contain_text('<b onclick=1>"NIMBY" & co</b>')
    page.click("[data-test=close-inspector]")
    page.click("[data-test=language]")
    expect(page.locator("[data-test=play]")).to_contain_text("播放")
    assert "owned" not in page.title()
    assert page.locator("img[src=x], .picture b, .inspector i i").count() == 0


@pytest.mark.parametrize("lang", EACH)
def test_a_phone_shows_everything_without_scrolling_sideways_and_folds_the_controls(tabs: Tabs, lang: str) -> None:
    page = tabs.open(f"?scenario=classroom&week=40&lang={lang}", width=390, height=844)
    page.wait_for_function("document.querySelector('[data-test=view-cascade] svg').viewBox.baseVal.width === 360")
    # In the first tenths of a second after loading, while parts still arrive, the page may be wider: what counts stays.
    page.wait_for_function("document.documentElement.scrollWidth <= 390")
    expect(page.locator("details.controls[open]")).to_have_count(0)
    page.click("[data-test=view-hierarchy] [data-pick='unit:0']")
    expect(page.locator(".inspector.open")).to_be_visible()
