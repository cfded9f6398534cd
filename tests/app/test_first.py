"""A newcomer's first minutes: the first screen, the terms, the tour, and controls that would do nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from harness import PATIENCE, Server, Tabs
from kit.languages import EACH
from playwright.sync_api import Browser, expect
from shown import LIBRARY, at

from simulation.app.choice import Choice
from simulation.app.controls import GROUPS, LASTING, SWITCHES
from simulation.app.library import MOST_CITIZENS
from simulation.app.predict import QUESTIONS
from simulation.app.session import Session
from simulation.app.terms import TERMS, terms
from simulation.app.track import Track
from simulation.app.views import views
from simulation.scenario import load_scenario
from simulation.scenario.windows import STAGES
from simulation.text import LANGUAGES, catalogue, say

expect.set_options(timeout=PATIENCE)


@pytest.mark.parametrize("lang", EACH)
def test_before_any_play_the_page_says_what_one_will_see_and_each_empty_card_what_it_will_show(
    tabs: Tabs, lang: str
) -> None:
    page = tabs.open(f"?scenario=classroom&lang={lang}")
    welcome = page.locator("[data-test=welcome]")
    expect(welcome).to_contain_text(say("app.welcome.title", lang))
    expect(welcome).to_contain_text(at(0).a.model.spec.question.label(lang))
    waiting = [view.name for view in views() if view.waits and not view.case and view.name != "difference"]
    assert len(waiting) > 5
    for name in waiting:
        expect(page.locator(f"[data-test=view-{name}] .empty")).to_have_text(say(f"app.view.{name}.before", lang))
    page.click("[data-test=step_week]")
    expect(welcome).to_be_hidden()
    expect(page.locator(".empty")).to_have_count(0)
    page.click("[data-test=restart]")
    expect(welcome).to_be_visible()
    page.click("[data-test=welcome-play]")
    expect(welcome).to_be_hidden()


def test_a_term_shows_its_meaning_to_pointer_keyboard_and_finger(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=20")
    bubble = page.locator(".bubble")
    meaning = say("glossary.gate.meaning", "en")
    term = page.locator("[data-test=view-cascade] .term", has_text="Gate")
    expect(bubble).to_be_hidden()
    term.hover()
    expect(bubble).to_have_text(meaning)
    page.mouse.move(2, 2)
    expect(bubble).to_be_hidden()
    term.focus()
    expect(bubble).to_have_text(meaning)
    expect(term).to_have_attribute("aria-describedby", bubble.get_attribute("id") or "none")
    page.keyboard.press("Escape")
    expect(bubble).to_be_hidden()
    term.dispatch_event("click")  # a finger neither hovers nor, in some browsers, focuses
    expect(bubble).to_have_text(meaning)
    figure = page.locator(".tile .term").first
    figure.focus()
    expect(bubble).to_have_text(say("metric.effectiveness.meaning", "en"))
    box = bubble.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1440


@pytest.mark.parametrize("lang", LANGUAGES)
def test_terms_come_from_the_glossary_and_stand_on_parts_that_exist(lang: str) -> None:
    for part, keys in TERMS.items():
        assert f"app.{part}" in catalogue()
        for key in keys:
            assert say(f"glossary.{key}.meaning", lang)[:8].split("<")[0] in terms(part, lang)
    assert terms("no such part", lang) == ""


@pytest.mark.parametrize("lang", EACH)
def test_the_tour_speaks_in_large_letters_and_can_be_steered_by_keyboard(tabs: Tabs, lang: str) -> None:
    page = tabs.open(f"?scenario=classroom&lang={lang}", 1366, 768)
    page.locator("body").press("t")
    sentence = page.locator("[data-test=tour-sentence]")
    expect(sentence).to_have_text(say("app.tour.instruction", lang, week=0))
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.tour-sentence')).fontSize)") >= 20
    page.locator("body").press("PageDown")
    expect(sentence).to_have_text(say("app.tour.trend", lang, week=3))
    expect(page.locator("[data-test=view-cascade]")).to_have_class("card pointed")
    expect(page.locator("[data-test=play]")).to_contain_text(say("app.play", lang))
    expect(page.locator("[data-test=week]")).to_contain_text("4")
    page.keyboard.press("Escape")
    expect(page.locator(".tour.open")).to_have_count(0)
    expect(page.locator("[data-test=tour]")).to_contain_text(say("app.tour.resume", lang, place=2, all=8))
    page.click("[data-test=tour]")
    expect(sentence).to_have_text(say("app.tour.trend", lang, week=3))
    page.click("[data-test=language]")  # the tour goes on in the other language
    other = {"en": "zh", "zh": "en"}[lang]
    expect(sentence).to_have_text(say("app.tour.trend", other, week=3))
    page.click("[data-test=tour-back]")
    expect(sentence).to_have_text(say("app.tour.instruction", other, week=0))
    page.click("[data-test=tour-leave]")


def test_a_stage_that_is_off_disables_what_would_do_nothing_and_says_why(tabs: Tabs) -> None:
    page = tabs.open("?scenario=classroom&week=10")
    page.click("[data-test=group-publicity] > summary")
    group = page.locator("[data-test=group-publicity]")
    note = group.locator(".locked")
    expect(note).to_be_hidden()
    page.click("[data-test=switch-publicity]")
    expect(note).to_have_text(say("app.switch.off", "en"))
    depth = group.locator("[data-test='control-scouting.depth']")
    expect(depth.locator("input")).to_be_disabled()
    expect(group.locator("[data-test='control-scouting.breadth'] input")).to_be_enabled()
    page.click("[data-test=switch-publicity]")
    expect(depth.locator("input")).to_be_enabled()
    expect(note).to_be_hidden()


def run(changes: dict[str, object]) -> dict[str, list[float]]:
    track = Track(load_scenario("zhaoqing").with_values({"structure.citizens": 1000, **changes}), 0)
    track.step(track.weeks)
    return {name: [round(value, 12) for value in values if value == value] for name, values in track.series.items()}


@pytest.mark.parametrize("stage", STAGES)
def test_controls_are_disabled_exactly_where_they_do_nothing_without_their_stage(stage: str) -> None:
    off = {SWITCHES[stage]: 0.0}
    silent = run(off)
    spec = load_scenario("zhaoqing").with_values(off)
    moved = {}
    for control in GROUPS[stage]:
        given = [True, False] if control.flag else control.options(spec) or [control.low, control.high]
        given = [int(value) if control.whole and isinstance(value, float) else value for value in given]
        others = [value for value in given if value != spec.values[control.key]]
        moved[control.key] = any(run({**off, control.key: value}) != silent for value in others)
    assert {key for key, moves in moved.items() if moves} == LASTING & set(moved)
    assert not all(moved.values())


@pytest.mark.parametrize("name", ["zhaoqing", "guangdong", "classroom"])
def test_key_figures_at_the_end_are_those_of_the_command(name: str) -> None:
    from simulation import run as command
    from simulation.app.key_figures import FIGURES

    session = Session(LIBRARY, Choice(name, week=10**6, seed=3))
    session.finish()
    assert session.ended
    summary = command(load_scenario(name), seed=3).summary
    assert {figure: session.a.now(figure) for figure in FIGURES} == {figure: summary[figure] for figure in FIGURES}


def test_predicting_says_what_effectiveness_is_and_what_it_is_not() -> None:
    assert "not a share of problems solved" in say("app.predict.effectiveness.note", "en")
    assert "并非“已解决问题的比例”" in say("app.predict.effectiveness.note", "zh")
    assert [question.key for question in QUESTIONS if question.noted] == ["effectiveness"]
    for key, text in catalogue().items():
        if key.startswith("app.predict.") and key != "app.predict.effectiveness.note":
            assert "solved" not in text["en"]
            assert "解决" not in text["zh"]


LARGE = """
extends = "zhaoqing"
title = { en = "Everybody", zh = "全体居民" }
[structure]
citizens = "all"
"""


@pytest.mark.parametrize("lang", EACH)
def test_what_the_page_makes_smaller_is_said_beside_the_numbers_and_stands_in_the_link(
    browser: Browser, launch: Callable[..., Server], tmp_path: Path, lang: str
) -> None:
    file = tmp_path / "everybody.toml"
    file.write_text(LARGE, encoding="utf-8")
    server = launch(str(file))
    tabs = Tabs(browser, server)
    page = tabs.open(f"?scenario=everybody&week=3&lang={lang}")
    every = say("app.reduced.every", lang)
    note = say("app.reduced.structure.citizens", lang, most=f"{MOST_CITIZENS:,}", own=every)
    expect(page.locator("[data-test=reduced]")).to_have_text(note)
    page.click("[data-test=share]")
    expect(page.locator("[data-test=link]")).to_have_value(re.compile(rf"structure.citizens%3D{MOST_CITIZENS}"))
    link = page.locator("[data-test=link]").input_value()
    again = tabs.open(link.split("/")[-1])
    expect(again.locator("[data-test=reduced]")).to_have_text(note)
    expect(again.locator("[data-test=reset]")).to_be_hidden()  # nothing was changed by hand
    shipped = tabs.open(f"?scenario=guangdong&lang={lang}")
    expect(shipped.locator("[data-test=reduced]")).to_be_hidden()
    tabs.close()
    assert tabs.complaints == []


def test_every_shipped_scenario_keeps_its_own_citizens_and_weeks() -> None:
    for name in LIBRARY.names:
        assert LIBRARY.reduced(name) == {}
        case = LIBRARY.case(name)
        assert LIBRARY.load(name).digest == (load_scenario(name) if case is None else case.spec).digest
