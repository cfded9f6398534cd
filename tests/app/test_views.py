"""The pictures: well-formed, escaped, in both languages, and true to the model."""

from __future__ import annotations

import math
import re
from html import escape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import simulation.app
from simulation.app.choice import UNCHANGED, Choice
from simulation.app.inspector import explain
from simulation.app.key_figures import FIGURES, _difference, strip
from simulation.app.library import Library
from simulation.app.session import Session
from simulation.app.views import Scene, View, views
from simulation.app.views.expansion import runs
from simulation.app.views.ledger import entries
from simulation.app.views.svg import (
    MOMENTUM,
    MUTED,
    NARROW,
    PANEL,
    SECOND,
    SMALLEST,
    WARN,
    WIDE,
    Drawing,
    effect_colour,
    fit,
    luminance,
    number,
    on_effect,
    percent,
    width_of,
    wrap,
)
from simulation.scenario import load_scenario
from simulation.text import catalogue, say

LIBRARY = Library()
#: The view of a case alone has tests of its own, in `test_cases_on_the_page`.
OF_ANY = [view for view in views() if not view.case]
SVG = "{http://www.w3.org/2000/svg}"


def session(week: int, scenario: str = "classroom", **fields: Any) -> Session:
    made = Session(LIBRARY, Choice(scenario, week=week, **fields))
    made.finish()
    return made


def scene(made: Session, **fields: Any) -> Scene:
    return Scene(made.a, made.b, **fields)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("view", OF_ANY, ids=lambda view: view.name)
def test_every_view_is_well_formed_at_any_week(view: View, lang: str, narrow: bool) -> None:
    for made in (session(0), session(1), session(60), session(104, compare=UNCHANGED)):
        for picked in ("", "unit:1", "community:3"):
            markup = view.draw(scene(made, lang=lang, narrow=narrow, picked=picked))
            if made.b is None and view.name == "difference":
                assert markup == ""
                continue
            root = ElementTree.fromstring(markup)
            assert root.get("aria-label")
            width = float(root.get("viewBox", "").split()[2])
            assert width == (NARROW if narrow else WIDE)
            assert not re.search(r"\bnan\b", markup)


@pytest.mark.parametrize("view", OF_ANY, ids=lambda view: view.name)
def test_many_cities_and_switched_off_stages_can_be_drawn(view: View) -> None:
    spread = session(20, "guangdong", changes={"structure.citizens": 2000})
    silent = session(30, changes={"stages.authority.intensity": 0.0, "instruction.intensity": 0.0})
    for made in (spread, silent):
        markup = view.draw(scene(made, city=0))
        assert not markup or ElementTree.fromstring(markup).tag == f"{SVG}svg"


def test_every_county_and_community_can_be_chosen_and_says_what_it_is() -> None:
    made = session(40)
    hierarchy = next(view for view in views() if view.name == "hierarchy")
    root = ElementTree.fromstring(hierarchy.draw(scene(made, picked="unit:2")))
    targets = [group for group in root.iter(f"{SVG}g") if group.get("data-pick")]
    model = made.a.model
    wanted = {f"unit:{u}" for u in range(len(model.units))}
    wanted |= {f"community:{k}" for k in range(len(model.ground.population))} | {"group:0"}
    assert {group.get("data-pick") for group in targets} == wanted
    for group in targets:
        title = group.find(f"{SVG}title")
        assert title is not None
        assert title.text
        assert group.get("tabindex") == "0"
    assert [group.get("data-pick") for group in targets if group.get("aria-pressed") == "true"] == ["unit:2"]


@pytest.fixture(scope="module")
def zhaoqing() -> Session:
    return session(90, "zhaoqing-by-hand", changes={"structure.citizens": 2000})


def named(name: str) -> View:
    return next(view for view in views() if view.name == name)


def targets(markup: str, kind: str) -> list[str]:
    """Return the picks of a kind that a picture offers."""
    groups = [group.get("data-pick") or "" for group in ElementTree.fromstring(markup).iter(f"{SVG}g")]
    return [pick for pick in groups if pick.startswith(f"{kind}:")]


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("view", OF_ANY, ids=lambda view: view.name)
def test_every_view_draws_a_city_of_towns_and_departments(view: View, narrow: bool, zhaoqing: Session) -> None:
    for lang in ("en", "zh"):
        markup = view.draw(scene(zhaoqing, lang=lang, narrow=narrow))
        assert not markup or ElementTree.fromstring(markup).tag == f"{SVG}svg"
        assert not re.search(r"\bnan\b", markup)


