"""Common random numbers: a county or a city added far away changes nobody else's luck, and a run repeats itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kit.cities import IN_CHARGE, NAMED, city_with_towns, counties, finished, make, small_city, with_towns, zhaoqing

import simulation
from simulation import MomentumModel
from simulation.results import TABLES, RunResult, run

MATCHED = {"noise": ["Ash"], "water": ["Birch"], "waste": ["Bureau"]}
DOMAINS = {key: {"matched": units, **IN_CHARGE[key]} for key, units in MATCHED.items()}
HOME = with_towns(counties("Ash", "Birch", "Cedar", departments=("Bureau",)))
AWAY = with_towns(counties("Aardvark", "Zebra", city="Away", province="Far Province", departments=("Far Bureau",)))


def _city(rows: list[dict[str, Any]], **values: Any) -> Any:
    return make(
        {"weeks": 80, "evaluation.proven_at": 0.25, **values},
        structure={"units": rows, "citizens": "all"},
        domains=DOMAINS,
        departments={"named": NAMED},
    )


def _by_unit(model: MomentumModel, unit: str) -> dict[str, Any]:
    """Return all draws of one unit, in the order of its own places."""
    g, u = model.ground, model.hierarchy.units.index(unit)
    places = slice(g.unit_place[u], g.unit_place[u + 1])
    communities = g.place_community[places]
    people = np.isin(model.population.home, communities)
    return {
        "places": np.array(model.hierarchy.communities)[model.sample.communities[communities]].tolist(),
        "severity": g.severity[u].tolist(),
        "platforms": g.platforms[communities].tolist(),
        "site order": g.site_rank[places].tolist(),
        "bodies": [g.bodies[communities].tolist(), g.body_key[communities].tolist()],
        "zeal": float(g.zeal[u]),
        "keys": [g.adopt_key[u].tolist(), g.scouted[u].tolist()],
        "towns": {
            model.executors[x]: [g.mode_key[x].tolist(), g.revise_key[x].tolist(), int(g.executor_places[x])]
            for x in range(g.unit_executor[u], g.unit_executor[u + 1])
        },
        "departments": {
            one.key: model.ground.join_key[one.index].tolist()
            for one in model.departments
            if one.city.index == g.unit_city[u]
        },
        "weekly draws": model.population.keys[communities].tolist(),
        "citizens": [getattr(model.population, name)[people].tolist() for name in ("concern", "salience", "trust")],
        "known": [
            (model.citizens.contacts_of(int(row)) - np.flatnonzero(people)[0]).tolist()
            for row in np.flatnonzero(people)
        ],
    }


@pytest.mark.parametrize("place", ["first", "last"])
def test_a_county_added_to_the_city_leaves_the_draws_of_all_others(place: str) -> None:
    new = with_towns(counties("Dogwood"))[2:]
    rows = [*HOME[:2], *new, *HOME[2:]] if place == "first" else [*HOME, *new]
    one, other = MomentumModel(_city(HOME), rng=5), MomentumModel(_city(rows), rng=5)
    for unit in ("Ash", "Birch", "Cedar"):
        assert _by_unit(one, unit) == _by_unit(other, unit)
    assert {unit.name for unit in other.units} - {unit.name for unit in one.units} == {"Dogwood"}


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("instructed", [True, False])
def test_another_province_changes_nothing_at_home(place: str, instructed: bool) -> None:
    rows = [*AWAY, *HOME] if place == "before" else [*HOME, *AWAY]
    values: dict[str, Any] = {
        "turnover.rate": 0.8,
        "rivals.rate": 1.5,
        "leverage.downward": 0.5,
        "citizens.across": 0.1,
    }
    cities = {"instruction.cities": ["City", "Away"] if instructed else ["City"]}
    one = finished(_city(HOME, **values), 5)
    other = finished(_city(rows, **values, **cities), 5)
    for unit in ("Ash", "Birch", "Cedar", "Bureau"):
        assert _by_unit(one, unit) == _by_unit(other, unit)
        u, w = one.hierarchy.units.index(unit), other.hierarchy.units.index(unit)
        for name in ("effect", "mode", "sites", "momentum"):
            assert np.array_equal(getattr(one.record, name)[:, u], getattr(other.record, name)[:, w])
    city = other.hierarchy.cities.index("City")
    for name in ("level", "stock", "booked", "took_part", "trust", "covered", "reported", "proven"):
        assert np.array_equal(getattr(one.record, name)[:, 0], getattr(other.record, name)[:, city]), name
    assert one.state.proven.any()
    away = 1 - city
    assert other.record.stock[:, away].any() == instructed


def test_a_citys_metrics_do_not_see_the_other_city() -> None:
    other = finished(_city([*HOME, *AWAY]), 5)
    alone = finished(_city(HOME), 5)
    for name, series in simulation.metrics.weekly(alone.outcome()).items():
        same = simulation.metrics.weekly(other.outcome(other.hierarchy.cities.index("City")))[name]
        np.testing.assert_allclose(series, same, rtol=1e-12, err_msg=name)


def test_a_plan_changes_nobodys_luck() -> None:
    one, other = MomentumModel(small_city(), rng=3), MomentumModel(small_city({"plan.kind": "uniform"}), rng=3)
    for unit in ("Ash", "Birch", "Cedar", "Bureau"):
        assert _by_unit(one, unit) == _by_unit(other, unit)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "provenance.json"}


def test_equal_seeds_give_equal_bytes_and_different_seeds_do_not(tmp_path: Path) -> None:
    for name, seed in (("a", 0), ("b", 0), ("c", 1), ("d", 2)):
        run(small_city(), seed).save(tmp_path / name)
    files = {name: _files(tmp_path / name) for name in "abcd"}
    assert set(files["a"]) == {"summary.json", *(f"{name}.csv" for name in TABLES if name != "changes")}
    assert files["a"] == files["b"]
    for one, other in (("a", "c"), ("a", "d"), ("c", "d")):
        # A handful of departments may all decide alike.
        assert all(files[one][name] != files[other][name] for name in files[one].keys() - {"departments.csv"})


def test_a_model_and_a_run_are_the_same() -> None:
    spec = small_city()
    model = MomentumModel(spec, rng=7)
    model.run_for(spec.weeks)
    assert RunResult.of(model).summary == pytest.approx(run(spec, 7).summary, nan_ok=True, rel=0, abs=0)


def test_weeks_beyond_the_plan_continue_the_same_run() -> None:
    values = {"rivals.rate": 2.0, "turnover.rate": 0.5}
    short, long = MomentumModel(small_city(values), rng=4), finished(small_city(values | {"weeks": 150}), 4)
    short.run_for(150)
    assert not short.running
    for name, series in short.record._asdict().items():
        assert np.array_equal(series[:150], getattr(long.record, name)), name


PLAIN = """
import json, sys
from simulation.results import run
from simulation import load_scenario
result = run(load_scenario(json.loads(sys.argv[1])), 3)
print(json.dumps({"summary": result.summary, "effect": result.cells.effect.tolist(),
                  "stock": result.model.record.stock.ravel().tolist()}))
