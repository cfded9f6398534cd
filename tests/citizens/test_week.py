"""The compiled citizens' week equals its plain statement in numpy, for every network and rule, weeks in sequence."""

from __future__ import annotations

import copy
from types import SimpleNamespace

import networkx
import numpy as np
import pytest
from kit.cities import small_city
from kit.kernels import in_python

from simulation import MomentumModel
from simulation.citizens import reference
from simulation.citizens.week import RULES, _told_by_contacts, city_means, run_week


def _model(network: str, rule: str) -> MomentumModel:
    values = {"citizens.rule": rule, "citizens.across": 0.1, "citizens.rewire": 0.2, "citizens.threshold_high": 0.4}
    graph = None
    if network == "given":
        graph = networkx.gnp_random_graph(320, 0.02, seed=4)
    else:
        values["citizens.network"] = network
    return MomentumModel(small_city(values), rng=11, network=graph)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("network", ["small-world", "complete", "given"])
def test_week_equals_its_statement_in_numpy(network: str, rule: str) -> None:
    model = _model(network, rule)
    if rule == "threshold":
        model.citizens.set("threshold", 0.0, np.arange(0, 320, 7))
    everyone_before = 0
    for week in range(45):
        twin = copy.deepcopy(model.population)
        state = copy.deepcopy(model.state)
        model.step()
        # What the citizens read, as it stood when they acted; a review does not touch any of it.
        for name in ("level", "gate", "covered", "seen"):
            getattr(state, name)[:] = getattr(model.state, name)
        if week % 13 or not week:
            reference.run_week(model.numbers, model.ground, state, twin, rule, week)
            assert np.array_equal(twin.took_part, model.population.took_part)
            assert np.array_equal(twin.seen, model.population.seen)
            np.testing.assert_allclose(twin.trust, model.population.trust, rtol=3e-7)
            np.testing.assert_allclose(twin.awareness, model.population.awareness, rtol=3e-7)
            np.testing.assert_array_equal(state.participation, model.state.participation)
            for name in ("took_part", "trust", "awareness"):
                np.testing.assert_allclose(getattr(state, name), getattr(model.state, name), rtol=1e-6)
        everyone_before += int(model.population.took_part.sum())
    assert (everyone_before > 0) == (rule != "none")


def test_many_weeks_in_sequence_stay_equal_without_resetting() -> None:
    model = _model("small-world", "logit")
    for _ in range(30):
        model.step()
    ours, state = copy.deepcopy(model.population), copy.deepcopy(model.state)
    for week in range(30, 90):
        run_week(model.numbers, model.ground, model.state, model.population, "logit", week)
        reference.run_week(model.numbers, model.ground, state, ours, "logit", week)
        assert np.array_equal(ours.took_part, model.population.took_part)
    np.testing.assert_allclose(ours.trust, model.population.trust, rtol=1e-6)
    assert model.population.took_part.any()


def test_a_share_of_two_in_ten_reaches_a_threshold_of_one_fifth() -> None:
    # Shares and thresholds are compared at full precision: .2 in 32 bits is above .2.
    star = networkx.star_graph(10)
    star.add_nodes_from(range(320))
    thresholds = np.full(320, 2.0)
    thresholds[1:3] = 0.0
    thresholds[0] = 0.2
    model = MomentumModel(
        small_city({"citizens.rule": "threshold", "domains": {"only": {}}}),
        rng=0,
        network=star,
        thresholds=thresholds,
    )
    model.state.covered[:] = True
    for week in range(2):
        run_week(model.numbers, model.ground, model.state, model.population, "threshold", week)
    assert model.population.took_part[0]
    assert model.population.took_part.sum() == 3


def test_thresholds_must_be_one_a_citizen() -> None:
    spec = small_city({"citizens.rule": "threshold"})
    with pytest.raises(ValueError, match="320 citizens need 320 thresholds"):
        MomentumModel(spec, rng=0, thresholds=np.zeros(319))


def test_a_community_without_contacts_hears_of_nobody() -> None:
    social = np.full(3, 9.0)
    table, viewer = np.zeros((3, 0), np.int32), np.zeros(0, np.int64)
    found, around, seen = np.zeros(4, np.uint64), np.zeros(3, np.int32), np.ones(3, np.uint8)
    none, three = np.uint64(0), np.uint64(3)
    in_python(_told_by_contacts)(table, none, three, 0, viewer, none, none, seen, none, found, around, social)
    assert social.tolist() == [0.0, 0.0, 0.0]


def test_a_city_without_citizens_has_means_of_nothing_rather_than_a_division_by_nothing() -> None:
    ground = SimpleNamespace(community_city=np.array([0]))
    state = SimpleNamespace(S=np.zeros(2), took_part=np.ones(2), trust=np.ones(2), awareness=np.ones(2))
    contacts = SimpleNamespace(first=np.array([0, 4]))
    in_python(city_means)(ground, state, contacts, np.array([[2.0, 1.0, 3.0]]))
    assert state.took_part.tolist() == [0.5, 0.0]
    assert state.trust.tolist() == [0.25, 0.0]
    assert state.awareness.tolist() == [0.75, 0.0]
