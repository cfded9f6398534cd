"""Branch points: each week in which something changes, with its title, on the time line and in the charts."""

from __future__ import annotations

import itertools
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from shown import LIBRARY, at

from simulation.app.branch_points import branch_points
from simulation.app.choice import Choice
from simulation.app.session import Session
from simulation.app.track import Track
from simulation.app.views import Scene, views
from simulation.app.words import key_name, value_text

SMALL = {"structure.citizens": 400}
CHARTS = ("outcome", "participation", "reports")


def drawn(scene: Scene, name: str) -> str:
    svg = next(view for view in views() if view.name == name).draw(scene)
    ElementTree.fromstring(svg)
    return svg


def test_a_change_of_the_page_is_a_branch_point_in_both_languages() -> None:
    track = at(30, changes=SMALL, later={20: {"execution.oversight": 0.2, "plan.kind": "uniform"}}).a
    (point,) = branch_points(track, "en")
    assert point.week == 20
    assert point.titles == ("week 20: Front-line oversight: 0.2; Division of labour: every unit all domains",)
    (same,) = branch_points(track, "zh")
    assert same.titles[0].startswith("第 20 周：一线督查：0.2")


def test_a_change_that_ends_is_a_branch_point_twice_and_one_beyond_the_end_none() -> None:
    spec = LIBRARY.load("classroom", SMALL)
    title = {"en": "<Rest>", "zh": "暂停"}
    spec = spec.with_change(10, {"execution.oversight": 0.1}, length=5, units=("Harbour",), title=title)
    spec = spec.with_change(500, {"execution.oversight": 0.1})
    track = Track(spec, 0)
    points = branch_points(track, "en")
    assert [point.week for point in points] == [10, 15]
    assert points[0].titles == ("week 10: <Rest> (Harbour)",)
    assert points[1].titles == ("week 15: <Rest> (Harbour) ends",)
    track.step(20)
    assert "&lt;Rest&gt;" in drawn(Scene(track), "outcome")


def test_a_change_with_a_condition_is_one_once_the_condition_has_held() -> None:
    spec = LIBRARY.load("classroom", SMALL)
    change = {"when": "effectiveness > 0", "set": {"execution.oversight": 0.1}}
    track = Track(spec.with_values({"changes": (change,)}), 0)
    assert branch_points(track, "en") == ()
    track.step(60)
    (point,) = branch_points(track, "en")
    assert point.week == track.model.schedule.spells[0].first > 0


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_each_chart_marks_the_branch_points_and_names_the_week(name: str, lang: str) -> None:
    track = at(50, changes=SMALL, later={20: {"execution.oversight": 0.2}}).a
    assert 'class="branch"' not in drawn(Scene(at(50, changes=SMALL).a, lang=lang), name)
    svg = drawn(Scene(track, lang=lang), name)
    assert svg.count('class="branch"') == 1
    assert (">week 20<" if lang == "en" else ">第 20 周<") in svg


def test_two_runs_mark_the_branch_points_of_both_and_say_whose() -> None:
    session = Session(
        LIBRARY, Choice("classroom", SMALL, week=40, compare="unchanged", later={20: {"plan.kind": "point"}})
    )
    session.finish()
    assert session.b is not None
    for scene in (Scene(session.a, session.b), Scene(session.b, session.a)):
        svg = drawn(scene, "difference")
        assert svg.count('class="branch"') == 1
        assert (f"<title>{'A' if scene.track is session.a else 'B'} · week 20") in svg


@pytest.mark.parametrize("narrow", [True, False])
def test_weeks_of_branch_points_never_stand_over_one_another(narrow: bool) -> None:
    later: dict[int, dict[str, Any]] = {
        week: {"execution.oversight": 0.01 * place} for place, week in enumerate((1, 2, 9, 10, 11, 40, 41, 60, 103))
    }
    track = at(104, changes=SMALL, later=later).a
    svg = drawn(Scene(track, narrow=narrow), "outcome")
    places = [
        (float(found[1]), float(found[1]) + 45.0) for found in re.finditer(r'<text x="([\d.]+)" [^>]*>week \d+<', svg)
    ]
    assert svg.count('class="branch"') == len(later)
    assert 2 <= len(places) < len(later)
    assert all(one[1] <= two[0] for one, two in itertools.pairwise(places))


def test_values_are_said_as_the_controls_say_them() -> None:
    assert value_text("plan.keep_point", True, "en") == "yes"
    assert value_text("agenda.span", float("inf"), "zh") == "∞"
    assert value_text("execution.oversight", 0.25, "en") == "0.25"
    assert value_text("stages.authority.intensity", "computed", "en") == "computed"
    assert value_text("plan.table", {"a": 1}, "en") == "…"
    assert key_name("departments.turf", "en") == "departments.turf"
    assert key_name("stages.trend.intensity", "en") == "1 Trend: mobilisation, switch"
