"""Two futures of one run share every draw until they must differ, and afterwards wherever both make it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.everything import everything

from simulation import MomentumModel
from simulation.scenario import Scenario

WEEKS = 60
#: A change of much at once.
FAR: dict[str, Any] = {
    "execution.oversight": 0.1,
    "stages.authority.rank": "deputy",
    "citizens.b0": -1.0,
    "rivals.campaigns": 4.0,
    "diffusion.adopt": 0.3,
    "turnover.rate": 12.0,
    "plan.pilot_share": 0.5,
}


def model_of(spec: Scenario) -> MomentumModel:
    return MomentumModel(spec, rng=4)


def arrays_of(model: MomentumModel) -> dict[str, np.ndarray]:
    """Return every array that changes during a run, by name."""
    people = {name: value for name, value in vars(model.population).items() if isinstance(value, np.ndarray)}
    own = {"stocks": model.stocks, "before": model.before}
    return model.state._asdict() | people | own | model.record._asdict()


def differing(one: MomentumModel, other: MomentumModel) -> set[str]:
    """Return the names of the arrays that are not the same to the last bit."""
    second = arrays_of(other)
    return {name for name, array in arrays_of(one).items() if array.tobytes() != second[name].tobytes()}


@pytest.mark.parametrize("thresholds", [False, True])
@given(week=st.integers(1, WEEKS - 2))
@settings(max_examples=8)
def test_futures_agree_in_every_array_until_the_change(thresholds: bool, week: int) -> None:
    spec = everything(WEEKS, thresholds)
    one, other = model_of(spec), model_of(spec.with_change(week, FAR))
    one.compute(week)
    other.compute(week)
    assert not differing(one, other)
    one.compute(WEEKS - week)
    other.compute(WEEKS - week)
    assert differing(one, other) >= {"level", "stock"}


def test_no_change_touches_what_draws_are_made_of() -> None:
    spec = everything(WEEKS)
    one, other = model_of(spec), model_of(spec.with_change(20, FAR))
    one.compute(WEEKS)
    other.compute(WEEKS)
    keys = [name for name, array in one.world._asdict().items() if np.asarray(array).dtype == np.uint64]
    assert len(keys) >= 6
    for name in (*keys, "scouted", "severity", "site_rank"):
        assert np.array_equal(getattr(one.world, name), getattr(other.world, name)), name
    assert np.array_equal(one.population.keys, other.population.keys)


def twin_weeks(spec: Scenario, values: dict[str, Any]) -> list[tuple[MomentumModel, MomentumModel, MomentumModel]]:
    """Return for each week the model before it, after it, and after it in a future in which it begins with a change."""
    model, found = model_of(spec), []
    for _ in range(WEEKS):
        before, other = model.branch(), model.branch()
        other.change(values)
        model.step()
        other.step()
        found.append((before, model.branch(), other))
    return found


@pytest.mark.parametrize(
    ("values", "array"),
    [
        ({"citizens.b0": -1.0}, "participation"),
        ({"departments.turf": -8.0}, "joins"),
        ({"bodies.found": 0.3}, "bodies"),
        ({"diffusion.adopt": 1.0}, "has"),
        ({"diffusion.adopt": 1.0}, "origin"),
    ],
)
def test_what_happens_at_lower_odds_happens_at_higher_ones_too(values: dict[str, Any], array: str) -> None:
    # Where adopting one domain leaves less room for the next, fewer may follow from more.
    spec = everything(WEEKS).with_values({"diffusion.adds": 0.0, "diffusion.adopt": 0.3})
    more = 0
    for _, one, other in twin_weeks(spec, values):
        less, full = getattr(one.state, array), getattr(other.state, array)
        assert (less <= full).all()
        more += int((less < full).sum())
    assert more > 0


def test_executors_that_decide_in_both_futures_decide_alike() -> None:
    decided = more = 0
    for before, one, other in twin_weeks(everything(WEEKS), {"execution.revise": 1.0}):
        modes = [model.state.mode for model in (before, one, other)]
        changed = (modes[0] != modes[1]) & (modes[0] >= 0)
        assert (modes[1] == modes[2])[changed].all()
        decided += int(changed.sum())
        more += int((modes[1] != modes[2]).sum())
    assert decided > 0
    assert more > 0


def test_rival_campaigns_arrive_by_the_same_draws() -> None:
    spec = everything(WEEKS)
    base, other = model_of(spec), model_of(spec.with_change(15, {"rivals.rate": 8.0}, length=20))
    base.compute(WEEKS)
    other.compute(WEEKS)
    fewer, more = base.world.arrivals, other.world.arrivals
    assert np.array_equal(fewer[:15], more[:15])
    assert np.array_equal(fewer[35:], more[35:])
    assert (fewer[15:35] <= more[15:35]).all()
    assert fewer[15:35].sum() < more[15:35].sum()


@given(week=st.integers(1, 30))
@settings(max_examples=5)
def test_a_city_that_a_change_does_not_reach_keeps_its_luck(week: int) -> None:
    # The third city follows in week 33 at the earliest: until then nothing that is changed there reaches another one.
    spec = everything(WEEKS)
    one, other = model_of(spec), model_of(spec.with_change(week, FAR, cities=["Third"]))
    one.compute(WEEKS)
    other.compute(WEEKS)
    city = one.hierarchy.cities.index("City")
    assert one.record.level[:, city].tobytes() == other.record.level[:, city].tobytes()
    assert one.record.took_part[:, city].tobytes() == other.record.took_part[:, city].tobytes()
    assert one.record.joined[:, city].tobytes() == other.record.joined[:, city].tobytes()
    assert "city_row" in differing(one, other)
