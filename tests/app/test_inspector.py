"""The page explains the group, department, county, town or community that is picked, and its reasons."""

from __future__ import annotations

import dataclasses
import html
from typing import Any
from xml.etree import ElementTree

import pytest
from shown import at

from simulation.agents.department import Department
from simulation.app.inspector import explain, kinds, parts
from simulation.app.inspector.department import because as because_of
from simulation.app.session import Session
from simulation.app.track import Track
from simulation.app.views import Scene
from simulation.app.views.svg import percent
from simulation.scenario import load_scenario
from simulation.world.fixed import BODIES


@pytest.fixture(scope="module")
def zhaoqing() -> Session:
    return at(90, "zhaoqing", changes={"structure.citizens": 2000})


def test_a_unit_without_instructions_and_a_community_without_sites_are_said_to_be_so() -> None:
    session = at(0)
    session.pick("unit:0")
    scene = Scene(session.a, picked="unit:0")
    session.a.model.state.has[0] = False
    assert scene.say("inspect.nothing") in explain(scene)
    session.a.model.state.covered[2] = False
    assert scene.say("inspect.no_site") in explain(Scene(session.a, picked="community:2"))
    session.a.model.state.covered[2, 0] = True
    assert scene.say("inspect.no_site") not in explain(Scene(session.a, picked="community:2"))


@pytest.mark.parametrize(("load", "pressure", "reason"), [(99.0, 0.9, "overload"), (0.0, 0.1, "no_pressure")])
def test_overload_weighs_before_pressure_and_too_little_pressure_is_a_reason(
    load: float, pressure: float, reason: str
) -> None:
    scene = Scene(at(10).a)
    assert parts.because(scene, "symbolic", {"substantive": 0.1, "symbolic": 0.2}, load, pressure) == scene.say(
        f"because.{reason}"
    )


def explained(scene: Scene, picked: str) -> str:
    """Return an explanation, after making sure that it is well-formed."""
    shown = explain(dataclasses.replace(scene, picked=picked))
    ElementTree.fromstring(f"<div>{shown}</div>")
    return shown


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_kind_of_pick_is_explained_in_both_languages(lang: str, zhaoqing: Session) -> None:
    scene = Scene(zhaoqing.a, lang=lang)
    for picked in ("group:0", "department:0", "unit:0", "town:0", "community:0"):
        assert "<h3>" in explained(scene, picked)
    assert {"group", "department", "unit", "town", "community"} == set(kinds())


def test_a_towns_utilities_load_coverage_and_pressure_are_the_models_own(zhaoqing: Session) -> None:
    scene = Scene(zhaoqing.a)
    working = [town for town in zhaoqing.a.model.towns if town.domains]
    assert any(not town.is_staff for town in working)
    for town in working:
        shown = explained(scene, f"town:{town.index}")
        assert f"{town.load:.1f} / {town.capacity:.1f}" in shown
        for domain in town.domains:
            assert scene.word(f"mode.{town.mode(domain)}") in shown
            assert f"{town.sites(domain)} / {town.places}" in shown
            assert percent(town.pressure(domain)) in shown
            assert percent(town.coverage(domain)) in shown
            for value in town.utilities(domain).values():
                assert parts.signed(value) in shown


def test_a_departments_utilities_and_chances_are_the_models_own(zhaoqing: Session) -> None:
    scene, model = Scene(zhaoqing.a), zhaoqing.a.model
    agenda = model.cities[0].agenda
    for department in model.departments:
        shown = explained(scene, f"department:{department.index}")
        for domain in department.domains:
            assert scene.domain(model.domain_index(domain)) in shown
            if domain in agenda:
                assert parts.signed(department.utilities(domain)["join"]) in shown
                assert f"<td>{percent(department.chance(domain))}</td>" in shown
                assert f"<td>{percent(1 - department.chance(domain))}</td>" in shown


def test_a_department_says_that_it_is_off_the_agenda_where_the_city_has_not_taken_the_domain_on() -> None:
    scene = Scene(at(6, "zhaoqing", changes={"structure.citizens": 400}).a)
    model = scene.model
    assert model.cities[0].agenda == ["nimby"]
    idle = next(m for m in model.departments if "nimby" not in m.domains)
    shown = explained(scene, f"department:{idle.index}")
    assert shown.count(scene.say("inspect.off_agenda")) == len(idle.domains)
    assert scene.say("inspect.utility") not in shown


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"departments.w_authority": 100.0}, "authority"),
        ({"departments.w_lead": 100.0}, "lead"),
        ({"departments.turf": 100.0}, "turf"),
        ({"departments.w_busy": 100.0}, "busy"),
        ({"departments.w_join": 100.0}, "alone"),
        ({"departments.w_join": 100.0, "departments.turf": -101.0}, "example"),
    ],
)
def test_the_term_that_is_made_to_weigh_most_is_named_as_a_departments_reason(
    changes: dict[str, Any], reason: str
) -> None:
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": 400, **changes})
    track = Track(spec, 0)
    track.step(40)
    scene = Scene(track)
    agenda = track.model.cities[0].agenda
    own = "City Procuratorate"
    leading = next(m for m in track.model.departments if set(m.leads) & set(agenda) and own not in units_of(m))
    domain = next(key for key in leading.leads if key in agenda)
    assert because_of(scene, leading, domain) == scene.say(f"because.{reason}")


