"""Ordinary cities: drawn as stated, each by itself, and run like any other scenario."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit.odd import told

from simulation import load_scenario, run
from simulation.evidence import ORDINARY, Calibration, Ensemble
from simulation.evidence.cities import run_cities, scenario_text
from simulation.experiments.design.distributions import Choices, Range, parse_distribution
from simulation.files.errors import InputError
from simulation.places.hierarchy import load_hierarchy

SMALL = {"structure.citizens": 200, "weeks": 30}

continuous = st.builds(
    lambda low, width, scale, integer: (
        Range(float(int(low)) + 1, float(int(low + width)) + 2, scale, True)
        if integer
        else Range(low + 0.1, low + 0.2 + width, scale)
    ),
    st.floats(0, 50),
    st.floats(0, 50),
    st.sampled_from(["linear", "log"]),
    st.booleans(),
)


@given(continuous, st.floats(0, 1), st.floats(0, 1))
def test_a_distribution_stays_in_its_range_and_grows(distribution, first, second):
    low, high = sorted((first, second))
    assert distribution.low <= distribution.at(low) <= distribution.at(high) <= distribution.high


def test_a_cut_normal_distribution_has_the_quantiles_of_the_cut_normal():
    from scipy.stats import truncnorm

    drawn = Range(0.0, 2.0, mean=0.5, sd=0.7)
    known = truncnorm((0 - 0.5) / 0.7, (2 - 0.5) / 0.7, 0.5, 0.7)
    for order in (0.0, 0.1, 0.5, 0.9, 1.0):
        assert drawn.at(order) == pytest.approx(known.ppf(order), abs=1e-9)


def test_weighted_values_are_drawn_in_proportion():
    values = Choices(("a", "b", "c"), (1, 2, 1))
    drawn = [values.at((place + 0.5) / 1000) for place in range(1000)]
    assert [drawn.count(value) for value in "abc"] == [250, 500, 250]


@pytest.mark.parametrize(
    "given_",
    [
        3,
        {"low": 1},
        {"low": 2, "high": 1},
        {"low": 0, "high": 1, "scale": "log"},
        {"low": 0, "high": 1, "skale": "log"},
        {"low": 0.5, "high": 2, "integer": True},
        {"low": 0, "high": 1, "mean": 0.5},
        {"low": 0, "high": 1, "mean": 0.5, "sd": 0},
        {"low": 0, "high": float("inf")},
        {"values": []},
        {"values": [1, 2], "weights": [1]},
        {"values": [1, 2], "weights": [1, -1]},
    ],
)
def test_what_is_no_distribution_is_refused(given_):
    with pytest.raises(InputError):
        parse_distribution(given_)


def test_a_city_does_not_depend_on_how_many_are_drawn_or_on_what_else_is():
    few, more = Ensemble(), Ensemble({"diffusion.adopt": {"low": 0.1, "high": 0.9}})
    for number in (0, 7):
        city, richer = few.drawn(3, number), more.drawn(3, number)
        assert city == few.drawn(3, number)
        assert {name: richer[name] for name in city} == city


def test_cities_and_seeds_differ():
    ensemble = Ensemble()
    drawn = [str(ensemble.drawn(seed, number)) for seed in (0, 1) for number in range(20)]
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("number", [150, pytest.param(600, marks=pytest.mark.thorough)])
def test_draws_follow_their_distributions_and_not_each_other(number):
    cities = pd.DataFrame([Ensemble().drawn(0, one) for one in range(number)])
    for name in ("execution.oversight", "scouting.depth", "acute"):
        distribution = ORDINARY[name]
        assert isinstance(distribution, Range)
        unit = (cities[name] - distribution.low) / (distribution.high - distribution.low)
        # Kolmogorov's distance exceeds 1.63/√n once in a hundred times.
        assert np.abs(np.sort(unit) - (np.arange(number) + 0.5) / number).max() < 1.63 / np.sqrt(number)
    numbers = cities.select_dtypes("number")
    correlation = numbers.corr().to_numpy() - np.eye(numbers.shape[1])
    assert np.abs(correlation).max() < 4.5 / np.sqrt(number)


@pytest.mark.parametrize("number", range(4))
def test_the_structure_is_what_was_drawn(number):
    ensemble = Ensemble()
    drawn, city = ensemble.drawn(5, number), ensemble.city(5, number)
    hierarchy = load_hierarchy(city)
    assert len(hierarchy.units) == drawn["counties"]
    assert len(city.domains) == drawn["domains"]
    towns = [
        sum(row["tier"] == "town" and row["parent"] == unit for row in city.structure.units) for unit in hierarchy.units
    ]
    span = ORDINARY["towns"]
    assert all(span.low <= number <= span.high for number in towns)
    for domain in city.domains.values():
        assert domain.lead in city.departments.named
        assert 2 <= len(set(domain.supporting) - {domain.lead}) == len(domain.supporting) <= 3
    assert city.values["stages.authority.rank"] == drawn["stages.authority.rank"]


def test_cities_have_the_departments_of_their_base_and_work_through_towns_only_where_it_does():
    plain = load_scenario("zhaoqing").with_values({"domains": {"nimby": {}}, "departments.named": {}})
    assert not any(domain.departments for domain in Ensemble(base=plain).city(0, 0).domains.values())
    assert Ensemble().city(0, 0).structure.towns == "given"
    assert Ensemble(base="zhaoqing-as-told").city(0, 0).structure.towns == "none"


def test_the_ranges_of_ordinary_cities_hold_the_default_s_capacity():
    assert (
        ORDINARY["execution.capacity"].low
        < load_scenario("zhaoqing").execution.capacity
        < ORDINARY["execution.capacity"].high
    )


def test_a_city_as_a_file_is_the_same_city(tmp_path):
    ensemble = Ensemble(values=SMALL)
    file = tmp_path / "city.toml"
    file.write_text(scenario_text(ensemble, 1, 4), encoding="utf-8")
    assert load_scenario(file).digest == ensemble.city(1, 4).digest


def test_running_an_ensemble_gives_the_runs_of_its_cities_and_resumes(tmp_path, quiet):
    ensemble = Ensemble(values=SMALL)
    found = run_cities(ensemble, 3, tmp_path, seed=2, **quiet)
    row = found.table.iloc[1]
    alone = run(load_scenario(tmp_path / "city-0001.toml"), seed=int(row["seed"]))
    assert row["effectiveness"] == alone.summary["effectiveness"]
    assert found.errors == []
    more = run_cities(ensemble, 5, tmp_path, seed=2, **quiet)
    pd.testing.assert_frame_equal(more.table.iloc[:3][list(found.table)], found.table)


def test_a_folder_with_another_ensemble_is_refused(tmp_path, quiet):
    run_cities(Ensemble(values=SMALL), 2, tmp_path, **quiet)
    with pytest.raises(InputError):
        run_cities(Ensemble(values=SMALL), 2, tmp_path, seed=1, **quiet)


@pytest.mark.parametrize(
    ("draws", "key"),
    [
        ({"execution.oversigth": {"low": 0, "high": 1}}, "execution.oversigth"),
        ({"execution.oversight": {"low": 0, "high": 2}}, "execution.oversight"),
        ({"counties": {"low": 0.5, "high": 2}}, "counties"),
        ({"domains": {"low": 0, "high": 3, "integer": True}}, "domains"),
        ({"counties": False}, "counties"),
    ],
)
def test_an_ensemble_that_cannot_be_drawn_is_refused_by_name(draws, key):
    with pytest.raises(InputError) as caught:
        Ensemble(draws)
    assert caught.value.key == f"ensemble.{key}"


def test_a_property_of_ordinary_cities_can_be_switched_off():
    usual = Ensemble()
    name = next(name for name in usual.draws if "." in name)
    without = Ensemble({name: False})
    assert name in usual.drawn(0, 1)
    assert usual.draws.keys() - without.draws.keys() == {name}


TARGET = {"value": 1.0, "tolerance": 1.0, "source": "s", "expression": "breadth", "setting": "here"}


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize(
    "draws",
    [{"county_population": {"values": ["many"]}}, {"county_population": {"low": -5, "high": 1e30}},
     {"urban_share": {"low": -3, "high": 9}}, {"acute": {"values": ["all"]}}, {"acute": {"low": 0, "high": 1e300}}],
)  # fmt: skip
def test_an_ensemble_that_no_city_can_be_drawn_from_is_refused(draws: dict[str, Any]) -> None:
    table = {"settings": {"here": {"ensemble": draws}}, "targets": {"one": TARGET}}
    assert next(iter(draws)) in str(told(lambda: Calibration.of(table)))
