"""Rows of parameters: a row holds where the state says so, and nowhere else."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit.cities import counties

from simulation import MomentumModel, load_scenario
from simulation.citizens import reference, week
from simulation.record import Record
from simulation.scenario.modes import SUBSTANTIVE
from simulation.world.parameters import RECORD

WEEKS, CITIES, UNITS = 96, 3, 10
ROWS = ("city_row", "unit_row")
#: Read from row 0 only: one clock for all.
CLOCK = ("execution.analysis_every", "evaluation.review_every")
FLAGS = ("by_authority", "chosen", "kept", "kinds", "kinked", "point_alone", "proof_kept", "to_all", "when_ready")
#: Everything that a scenario can switch on is on, so that as many numbers as possible are read.
LIVELY: dict[str, Any] = {
    "agenda.span": 5.0,
    "bodies.voice": 0.3,
    "diffusion.adopt": 0.9,
    "diffusion.room": 1.0,
    "evaluation.collude": 0.5,
    "evaluation.proven_at": 0.02,
    "execution.budget": 1.0,
    "execution.spotlight": 0.5,
    "instruction.intensity": 4.0,
    "leverage.downward": 0.3,
    "leverage.downward_at": 0.01,
    "leverage.horizontal": 0.5,
    "transmission.escalation": 0.2,
    "turnover.rate": 0.5,
}
BY_TABLE = [name for name in RECORD.names or () if name not in ("synergies", "instruction")]


def _rows_of_places() -> list[dict[str, Any]]:
    rows = counties("A1", "A2", "A3", city="A", communities=6, departments=("A bureau",))
    rows += counties("B1", "B2", city="B", communities=6, departments=("B bureau",))[1:]
    return rows + counties("C1", "C2", "C3", city="C", communities=6)[1:]


SPEC = load_scenario(
    {
        "weeks": WEEKS,
        "structure": {"units": _rows_of_places(), "citizens": 400},
        "domains": {name: {"lead": "one", "supporting": ["two"]} for name in ("x", "y", "z")},
        "departments": {"named": {"one": {"en": "One", "zh": "一局"}, "two": {"en": "Two", "zh": "二局"}}},
    }
).with_values(LIVELY)


def _put(model: MomentumModel, numbers: Any) -> None:
    model.held = model.held._replace(numbers=numbers, specs=model.held.specs * len(numbers))


def _model(numbers: Any = None, city_row: Any = 0, unit_row: Any = 0) -> MomentumModel:
    model = MomentumModel(SPEC, rng=2)
    if numbers is not None:
        _put(model, numbers)
    model.state.city_row[:], model.state.unit_row[:] = city_row, unit_row
    return model


def _run(numbers: Any = None, city_row: Any = 0, unit_row: Any = 0, weeks: int = WEEKS) -> MomentumModel:
    model = _model(numbers, city_row, unit_row)
    model.compute(weeks)
    return model


def _rows(*changes: dict[str, float]) -> Any:
    """Return the scenario's numbers, and further rows in which some of them differ."""
    own = MomentumModel(SPEC, rng=2).numbers
    numbers = np.concatenate([own] * (1 + len(changes))).view(np.recarray)
    for row, change in enumerate(changes, 1):
        for key, value in change.items():
            *tables, name = key.split(".")
            place: Any = numbers
            for table in tables:
                place = place[table]
            place[name][row] = value
    return numbers


def _bytes(model: MomentumModel) -> dict[str, bytes]:
    """Return everything that a run leaves, but for the rows themselves."""
    people = model.population
    arrays = model.state._asdict() | {f"record.{name}": series for name, series in model.record._asdict().items()}
    arrays |= {"sums": people.sums, "own trust": people.trust, "own awareness": people.awareness}
    arrays |= {f"evaluation.{at}": found for at, found in enumerate(model.evaluation())}
    return {name: np.ascontiguousarray(found).tobytes() for name, found in arrays.items() if name not in ROWS}