def units_of(department: Department) -> tuple[str, ...]:
    return tuple(department.model.spec.departments.named[department.key].units)


def test_a_department_that_executes_a_domain_itself_says_so(zhaoqing: Session) -> None:
    scene, model = Scene(zhaoqing.a), zhaoqing.a.model
    own = next(m for m in model.departments if model.world.department_unit[m.index] >= 0)
    unit = model.units[model.world.department_unit[own.index]]
    assert set(unit.domains) & set(own.domains)
    shown = explained(scene, f"department:{own.index}")
    assert scene.say("because.executes") in shown
    assert f'data-pick="unit:{unit.index}"' in shown
    assert f'data-pick="department:{own.index}"' in explained(scene, f"unit:{unit.index}")


def test_a_city_shows_its_agenda_the_worth_of_each_domain_and_its_attention(zhaoqing: Session) -> None:
    scene, city = Scene(zhaoqing.a), zhaoqing.a.model.cities[0]
    shown = explained(scene, "group:0")
    assert f"{len(city.agenda)} / {len(zhaoqing.a.model.spec.domains)}" in shown
    assert percent(city.attention) in shown
    for value in city.worth().values():
        assert f"{value:.2f}</td>" in shown
    assert shown.count("●") == len(city.agenda)
    assert scene.say("because.agenda") in shown


@pytest.mark.parametrize(
    ("changes", "reason"), [({"agenda.domains": 3}, "agenda_given"), ({"plan.kind": "point"}, "agenda_point")]
)
def test_a_city_that_chooses_nothing_says_that_worth_decides_nothing(changes: dict[str, Any], reason: str) -> None:
    scene = Scene(at(2, changes=changes).a)
    assert scene.say(f"because.{reason}") in explained(scene, "group:0")


def test_a_community_shows_its_seven_kinds_of_body_and_their_chances(zhaoqing: Session) -> None:
    scene, model = Scene(zhaoqing.a), zhaoqing.a.model
    bodies = model.bodies[: len(BODIES)]
    assert any(body.active for body in model.bodies)
    shown = explained(scene, "community:0")
    for body in bodies:
        assert html.escape(scene.say(f"body.{body.name}")) in shown
        if body.present:
            assert f"<td>{percent(body.chance())}</td>" in shown
    assert shown.count(f"<td>{scene.say('inspect.absent')}</td>") == sum(not body.present for body in bodies)
    assert shown.count(f"<td>{scene.say('inspect.active')}</td>") == sum(bool(body.active) for body in bodies)


def test_where_bodies_are_only_a_share_a_community_lists_none() -> None:
    scene = Scene(at(5, changes={"bodies.rule": "share"}).a)
    shown = explained(scene, "community:0")
    assert scene.say("inspect.platforms") in shown
    assert scene.say("inspect.bodies") not in shown


def test_every_explanation_leads_on_to_those_above_and_below(zhaoqing: Session) -> None:
    scene, model = Scene(zhaoqing.a), zhaoqing.a.model
    county = next(unit for unit in model.units if scene.towns(unit.index))
    town = next(x for x in scene.towns(county.index))
    city, shown = explained(scene, "group:0"), explained(scene, f"unit:{county.index}")
    assert all(f'data-pick="department:{m.index}"' in city for m in model.departments)
    assert all(f'data-pick="town:{x}"' in shown for x in scene.towns(county.index))
    assert 'data-pick="group:0"' in shown
    assert f'data-pick="unit:{county.index}"' in explained(scene, f"town:{town}")
    assert 'data-pick="group:0"' in explained(scene, "department:0")
    g = model.world
    for k in range(len(g.population)):
        home = explained(scene, f"community:{k}")
        own = [x for x in scene.towns(int(g.community_county[k])) if f'data-pick="town:{x}"' in home]
        places = [j for j in range(len(g.place_community)) if g.place_community[j] == k]
        assert own == [int(g.place_executor[j]) for j in places if g.place_executor[j] in own]
        assert len(own) == 1


def test_a_county_that_works_through_a_staff_of_its_own_lists_no_towns() -> None:
    scene = Scene(at(20).a)
    assert scene.towns(0) == []
    assert 'data-pick="town' not in explained(scene, "unit:0")
