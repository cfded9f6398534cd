"""Copies, replaced arrays and weeks beyond the plan: the handle that makes a week quick must not make it wrong."""

from __future__ import annotations

import copy
import pickle

import numpy as np

from simulation import MomentumModel, load_scenario


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
