"""Leverage downward: the readiness of a community equals its plain statement, for every network and rule."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from kit.cities import counties, finished, make, small_city

from simulation import MomentumModel
from simulation.agents.downward import would_take_part
from simulation.citizens.network import contacts_of
from simulation.citizens.week import LOGIT, RULES, THRESHOLD


def _city(network: str, rule: str) -> MomentumModel:
    values = {"citizens.rule": rule, "citizens.across": 0.1, "citizens.threshold_high": 0.6, "weeks": 30}
    if network == "given":
        return finished(small_city(values), 4, network=networkx.gnp_random_graph(320, 0.02, seed=4))
    return finished(small_city(values | {"citizens.network": network}), 4)


def _ready(model: MomentumModel, rule: int, k: int, d: int) -> float:
    """Return the result of `would_take_part` for one community and domain."""
    people = model.population
    p, g, s = model.parameters, model.ground, model.state
    return float(would_take_part(p, g, s, people.contacts, people.columns(), rule, k, d))


def _stated(model: MomentumModel, rule: int, k: int, d: int) -> float:
    """Return the expected share of those concerned who would take part, citizen by citizen as in the protocol."""
    people, q, level = model.population, model.parameters, model.state.level
    c = model.ground.community_city[k]
    chances = []
    for i in np.flatnonzero((people.home == k) & (people.concern == d)):
        known = contacts_of(people.contacts, k, int(i))
        social = people.took_part[known].mean() if len(known) else 0.0
        if rule == LOGIT:
            u = q.citizens.b0 + q.citizens.b_salience * float(people.salience[i]) * float(people.awareness[i])
            u += q.citizens.b_social * social + q.citizens.b_trust * float(people.trust[i])
            u += q.citizens.b_platform * model.state.platforms[k] * level[c, 4]
            chances.append(model.state.gate[c, 4] / (1 + np.exp(-u)))
        else:
            chances.append(float(rule == THRESHOLD and social >= people.threshold[i]))
    return float(np.mean(chances)) if chances else 0.0


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("network", ["small-world", "complete", "given"])
def test_readiness_is_the_expected_share_of_those_concerned_who_would_take_part(network: str, rule: str) -> None:
    model = _city(network, rule)
    # Under every rule some citizens took part and some did not, so that contacts matter.
    model.population.set_took_part(np.arange(0, 320), np.arange(320) % 3 == 0)
    found = []
    for k in range(len(model.ground.population)):
        for d in range(3):
            found.append(_ready(model, RULES[rule], k, d))
            assert found[-1] == pytest.approx(_stated(model, RULES[rule], k, d), rel=1e-6, abs=1e-12)
    assert (max(found) > 0) == (rule != "none")
    assert min(found) < max(found) or rule == "none"


def test_nobody_concerned_means_nobody_ready() -> None:
    model = _city("small-world", "logit")
    model.citizens.set("concern", 1, np.arange(320))
    assert _ready(model, LOGIT, 0, 0) == 0.0
    assert _ready(model, LOGIT, 0, 1) > 0.0


def test_a_crowd_of_more_than_255_is_counted_in_full() -> None:
    spec = make(
        {"citizens.network": "complete", "citizens.rule": "threshold"},
        structure={"units": counties("Ash", population=600, communities=2), "citizens": "all"},
    )
    model = MomentumModel(spec, rng=0)
    people = model.population
    assert np.diff(people.contacts.first).min() > 256
    people.set_took_part(np.arange(len(people)), True)
    people.threshold[:] = 1.0
    assert _ready(model, THRESHOLD, 0, 0) == 1.0
