"""Pictures of those who execute and of departments, with and without the tables that an earlier version lacks."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from kit.languages import DRAWN
from kit.pictures import boxes, cut_off, overlapping

from simulation import RunResult, load_scenario, run
from simulation.drawing import fonts
from simulation.figures import co_operation, draw, modes, tables, town_load
from simulation.text import say

SMALL = {"structure.citizens": 1200, "weeks": 60}


@pytest.fixture(scope="module")
def city() -> RunResult:
    return run(load_scenario("zhaoqing").with_values(SMALL), seed=0).detached()


@pytest.fixture(scope="module")
def province() -> RunResult:
    spec = load_scenario("guangdong").with_values({"structure.citizens": 3000, "weeks": 90})
    return run(spec, seed=0).detached()


@pytest.mark.parametrize("name", ["co_operation", "town_load", "modes", "tree", "expansion", "surface", "ledger_flow"])
@pytest.mark.parametrize("lang", DRAWN)
def test_with_towns_and_departments_no_text_is_cut_off_and_none_lies_on_another(name, lang, city, province):
    for result in (city, province):
        figure = draw(name, result, fonts.drawn_in(lang))
        found = boxes(figure)
        assert cut_off(figure, found) == []
        assert overlapping(found) == []


def written(figure) -> str:
    texts = [text.get_text() for axis in figure.axes for text in axis.texts]
    return " ".join([*texts, figure._supxlabel.get_text()]).replace("\n", " ")


def departments(city: RunResult) -> pd.DataFrame:
    rows = [
        {"week": week, "city": "Zhaoqing", "department": key, "domain": "nimby", "leads": 0, "joins": joins}
        for week, key, joins in [(0, "ecology", 0), (4, "ecology", 1), (5, "ecology", 0), (4, "petitions", 1)]
    ]
    return pd.DataFrame(rows)


def given(monkeypatch: pytest.MonkeyPatch, **found: pd.DataFrame | None) -> None:
    for module in (co_operation, modes, town_load):
        monkeypatch.setattr(module, "table", lambda _, name: found.get(name))


def test_a_share_counts_monthly_analyses_only(city, monkeypatch):
    given(monkeypatch, departments=departments(city))
    share = co_operation.joined(city, ["ecology", "petitions", "finance"], ["nimby", "land"])
    assert share[:2, 0].tolist() == [0.5, 1.0]  # week 5 is no analysis
    assert np.isnan(share[2]).all()
    assert np.isnan(share[:, 1]).all()
    words = written(draw("co_operation", city))
    assert "50%" in words
    assert "100%" in words


def test_without_its_table_the_grid_shows_who_is_in_charge_and_says_what_is_missing(city, monkeypatch):
    given(monkeypatch)
    figure = draw("co_operation", city)
    pairs = sum(len(domain.departments) for domain in city.spec.domains.values())
    assert len(figure.axes[0].patches) == pairs
    assert "not recorded" in written(figure)
    assert "%" not in "".join(text.get_text() for text in figure.axes[0].texts)


def test_a_scenario_without_departments_says_that_nobody_can_pass_the_buck(classroom):
    assert say("figure.co_operation.none", "en") in written(draw("co_operation", classroom))


def loads() -> pd.DataFrame:
    rows = [("Duanzhou", "a", 0.5), ("Duanzhou", "b", 2.5), ("Gaoyao", "c", 1.0), ("City Procuratorate", "d", 9.0)]
    return pd.DataFrame(
        [
            {
                "week": week,
                "city": "Zhaoqing",
                "unit": unit,
                "executor": name,
                "tier": "town",
                "load": load * (week > 0),
                **dict.fromkeys(modes.MODES, 0),
                "substantive": 2,
            }
            for week in (0, 59)
            for unit, name, load in rows
        ]
    )


def test_every_town_of_a_county_is_a_dot_and_departments_are_left_out(city, monkeypatch):
    given(monkeypatch, executors=loads())
    figure = draw("town_load", city)
    dots = [tuple(points.get_offsets()[:, 0]) for points in figure.axes[0].collections]
    assert dots == [(0.5, 2.5), (1.0,)]
    means = [line.get_xdata()[0] for line in figure.axes[0].lines]
    assert means == [1.5, 1.0, town_load.capacity(city)]


def test_capacity_is_what_meetings_leave_where_they_are_held(city):
    spec = city.spec
    held = spec.execution.capacity * (1 - spec.transmission.meeting_cost * spec.stages.authority.meetings_per_year)
    assert town_load.capacity(city) == held < spec.execution.capacity
    idle = run(spec.with_values({"stages.authority.intensity": 0.0, "weeks": 2}), seed=0)
    assert town_load.capacity(idle) == spec.execution.capacity == idle.model.parameters.execution.capacity


def test_modes_count_pairs_of_executor_and_domain_where_they_are_recorded(city, monkeypatch):
    given(monkeypatch, executors=loads())
    counts = modes._counts(city.units, loads(), "unit")
    assert counts.loc["Duanzhou", 59].tolist() == [4, *[0] * (len(modes.MODES) - 1)]
    assert say("figure.modes.note_executors", "en")[:40] in written(draw("modes", city))
    given(monkeypatch)
    assert "Height: number of the unit's domains" in written(draw("modes", city))


def test_a_table_that_a_run_does_not_have_is_none(city):
    assert tables.table(city, "weekly") is not None
    assert tables.table(city, "nothing of the kind") is None
    earlier = dataclasses.replace(city, _tables={"weekly": city.weekly})
    assert tables.table(earlier, "flows") is None