@pytest.mark.parametrize("narrow", [False, True])
def test_every_town_can_be_chosen_under_its_county_and_a_staff_is_no_town(narrow: bool, zhaoqing: Session) -> None:
    towns = [f"town:{town.index}" for town in zhaoqing.a.model.towns if not town.is_staff]
    assert towns
    assert targets(named("hierarchy").draw(scene(zhaoqing, narrow=narrow)), "town") == towns
    assert targets(named("hierarchy").draw(scene(session(20), narrow=narrow)), "town") == []


def test_a_town_above_its_capacity_is_told_by_a_sign_and_each_towns_load_is_said() -> None:
    made = session(90, "zhaoqing", changes={"structure.citizens": 2000, "execution.capacity": 1.0})
    model = made.a.model
    root = ElementTree.fromstring(named("hierarchy").draw(scene(made)))
    by_pick = {group.get("data-pick"): group for group in root.iter(f"{SVG}g")}
    above = []
    for town in model.towns:
        if town.is_staff:
            continue
        group = by_pick[f"town:{town.index}"]
        assert percent(town.load / town.capacity) in (group.findtext(f"{SVG}title") or "")
        signs = [path for path in group.iter(f"{SVG}path") if path.get("class") == "over"]
        assert len(signs) == (town.load > town.capacity)
        above.append(town.load > town.capacity)
    assert set(above) == {True, False}


def test_the_matrix_shows_the_mode_of_most_sites_and_the_mean_load_of_the_towns(zhaoqing: Session) -> None:
    model, shown = zhaoqing.a.model, scene(zhaoqing)
    root = ElementTree.fromstring(named("matrix").draw(shown))
    titles = {group.findtext(f"{SVG}title") or "" for group in root.iter(f"{SVG}g")}
    for unit in model.units:
        name = shown.place(unit.name)
        load = percent(unit.load / unit.capacity)
        assert any(title.startswith(name) and f"Load {load} of" in title for title in titles)
        for j, domain in enumerate(model.spec.domains):
            mode = unit.mode(domain)
            said = shown.word(f"mode.{mode}") if mode else shown.say("matrix.none")
            cell = f"{name}, {shown.domain(j)}: {said}, effect {percent(float(model.state.mean_effect[unit.index, j]))}"
            assert any(title.startswith(cell) for title in titles)


@pytest.mark.parametrize("narrow", [False, True])
def test_expansion_shows_every_department_and_how_it_stands_to_each_domain(narrow: bool, zhaoqing: Session) -> None:
    model, shown = zhaoqing.a.model, scene(zhaoqing, narrow=narrow)
    root = ElementTree.fromstring(named("expansion").draw(shown))
    groups = {group.get("data-pick"): group for group in root.iter(f"{SVG}g") if group.get("data-pick")}
    assert list(groups) == [f"department:{department.index}" for department in model.departments]
    agenda = set(model.cities[0].agenda)
    passing = 0
    for department in model.departments:
        group = groups[f"department:{department.index}"]
        member, taken = set(department.domains), set(department.domains) & agenda
        filled = [rect for rect in group.iter(f"{SVG}rect") if rect.get("fill") == SECOND]
        framed = [rect for rect in group.iter(f"{SVG}rect") if rect.get("fill") == "none"]
        assert len(filled) == len(department.joined)
        assert len(list(group.iter(f"{SVG}path"))) == len(taken) - len(department.joined)
        assert len(list(group.iter(f"{SVG}circle"))) == len(member - agenda)
        assert len(framed) == len(department.leads)
        passing += len(taken) - len(department.joined)
    assert passing


def test_a_domains_bar_covers_the_weeks_on_the_agenda_with_its_co_operation(zhaoqing: Session) -> None:
    model = zhaoqing.a.model
    record = model.record
    broken = 0
    for j in range(len(model.spec.domains)):
        spells = runs(scene(zhaoqing), j)
        covered = [week for first, last, _ in spells for week in range(first, last)]
        assert covered == [week for week in range(model.week) if record.active[week, 0, j]]
        for first, last, value in spells:
            assert abs(record.co_operation[first:last, 0, j] - value).max() <= 0.05 + 1e-9
        broken += len(spells) > 1
    assert broken
    assert any(not runs(scene(zhaoqing), j) for j in range(len(model.spec.domains)))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_scenario_without_departments_says_so(lang: str) -> None:
    made = session(20)
    assert not made.a.model.departments
    shown = scene(made, lang=lang)
    assert shown.say("expansion.none") in named("expansion").draw(shown)