def _of_city(model: MomentumModel, c: int, weeks: int = WEEKS) -> dict[str, bytes]:
    """Return what the record holds of one city, of its units, executors and departments."""
    g = model.world
    units, executors = g.unit_city == c, g.unit_city[g.executor_unit] == c
    by_unit = ("effect", "mode", "sites", "momentum", "load")
    found = {}
    for name in Record._fields:
        rows: Any = units if name in by_unit else executors if name.startswith("executor_") else np.arange(CITIES) == c
        rows = g.department_city == c if name == "joins" else rows
        found[name] = getattr(model.record, name)[:weeks][:, rows].tobytes()
    return found


def _differing(one: dict[str, bytes], other: dict[str, bytes]) -> list[str]:
    return [name for name in one if one[name] != other[name]]


def _leaves(kind: np.dtype[Any], place: str) -> Iterator[str]:
    for name in kind.names or ():
        part = kind[name]
        if part.names:
            yield from _leaves(part, f"{place}.{name}")
        else:
            yield f"{place}.{name}"


def _moved(key: str) -> Any:
    """Return another allowed value of a number: the other one of a flag, else seven tenths of it, or .3 for 0."""
    value: Any = MomentumModel(SPEC, rng=2).numbers
    for name in key.split("."):
        value = value[name]
    value = np.asarray(value[0])
    if key.rpartition(".")[2] in FLAGS:
        return 1.0 - value
    moved = np.where(np.isinf(value), 5.0, np.where(value == 0, 0.3, value * 0.7))
    if key.startswith("modes."):
        moved[SUBSTANTIVE] = value[SUBSTANTIVE]  # the unit of measure: what it does not pass on has no account
    return np.maximum(1, moved) if value.dtype.kind == "i" else moved


@given(
    cities=st.lists(st.integers(0, 2), min_size=CITIES, max_size=CITIES),
    units=st.lists(st.integers(0, 2), min_size=UNITS, max_size=UNITS),
    stepped=st.booleans(),
)
@settings(max_examples=20, deadline=None)
def test_rows_with_the_same_numbers_change_no_byte(cities: list[int], units: list[int], stepped: bool) -> None:
    model = _model(_rows({}, {}), cities, units)
    if stepped:
        for _ in range(WEEKS):
            model.step()
    else:
        model.compute(WEEKS)
    assert _differing(_bytes(_run()), _bytes(model)) == []


def test_weeks_in_one_call_are_the_weeks_of_step_where_rows_differ() -> None:
    numbers = _rows({key: _moved(key) for key in ("execution.oversight", "citizens.inform", "turnover.weekly_chance")})
    rows = (numbers, [0, 1, 0], np.arange(UNITS) % 2)
    stepped = _model(*rows)
    for _ in range(WEEKS):
        stepped.step()
    assert _differing(_bytes(_run(*rows)), _bytes(stepped)) == []


@pytest.mark.parametrize("table", BY_TABLE)
def test_a_row_of_one_city_gives_what_it_gives_everywhere_and_leaves_other_cities_alone(table: str) -> None:
    usual = _run()
    kind = RECORD[table]
    for key in _leaves(kind, table):
        if key in CLOCK:
            continue
        change = {key: _moved(key)}
        numbers = _rows(change)
        everywhere = _run(numbers, 1, 1)
        here = _run(numbers, [0, 1, 0], (usual.world.unit_city == 1).astype(int))
        assert (key, _differing(_of_city(here, 1), _of_city(everywhere, 1))) == (key, [])
        for c in (0, 2):
            assert (key, c, _differing(_of_city(here, c), _of_city(usual, c))) == (key, c, [])


@pytest.mark.parametrize(
    "key",
    [
        "agenda.span",
        "bodies.found",
        "citizens.inform",
        "departments.turf",
        "effect.wear",
        "evaluation.rollout",
        "execution.oversight",
        "instruction.renewal",
        "leverage.downward",
        "plan.per_county",
        "stages.trend.convert",
        "transmission.doubt",
        "turnover.weekly_chance",
    ],
)
def test_a_row_is_felt_where_it_holds(key: str) -> None:
    usual = _run()
    value = 2 if key == "plan.per_county" else 0.0 if key == "leverage.downward" else _moved(key)
    here = _run(_rows({key: value}), [0, 1, 0], (usual.world.unit_city == 1).astype(int))
    assert _differing(_of_city(here, 1), _of_city(usual, 1)) != []


