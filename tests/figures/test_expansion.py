"""The picture of a widening agenda: which domains, since when, and where the plan stands."""

from __future__ import annotations

import numpy as np
import pytest

from simulation import RunResult, load_scenario, run
from simulation.figures import draw
from simulation.figures.expansion import plan_week, taken_on

SMALL = {"structure.citizens": 600}


@pytest.fixture(scope="module")
def told() -> RunResult:
    return run(load_scenario("as-instructed").with_values({**SMALL, "weeks": 80}), seed=0)


def test_a_domain_has_effect_from_the_month_in_which_a_unit_first_has_it(told: RunResult) -> None:
    weeks, domains, effect = taken_on(told)
    point = told.spec.point
    assert domains[:3] == [point, "rural-revitalisation", "environment"]
    first = [weeks[np.flatnonzero(np.isfinite(row))[0]] for row in effect[:3]]
    assert first == [0, 28, 52]  # signals in weeks 0, 26 and 52; months begin every fourth week
    assert np.isnan(effect[3:]).all()
    counties = told.units[(told.units["week"] == weeks[-1]) & told.units["unit"].isin(told.cells["county"])]
    expected = counties[counties["domain"] == point]["effect"].mean()
    assert effect[0, -1] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, 16),
        ({"instruction.week": 5}, 21),
        ({"stages.settlement.intensity": 0.0}, None),
        ({"stages.opening": "ready"}, None),
        ({"weeks": 10}, None),
    ],
)
def test_the_plan_is_marked_only_where_its_week_is_known(values: dict[str, object], expected: int | None) -> None:
    result = run(load_scenario("classroom").with_values({"weeks": 30, "structure.citizens": 200, **values}), seed=0)
    assert plan_week(result) == expected


def test_the_week_that_is_marked_is_the_one_in_which_the_plan_is_drawn_up() -> None:
    for week in (0, 5):
        given = {"instruction.week": week, "weeks": 40, **SMALL}
        result = run(load_scenario("zhaoqing").with_values(given), seed=0)
        assert result.model.state.plan_week.tolist() == [plan_week(result)]


def test_the_title_counts_the_domains_that_are_on_the_agenda(told: RunResult) -> None:
    titles = [axis.get_title(loc="left") for axis in draw("expansion", told).axes]
    agenda = told.weekly["agenda"]
    assert any(f"{agenda[16]:.0f} at the plan, {agenda.iloc[-1]:.0f} of 8" in title for title in titles)