def test_agenda_depth_and_the_point_stand_beside_effectiveness(zhaoqing: Session) -> None:
    shown = strip(scene(zhaoqing))
    model = zhaoqing.a.model
    assert FIGURES[:4] == ("effectiveness", "core_effect", "depth", "agenda")
    assert f'data-metric="agenda">{len(model.cities[0].agenda)}<i>/{len(model.spec.domains)}</i>' in shown


def test_the_modes_are_told_apart_without_colour() -> None:
    made = session(60)
    matrix = next(view for view in views() if view.name == "matrix")
    titles = [title.text or "" for title in ElementTree.fromstring(matrix.draw(scene(made))).iter(f"{SVG}title")]
    model = made.a.model
    for u, unit in enumerate(model.units):
        for domain in unit.domains:
            label = model.spec.domains[domain].en
            mode = unit.mode(domain)
            assert any(unit.name in text and label in text and str(mode) in text for text in titles), (u, domain)


def test_both_sides_of_the_ledger_are_equal() -> None:
    for week in (0, 1, 50, 104):
        came, went = entries(scene(session(week)))
        assert sum(amount for *_, amount in came) == pytest.approx(sum(amount for *_, amount in went), rel=1e-9)


def test_an_explanation_shows_the_models_own_numbers() -> None:
    made = session(60)
    for u, unit in enumerate(made.a.model.units):
        shown = explain(scene(made, picked=f"unit:{u}"))
        ElementTree.fromstring(f"<div>{shown}</div>")
        for domain in unit.domains:
            for value in unit.utilities(domain).values():
                assert f"{value:+.2f}".replace("-", "−") in shown
    assert explain(scene(made)) == ""


def test_text_of_a_scenario_is_escaped_everywhere() -> None:
    nasty = '<script>alert("x")</script>&'
    spec = load_scenario("classroom")
    domains = {key: {"en": nasty, "zh": nasty, "matched": list(d.matched)} for key, d in spec.domains.items()}
    made = session(40)
    from simulation.app.track import Track

    made.a = Track(spec.with_values({"domains": domains}), 0)
    made.a.step(40)
    for picked in ("unit:0", "community:0"):
        shown = scene(made, picked=picked)
        for markup in (*(view.draw(shown) for view in OF_ANY), explain(shown)):
            assert "<script" not in markup


@given(st.text(max_size=40), st.floats(20, 200), st.integers(1, 4))
def test_wrapped_text_fits(text: str, room: float, lines: int) -> None:
    for line in wrap(text, 10, room, lines):
        assert width_of(line, 10) <= room or len(line) <= 1
    assert len(wrap(text, 10, room, lines)) <= lines
    assert width_of(fit(text, 10, room), 10) <= max(room, 10)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_breaks_a_drawing(content: str, label: str) -> None:
    drawing = Drawing(10, 10, label.translate(dict.fromkeys(range(32))))
    drawing.text(0, 0, "".join(letter for letter in content if letter.isprintable()), data_pick='"><x')
    assert ElementTree.fromstring(drawing.svg()).find(f"{SVG}x") is None


def test_shade_darkens_with_effect() -> None:
    def light(colour: str) -> int:
        return sum(int(colour[i : i + 2], 16) for i in (1, 3, 5))

    shades = [light(effect_colour(i / 20)) for i in range(21)]
    assert shades == sorted(shades, reverse=True)
    assert len(set(shades)) == 21


def contrast(one: str, two: str) -> float:
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_coloured_text_stands_out_from_every_ground_of_the_page() -> None:
    style = (Path(simulation.app.__file__).parent / "style.css").read_text(encoding="utf-8")
    assert f"--momentum: {MOMENTUM};" in style
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    for ground in ("#ffffff", PANEL, "#eef1f4", "#fdf4ee"):
        assert ground in style or ground in (PANEL, "#ffffff")
        for colour in (MOMENTUM, MUTED, WARN, SECOND):
            assert contrast(colour, ground) >= 4.5, (colour, ground)


