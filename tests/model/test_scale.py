"""Handles, ties and provinces: what makes a week quick must not make it wrong."""

from __future__ import annotations

import copy
import pickle

import numpy as np

from simulation import MomentumModel, load_scenario
from simulation.citizens.network import small_world
from simulation.citizens.reference import social_share
from simulation.compute.randomness import keys, name_keys


def model(weeks=0, values=None):
    given = {"structure.citizens": 1000, **(values or {})}
    made = MomentumModel(load_scenario("zhaoqing").with_values(given), rng=3)
    for _ in range(weeks):
        made.step()
    return made


def end(made, weeks):
    for _ in range(weeks):
        made.step()
    return made.record.effect[: made.week].tobytes(), made.record.trust[: made.week].tobytes()


def test_a_copy_or_pickle_in_mid_run_goes_on_alike_and_apart():
    straight = end(model(40), 20)
    first = model(40)
    second, third = copy.deepcopy(first), pickle.loads(pickle.dumps(first))
    assert end(second, 20) == straight
    assert first.week == 40
    assert end(third, 20) == straight
    assert end(first, 20) == straight


def test_arrays_that_are_replaced_in_mid_run_are_the_ones_used():
    made = model(40)
    made.state = made.state._replace(effect=made.state.effect + 0.01)
    made.population.trust = np.zeros_like(made.population.trust)
    made.step()
    assert made.record.effect[40].min() > 0.0
    assert made.record.trust[40].max() < made.record.trust[39].min()


def test_a_run_goes_on_past_its_planned_end():
    long, short = model(60), model(60, {"weeks": 50})
    np.testing.assert_array_equal(long.record.effect[:60], short.record.effect[:60])


def test_each_outsider_is_known_by_the_one_citizen_noted_and_telling_equals_asking():
    sizes, county = np.array([40, 9, 25, 60, 3]), np.array([0, 0, 0, 1, 1])
    names = name_keys([f"community {k}" for k in range(5)])
    ties = small_world(keys(1, "contacts", names), county, sizes, contacts=8, rewire=0.3, across=0.3)
    assert len(ties.outside) > 20
    seen = (np.arange(ties.base[-1]) % 3 == 0).astype(np.uint8)
    told = np.zeros(int(ties.first[-1]))
    for k, n in enumerate(sizes):
        rows = slice(ties.first[k], ties.first[k + 1])
        start, stop = ties.outside_start[k], ties.outside_start[k + 1]
        table = ties.table[rows, : ties.degree[k]]
        for m in range(start, stop):
            viewers = np.flatnonzero((table == n + m - start).any(axis=1))
            assert viewers.tolist() == [ties.viewer[m]]
            told[ties.first[k] + ties.viewer[m]] += seen[ties.base[k] + n + m - start]
        for j in np.flatnonzero(seen[ties.base[k] : ties.base[k] + n]):
            inside = table[j][table[j] < n]
            np.add.at(told, ties.first[k] + inside.astype(np.int64), 1)
    degree = np.repeat(ties.degree, sizes)
    np.testing.assert_array_equal(told / degree, social_share(ties, seen))


def test_a_province_of_a_hundred_cities_runs_and_balances():
    rows = [{"unit": "Province", "tier": "province"}]
    for c in range(100):
        rows.append({"unit": f"City {c}", "parent": "Province", "tier": "city"})
        rows += [
            {"unit": f"County {c}.{u}", "parent": f"City {c}", "tier": "county", "population": 1000, "residential": 2}
            for u in range(10)
        ]
    spec = {
        "weeks": 30,
        "structure": {"units": rows, "citizens": 4000, "communities": 2000},
        "domains": {"a": {}, "b": {}},
    }
    made = MomentumModel(load_scenario(spec), rng=0)
    for _ in range(30):  # the ledger is checked every week, and raises
        made.step()
    assert made.record.effect.shape == (30, 1000, 2)
    assert (made.state.plan_week >= 0).all()
    assert (made.record.effect[-1].reshape(100, 10, 2).max(axis=(1, 2)) > 0).all()
