"""Which parameters a fit pins down."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from simulation.cases.pinning import parameter_table
from simulation.cases.prior import Prior
from simulation.experiments.design.distributions import Choices, Range

FREE = {"one": Range(10, 20), "two": Range(0.1, 10, scale="log"), "word": Choices(("a", "b", "c"))}


def prior(worlds=40):
    places = np.random.default_rng(0).standard_normal((worlds, 2))
    return Prior(places, {"three": Range(0, 1), "four": Range(0, 1)}, FREE)


def drawn(one, number, seed, **changed):
    latents = one.shape.draw(number, np.random.default_rng(seed))
    return latents._replace(**changed)


def test_what_the_data_fix_is_pinned_and_what_they_leave_is_free():
    one = prior()
    before, after = drawn(one, 800, 1), drawn(one, 800, 2)
    after.free[:, 0] = 0.1 * after.free[:, 0] + stats.norm.ppf(0.7)
    after.free[:, 1] *= 0.75
    table = parameter_table(one, before, after, np.full(800, 1 / 800)).set_index("parameter")
    assert table["verdict"].to_dict() == {
        "one": "pinned", "two": "narrowed", "word": "free", "three": "free", "four": "free",
    }  # fmt: skip
    assert table.loc["one", "median"] == pytest.approx(17, abs=0.1)
    assert table.loc["one", "variance_ratio"] < 0.05
    assert table.loc["two", ["prior_low", "prior_median", "prior_high"]].tolist() == pytest.approx(
        [0.1 * 100**0.05, 1, 0.1 * 100**0.95], rel=0.15
    )
    assert table.loc["word", ["low", "high"]].tolist() == ["a", "c"]
    assert table.loc["word", "variance_ratio"] == pytest.approx(1, abs=0.12)


def test_chance_alone_is_seldom_called_knowledge():
    one = prior()
    verdicts = []
    for seed in range(40):
        before, after = drawn(one, 150, 2 * seed), drawn(one, 150, 2 * seed + 1)
        verdicts += parameter_table(one, before, after, np.full(150, 1 / 150))["verdict"].tolist()
    assert np.mean([verdict != "free" for verdict in verdicts]) < 0.04


def test_few_vectors_claim_less():
    one, weights = prior(), np.full(400, 1 / 400)
    before, after = drawn(one, 400, 1), drawn(one, 400, 2)
    after.free[:, 0] *= 0.7
    assert parameter_table(one, before, after, weights)["verdict"][0] == "narrowed"
    heavy = np.r_[np.full(10, 0.1 - 1e-9), np.full(390, 1e-8 / 390)]
    after.free[:10, 0] = 0.7 * stats.norm.ppf((np.arange(10) + 0.5) / 10)
    assert parameter_table(one, before, after, heavy / heavy.sum())["verdict"][0] == "free"


def test_a_posterior_on_three_worlds_fixes_no_constant_of_behaviour():
    one = prior(60)
    order = np.argsort(one.places[:, 0])
    near = np.random.default_rng(3).choice(order[28:31], size=500)
    after = drawn(one, 500, 2, world=near)
    table = parameter_table(one, drawn(one, 500, 1), after, np.full(500, 1 / 500)).set_index("parameter")
    assert table.loc["three", "variance_ratio"] < 0.2
    assert table.loc["three", "verdict"] == "free"