def test_a_number_stands_out_from_every_shade_of_effect() -> None:
    assert min(contrast(on_effect(i / 200), effect_colour(i / 200)) for i in range(201)) >= 4.5


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("view", OF_ANY, ids=lambda view: view.name)
def test_no_letters_are_smaller_than_the_smallest(view: View, narrow: bool, zhaoqing: Session) -> None:
    for lang in ("en", "zh"):
        markup = view.draw(scene(zhaoqing, lang=lang, narrow=narrow))
        sizes = [
            float(text.get("font-size", 0)) for text in ElementTree.fromstring(markup or "<svg/>").iter(f"{SVG}text")
        ]
        assert bool(sizes) == bool(markup)
        assert all(size >= SMALLEST for size in sizes)


@pytest.mark.parametrize("view", OF_ANY, ids=lambda view: view.name)
def test_weeks_are_counted_from_0_in_every_picture(view: View) -> None:
    played = session(104)
    for lang in ("en", "zh"):
        shown = scene(played, lang=lang)
        root = ElementTree.fromstring(view.draw(shown) or "<svg/>")
        said = {text.text for text in root.iter(f"{SVG}text")} | {title.text for title in root.iter(f"{SVG}title")}
        assert "104" not in said
        if shown.say("axis.week") in said:
            assert {"0", "13", "91"} <= said


def test_the_last_value_of_a_line_stands_over_the_number_of_its_week() -> None:
    played = session(27)
    root = ElementTree.fromstring(named("outcome").draw(scene(played)))
    tick = next(text for text in root.iter(f"{SVG}text") if text.text == "26")
    ends = {float(line.get("points", "").split()[-1].split(",")[0]) for line in root.iter(f"{SVG}polyline")}
    assert len(ends) == 1
    assert ends.pop() == pytest.approx(float(tick.get("x", "nan")), abs=0.1)


def test_the_day_a_domain_was_taken_on_is_the_first_week_of_its_bar(zhaoqing: Session) -> None:
    model, shown = zhaoqing.a.model, scene(zhaoqing)
    root = ElementTree.fromstring(named("expansion").draw(shown))
    titles = [title.text or "" for title in root.iter(f"{SVG}title")]
    taken = 0
    for j in np.flatnonzero(model.state.active[0]):
        first = int(np.flatnonzero(model.record.active[: model.week, 0, j])[0])
        assert any(title.startswith(f"{shown.domain(int(j))}: taken on in week {first};") for title in titles)
        taken += 1
    assert taken > 1
    assert any(runs(shown, int(j))[0][0] == 0 for j in np.flatnonzero(model.state.active[0]))


def test_many_communities_cost_few_bytes_and_are_named_by_their_town() -> None:
    few, many = session(20, changes={"structure.citizens": 400}), session(20, "zhaoqing")
    hierarchy = named("hierarchy")
    assert targets(hierarchy.draw(scene(few)), "community")
    assert targets(hierarchy.draw(scene(many)), "community") == []
    assert len(many.a.model.ground.population) > 400
    town = next(town for town in many.a.model.towns if not town.is_staff)
    shown = explain(scene(many, picked=f"town:{town.index}"))
    assert shown.count('data-pick="community:') == town.places
    reached = set()
    for town in many.a.model.towns:
        reached |= set(re.findall(r'data-pick="community:(\d+)"', explain(scene(many, picked=f"town:{town.index}"))))
    assert len(reached) == len(many.a.model.ground.population)


def test_names_of_measures_are_those_of_the_one_catalogue(zhaoqing: Session) -> None:
    for lang in ("en", "zh"):
        shown = scene(zhaoqing, lang=lang)
        markup = strip(shown)
        for name in FIGURES:
            assert f">{escape(say(f'metric.{name}', lang))}</button>" in markup
            assert escape(say(f"metric.{name}.meaning", lang)) in markup
        outcome = named("outcome").draw(shown)
        for name in ("effectiveness", "core_effect", "site_effect"):
            assert f">{escape(say(f'metric.{name}', lang))}<" in outcome
    assert not [key for key in catalogue() if key.startswith("app.metric.")]


def test_small_momentum_is_not_shown_as_none() -> None:
    assert number(0.001) == "<0.01"
    assert number(0) == "0"
    assert number(-1.5) == "−1.50"


def test_a_picture_with_an_open_group_is_not_given_out() -> None:
    drawing = Drawing(10, 10, "label")
    drawing._open = 1
    with pytest.raises(ValueError, match="not closed"):
        drawing.svg()


def test_what_is_not_defined_is_white_and_a_dash() -> None:
    assert effect_colour(math.nan) == "#ffffff"
    assert number(math.nan) == "–"
    assert _difference("effectiveness", math.nan) == "–"
