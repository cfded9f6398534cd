"""Does any world fit? Checks that do not cry wolf, and that name a world that cannot be."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.cases.adequacy import ALL, adequacy, drawn_by_weight
from simulation.cases.distances import Rows, scales_of

NUMBER = 40


def shares(values):
    """Return rows of two measures with the values given."""
    text = np.array(["reported"] * 20 + ["participation"] * 20, dtype=np.str_)
    kinds = np.array(["share"] * NUMBER, dtype=np.str_)
    flat = np.zeros(NUMBER)
    return Rows(text, kinds, np.asarray(values, dtype=float), flat + 0.05, flat + 10, np.arange(NUMBER * 1.0))


def runs(rng, size, middle=0.5):
    return middle + 0.05 * rng.standard_normal((*size, NUMBER))


def judged(values, seed=0, predicted=None):
    rng = np.random.default_rng(seed)
    rows = shares(values)
    scales = scales_of(rows, runs(rng, (300,)), runs(rng, (300,)), rng)
    return adequacy(rows, scales, runs(rng, (100, 3)) if predicted is None else predicted, rng)


def test_what_a_fitting_world_shows_is_seldom_refused():
    rng = np.random.default_rng(1)
    tables = [judged(runs(rng, ()) + 0.05 * rng.standard_normal(NUMBER), seed) for seed in range(120)]
    assert np.mean([table["fits"].all() for table in tables]) > 0.93
    # Conservative where measurement and chance are both known, so the middle of p is near one half.
    assert np.median([table["p"][0] for table in tables]) == pytest.approx(0.5, abs=0.15)


def test_a_world_that_cannot_be_is_named_with_its_measure():
    rng = np.random.default_rng(2)
    seen = runs(rng, ())
    seen[20:] += 0.35
    table = judged(seen).set_index("measure")
    assert not table.loc[ALL, "fits"]
    assert not table.loc["participation", "fits"]
    assert table.loc["reported", "fits"]
    assert table.loc["participation", "p"] == 0
    assert table.loc["participation", "distance"] > 3 > table.loc["reported", "distance"]


def test_measures_come_after_all_rows_with_their_numbers():
    table = judged(runs(np.random.default_rng(3), ()))
    assert table["measure"].tolist() == [ALL, "reported", "participation"]
    assert table["rows"].tolist() == [40, 20, 20]
    assert table["p"].between(0, 1).all()


def test_a_measure_alone_is_judged_more_leniently_than_all_rows():
    rng = np.random.default_rng(5)
    for turn in range(40):
        table = judged(runs(rng, (), 0.5 + 0.003 * turn), seed=turn)
        assert table["fits"].tolist() == [p >= level for p, level in zip(table["p"], (0.05, 0.025, 0.025), strict=True)]


def test_where_every_run_failed_nothing_fits():
    table = judged(np.full(NUMBER, 0.5), predicted=np.full((5, 3, NUMBER), np.nan))
    assert not table["fits"].any()


def test_vectors_are_drawn_as_often_as_they_weigh():
    weights = np.array([0.5, 0.25, 0.125, 0.125])
    counts = np.bincount(drawn_by_weight(weights, 100, np.random.default_rng(0)), minlength=4)
    assert np.abs(counts - 100 * weights).max() < 1
    assert set(drawn_by_weight(np.array([1.0]), 5, np.random.default_rng(0))) == {0}
    means = [drawn_by_weight(np.array([0.3, 0.7]), 1, np.random.default_rng(seed))[0] for seed in range(2000)]
    assert np.mean(means) == pytest.approx(0.7, abs=0.04)