@pytest.mark.parametrize("key", CLOCK)
def test_the_clock_is_that_of_row_0(key: str) -> None:
    assert _differing(_bytes(_run()), _bytes(_run(_rows({key: 5}), 1, 1))) == []
    assert _differing(_bytes(_run()), _bytes(_run(_rows({key: 5})[1:].copy()))) != []


@pytest.mark.parametrize("key", ["execution.capacity", "stages.publicity.convert", "citizens.b0", "effect.wear"])
def test_a_row_of_one_county_stays_in_its_city_and_is_felt_there(key: str) -> None:
    usual = _run()
    here = _run(_rows({key: _moved(key)}), 0, np.arange(UNITS) == 1)
    assert _differing(_of_city(here, 0), _of_city(usual, 0)) != []
    for c in (1, 2):
        assert _differing(_of_city(here, c), _of_city(usual, c)) == []


@pytest.mark.parametrize("key", ["execution.capacity", "transmission.assure"])
def test_a_number_of_what_units_do_is_not_read_for_the_city(key: str) -> None:
    assert _differing(_bytes(_run()), _bytes(_run(_rows({key: _moved(key)}), 1, 0))) == []


@pytest.mark.parametrize("key", ["departments.turf", "agenda.credit", "stages.trend.convert"])
def test_a_number_of_what_cities_decide_is_not_read_for_the_unit(key: str) -> None:
    assert _differing(_bytes(_run()), _bytes(_run(_rows({key: _moved(key)}), 0, 1))) == []


def test_citizens_of_counties_in_different_rows_live_by_the_plain_statement_of_their_week() -> None:
    change = {
        f"citizens.{name}": _moved(f"citizens.{name}") for name in ("b0", "b_social", "inform", "learn", "spread")
    }
    rows = (_rows(change), 0, np.arange(UNITS) % 2)
    compiled, plain, threaded = (_run(*rows, weeks=40) for _ in range(3))
    for at in range(40, 46):
        for run, model in ((week.run_week, compiled), (reference.run_week, plain)):
            run(model.numbers, model.world, model.state, model.population, "logit", at)
        people, g = threaded.population, threaded.world
        week.run_week(threaded.numbers, g, threaded.state, people, "logit", at, threads=2)
    for name in ("trust", "awareness", "took_part"):
        np.testing.assert_allclose(compiled.citizens.get(name), plain.citizens.get(name), atol=1e-6, rtol=0)
    assert _differing(_bytes(compiled), _bytes(threaded)) == []
    assert compiled.citizens.get("took_part").any()


def test_only_a_city_whose_row_chooses_its_agenda_takes_on_more_than_its_plan() -> None:
    model = MomentumModel(SPEC.with_values({"agenda.domains": 1, "agenda.span": math.inf}), rng=2)
    _put(model, np.concatenate([model.numbers] * 2).view(np.recarray))
    model.numbers["agenda"]["chosen"][1] = 1.0
    model.state.city_row[1] = 1
    model.compute(WEEKS)
    assert model.state.active.sum(axis=1).tolist() == [1, 3, 1]


def test_agents_read_the_row_in_force_for_them() -> None:
    change = {"execution.capacity": 0.5, "departments.noise": 9.0}
    model = _model(_rows(change, {"execution.capacity": 0.25}), [0, 1, 0], np.arange(UNITS) % 3)
    assert [city.parameters.departments.noise == 9.0 for city in model.cities] == [False, True, False]
    assert [one.parameters.departments.noise == 9.0 for one in model.departments] == [False] * 2 + [True] * 2 + [
        False
    ] * 2
    capacity = [model.parameters.execution.capacity, 0.5, 0.25]
    assert [unit.capacity for unit in model.units] == [capacity[at % 3] for at in range(UNITS)]
    assert all(math.isclose(town.capacity, town.county.capacity) for town in model.towns)
    assert model.provinces[0].parameters.execution.capacity == capacity[0]
