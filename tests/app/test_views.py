"""The pictures: well-formed, escaped, in both languages, and true to the model."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.app.inspector import explain
from simulation.app.key_figures import _difference
from simulation.app.library import Library
from simulation.app.session import UNCHANGED, Choice, Session
from simulation.app.views import Scene, View, views
from simulation.app.views.ledger import entries
from simulation.app.views.svg import Drawing, effect_colour, fit, number, width_of, wrap
from simulation.scenario import load_scenario

LIBRARY = Library()
SVG = "{http://www.w3.org/2000/svg}"


def session(week: int, scenario: str = "classroom", **fields: Any) -> Session:
    made = Session(LIBRARY, Choice(scenario, week=week, **fields))
    made.finish()
    return made


def scene(made: Session, **fields: Any) -> Scene:
    return Scene(made.a, made.b, **fields)


@pytest.mark.parametrize("narrow", [False, True])
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("view", views(), ids=lambda view: view.name)
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
            assert width == (360 if narrow else 560)
            assert "nan" not in markup


@pytest.mark.parametrize("view", views(), ids=lambda view: view.name)
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
    wanted |= {f"community:{k}" for k in range(len(model.ground.population))}
    assert {group.get("data-pick") for group in targets} == wanted
    for group in targets:
        title = group.find(f"{SVG}title")
        assert title is not None
        assert title.text
        assert group.get("tabindex") == "0"
    assert [group.get("data-pick") for group in targets if group.get("aria-pressed") == "true"] == ["unit:2"]


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
        for markup in (*(view.draw(shown) for view in views()), explain(shown)):
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