"""


def test_plain_python_gives_what_compiled_code_gives() -> None:
    values = {"weeks": 40, "plan.per_county": 2, "leverage.downward": 0.3, "evaluation.proven_at": 0.05}
    spec = city_with_towns(values | {"agenda.span": 4.0, "bodies.voice": 1.0, "evaluation.collude": 0.5})
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(simulation.__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PLAIN, json.dumps(spec.to_dict())],
        env=environment, capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    plain = json.loads(done.stdout)
    compiled = run(spec, 3)
    assert plain["summary"] == pytest.approx(compiled.summary, rel=1e-12, abs=1e-14, nan_ok=True)
    np.testing.assert_allclose(plain["effect"], compiled.cells.effect, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(plain["stock"], compiled.model.record.stock.ravel(), rtol=1e-12, atol=1e-14)
    assert compiled.summary["proven"] > 0


@pytest.mark.slow
def test_threads_do_not_change_results() -> None:
    spec = zhaoqing({"weeks": 40}, citizens=210_000)
    one, two = finished(spec, 1), finished(spec, 1, threads=2)
    for name, series in one.record._asdict().items():
        assert np.array_equal(series, getattr(two.record, name)), name
    assert np.array_equal(one.population.trust, two.population.trust)
    assert np.array_equal(one.population.seen, two.population.seen)
    assert one.population.took_part.any()
