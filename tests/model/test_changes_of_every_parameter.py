"""Every parameter that can change during a run: the run stays sound, and exact limits hold."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from kit.everything import everything
from kit.other_values import other_values

from simulation import MomentumModel
from simulation.files.errors import InputError
from simulation.ledger.balance import balanced
from simulation.scenario import Scenario
from simulation.scenario.changing import by_city_only, changeable, everywhere_only

WEEKS = 60
KEYS = changeable()
LOCAL = [key for key in KEYS if not everywhere_only(key)]
OF_UNITS = [key for key in LOCAL if not by_city_only(key)]
#: CI tries the first parameter of each table and one in so many; `make test` tries all.
SAMPLE = 8


def sampled(keys: Sequence[str]) -> list[Any]:
    """Return the keys as parameters of a test, most of them only for a thorough run."""
    first = {key.rpartition(".")[0]: key for key in reversed(keys)}.values()
    return [
        key if place % SAMPLE == 0 or key in first else pytest.param(key, marks=pytest.mark.thorough)
        for place, key in enumerate(keys)
    ]


FORMS = st.booleans()
WITHIN = st.integers(0, WEEKS - 1)
few = settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])  # ranges contradict


def finished(spec: Scenario) -> MomentumModel:
    model = MomentumModel(spec, rng=4)
    model.compute(spec.weeks)
    return model


@functools.cache
def untouched(thresholds: bool) -> MomentumModel:
    return finished(everything(WEEKS, thresholds))


def bytes_of(model: MomentumModel) -> list[bytes]:
    """Return the record and the state at the end, without the numbers of the rows that hold the parameters."""
    state = [array for name, array in model.state._asdict().items() if name not in ("city_row", "unit_row")]
    return [array.tobytes() for array in (*model.record, *state)]


def places(key: str) -> st.SearchStrategy[dict[str, tuple[str, ...]]]:
    """Return where a change of a parameter may hold: everywhere, in one city, in one unit."""
    hierarchy = untouched(False).hierarchy
    found = [st.just({})]
    if key in LOCAL:
        found.append(st.sampled_from(hierarchy.cities).map(lambda name: {"cities": (name,)}))
    if key in OF_UNITS:
        found.append(st.sampled_from(hierarchy.units).map(lambda name: {"units": (name,)}))
    return st.one_of(found)


def changed(spec: Scenario, week: int, values: dict[str, Any], **where: Any) -> Scenario:
    """Return the scenario with a change; draws that contradict other parameters are drawn anew."""
    try:
        return spec.with_change(week, values, **where)
    except InputError:
        assume(False)
        raise


@pytest.mark.parametrize("key", sampled(KEYS))
@given(data=st.data(), thresholds=FORMS, week=WITHIN, length=st.none() | st.integers(1, WEEKS))
@few
def test_a_run_with_a_change_balances_stays_defined_and_returns(
    key: str, data: st.DataObject, thresholds: bool, week: int, length: int | None
) -> None:
    spec, base = everything(WEEKS, thresholds), untouched(thresholds)
    value = data.draw(other_values(key, spec))
    model = finished(changed(spec, week, {key: value}, length=length, **data.draw(places(key))))
    assert model.week == WEEKS
    record = model.record
    for row in range(1, WEEKS):
        assert balanced(record.stock[row - 1], record.booked[row], record.stock[row])
    for name, series in record._asdict().items():
        assert series[:week].tobytes() == getattr(base.record, name)[:week].tobytes(), name
        assert np.all(np.isfinite(series) | ~np.isfinite(getattr(base.record, name))), name
    over = length is not None and week + length < WEEKS
    returned = model.held.numbers.tobytes() == base.held.numbers.tobytes()
    assert returned or not over
    if over:
        assert model.held.specs[0].values == base.held.specs[0].values
        assert not model.state.city_row.any()
        assert not model.state.unit_row.any()
        for name in ("pilots", "zeal"):
            assert np.array_equal(getattr(model.world, name), getattr(base.world, name))


@pytest.mark.parametrize("key", sampled(KEYS))
@given(data=st.data(), thresholds=FORMS, week=WITHIN, length=st.none() | st.integers(1, WEEKS))
@settings(few, max_examples=2)
def test_a_change_to_the_present_value_changes_no_byte(
    key: str, data: st.DataObject, thresholds: bool, week: int, length: int | None
) -> None:
    spec = everything(WEEKS, thresholds)
    model = finished(spec.with_change(week, {key: spec.values[key]}, length=length, **data.draw(places(key))))
    assert bytes_of(model) == bytes_of(untouched(thresholds))


@pytest.mark.parametrize("key", sampled(KEYS))
@given(data=st.data(), thresholds=FORMS)
@settings(few, max_examples=2)
def test_a_change_in_week_0_equals_the_scenario_so_set(key: str, data: st.DataObject, thresholds: bool) -> None:
    spec = everything(WEEKS, thresholds)
    values = {key: data.draw(other_values(key, spec))}
    later = finished(changed(spec, 0, values))
    assert bytes_of(later) == bytes_of(finished(spec.with_values(values)))


@pytest.mark.parametrize("key", sampled(LOCAL))
@given(data=st.data(), thresholds=FORMS, week=WITHIN)
@settings(few, max_examples=2)
def test_a_change_in_all_cities_by_name_equals_one_everywhere(
    key: str, data: st.DataObject, thresholds: bool, week: int
) -> None:
    spec, cities = everything(WEEKS, thresholds), untouched(False).hierarchy.cities
    values = {key: data.draw(other_values(key, spec))}
    everywhere = finished(changed(spec, week, values))
    assert bytes_of(finished(spec.with_change(week, values, cities=cities))) == bytes_of(everywhere)


@pytest.mark.parametrize("key", sampled(OF_UNITS))
@given(data=st.data(), thresholds=FORMS, week=WITHIN)
@settings(few, max_examples=2)
def test_a_change_in_all_units_by_name_equals_one_everywhere(
    key: str, data: st.DataObject, thresholds: bool, week: int
) -> None:
    # A city that follows a neighbour reads some of these as a city: here every city is instructed.
    spec, units = everything(WEEKS, thresholds, instructed=()), untouched(False).hierarchy.units
    values = {key: data.draw(other_values(key, spec))}
    everywhere = finished(changed(spec, week, values))
    assert bytes_of(finished(spec.with_change(week, values, units=units))) == bytes_of(everywhere)


@pytest.mark.parametrize("thresholds", [False, True])
def test_the_province_of_these_tests_has_every_mechanism_at_work(thresholds: bool) -> None:
    record, state = untouched(thresholds).record, untouched(thresholds).state
    assert (state.origin >= 0).sum() > 1, "a city followed its neighbour"
    assert state.proven.any()
    assert record.took_part.max() > 0
    assert (untouched(thresholds).world.undivided < 1).any(), "rival campaigns"
    assert (record.mode >= 0).any()
    assert state.joins.any()
    assert state.bodies_active.max() > 0
