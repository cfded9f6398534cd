"""Fans: quantiles over seeds, and the share of seeds in which one scenario beats another."""

from __future__ import annotations

import io
import math
import threading

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from kit.cities import SMALL
from kit.fans import made_up

from simulation import InputError, MomentumModel, load_scenario, run
from simulation.experiments import fan, fan_progressively
from simulation.experiments.fans import ENDS, ORDERS, QUANTILES
from simulation.metrics import METRICS

SPEC = load_scenario("classroom").with_values({**SMALL, "weeks": 30})
SEEDS = 7


@pytest.fixture(scope="module")
def made():
    return fan(SPEC, SEEDS, seed=4)


@pytest.fixture(scope="module")
def runs():
    return [run(SPEC, seed) for seed in range(4, 4 + SEEDS)]


def test_the_files_are_the_quantiles_and_ends_of_separate_runs_byte_for_byte(made, runs, tmp_path) -> None:
    made.save(tmp_path)
    rows = []
    for name in METRICS:
        for week in range(SPEC.weeks):
            values = np.array([one.weekly[name].iloc[week] for one in runs])
            defined = values[~np.isnan(values)]
            found = np.quantile(defined, list(ORDERS.values())) if len(defined) else [math.nan] * len(ORDERS)
            rows.append([week, name, *found])
    buffer = io.StringIO()
    pd.DataFrame(rows, columns=["week", "metric", *ORDERS]).to_csv(buffer, index=False, lineterminator="\n")
    assert (tmp_path / QUANTILES).read_text(encoding="utf-8") == buffer.getvalue()
    ends = pd.DataFrame([{"seed": one.seed, **one.summary} for one in runs])
    assert (tmp_path / ENDS).read_text(encoding="utf-8") == ends.to_csv(index=False, lineterminator="\n")


def test_some_metrics_are_undefined_under_some_seeds_and_early_in_all(made, runs) -> None:
    # else the test above would not tell how a quantile passes over them
    undefined = np.isnan(np.stack([one.weekly[list(METRICS)].to_numpy() for one in runs])).sum(axis=0)
    assert ((undefined > 0) & (undefined < SEEDS)).any()
    assert (undefined == SEEDS).any()
    assert made.quantiles[["q05", "q95"]].isna().any(axis=None)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_number_of_workers_changes_no_byte(made, workers) -> None:
    again = fan(SPEC, SEEDS, seed=4, workers=workers)
    pd.testing.assert_frame_equal(again.quantiles, made.quantiles, check_exact=True)
    pd.testing.assert_frame_equal(again.ends, made.ends, check_exact=True)


def test_under_one_seed_every_quantile_is_the_run() -> None:
    single = fan(SPEC, 1, seed=5)
    assert single.ends["seed"].tolist() == [5]
    for name in METRICS:
        own = single.own.weekly[name].to_numpy()
        for column in ORDERS:
            np.testing.assert_array_equal(single.weekly(name)[column].to_numpy(), own)
    assert single.rank("agenda") == (1, 1)


def test_a_run_that_is_there_already_is_not_run_again(made, runs) -> None:
    own = runs[0]
    again = fan(seeds=SEEDS, seed=4, own=own, metrics=["surface", "effectiveness", "surface"])
    assert again.own is own
    assert again.metrics == ["surface", "effectiveness"]
    pd.testing.assert_frame_equal(again.weekly("surface"), made.weekly("surface"), check_exact=True)


@pytest.mark.parametrize(
    ("seed", "options", "problem"),
    [
        (5, {}, "another seed"),
        (4, {"until": 12}, "not run to its scenario's end"),
        (4, {"thresholds": "all"}, "thresholds of its own"),
        (4, {"network": "all"}, "network or thresholds"),
    ],
)
def test_a_run_unlike_those_under_the_other_seeds_cannot_be_the_first(seed, options, problem) -> None:
    citizens = int(MomentumModel(SPEC, rng=4).population.contacts.first[-1])
    things = {"thresholds": np.full(citizens, 0.2), "network": nx.cycle_graph(citizens)}
    given = {name: things[name] if value == "all" else value for name, value in options.items()}
    with pytest.raises(InputError, match=f"own.*{problem}|{problem}.*own"):
        fan(seeds=2, seed=4, own=run(SPEC, seed, **given))


def test_quantiles_are_in_order_and_the_own_seed_has_its_rank(made) -> None:
    values = made.quantiles[list(ORDERS)].dropna().to_numpy()
    assert len(values)
    assert (np.diff(values, axis=1) >= 0).all()
    fan = made_up(made.own, {"surface": [0.3, 0.1, 0.3, 0.5, math.nan], "depth": [math.nan, 1, 2, 3, 4]})
    assert fan.rank("surface") == (2, 4)
    assert fan.rank("depth") is None


def test_the_share_of_seeds_in_which_a_beats_b_is_counted_seed_by_seed(made) -> None:
    first = made_up(made.own, {"surface": [0.1, 0.2, 0.3, math.nan]}, first=10)
    second = made_up(made.own, {"surface": [0.9, 0.1, 0.3, 0.2, 0.0]}, first=9)
    found = first.share_above(second, "surface")  # seeds 10, 11, 12: above .1? no, a tie at .1; below .3; above .2
    assert (found.above, found.below, found.ties) == (1, 1, 1)
    assert found.share == 0.5
    again = fan(SPEC, SEEDS, seed=4)
    same = made.share_above(again, "effectiveness")
    assert (same.share, same.ties) == (0.5, SEEDS)


def test_fans_without_a_common_seed_and_unknown_metrics_are_refused(made) -> None:
    far = made_up(made.own, {"surface": [0.1]}, first=100)
    with pytest.raises(InputError, match="seed"):
        made.share_above(far, "surface")
    with pytest.raises(InputError) as caught:
        made.share_above(far, "surfaces")
    assert caught.value.suggestion == "surface"
    with pytest.raises(InputError) as caught:
        fan(SPEC, 2, metrics=["effectivness"])
    assert caught.value.suggestion == "effectiveness"


@pytest.mark.parametrize(
    ("seeds", "seed"), [(0, 0), (-1, 0), (10_001, 0), (True, 0), (2.0, 0), (2, -1), (2, 2**63 - 1)]
)
def test_numbers_of_seeds_out_of_range_are_refused(seeds, seed) -> None:
    with pytest.raises(InputError, match="seed"):
        fan(SPEC, seeds, seed=seed)


def test_the_last_seed_that_there_is_can_be_used() -> None:
    assert fan(SPEC, 2, seed=2**63 - 2, metrics=["surface"]).ends["seed"].tolist() == [2**63 - 2, 2**63 - 1]


def test_more_than_fits_into_memory_is_refused_before_anything_runs(monkeypatch) -> None:
    monkeypatch.setattr("simulation.compute.memory.physical_memory", lambda: 1_000_000)
    with pytest.raises(InputError, match="seeds") as caught:
        fan(SPEC, 1000)
    assert "memory" in caught.value.message


def test_a_page_hears_of_every_run_and_can_end_the_work_from_another_thread(made) -> None:
    told: list[tuple[int, int]] = []
    names = ["effectiveness", "depth"]
    found = fan_progressively(SPEC, SEEDS, names, lambda *state: told.append(state), lambda: None, seed=4)
    assert told == [(number, SEEDS) for number in range(1, SEEDS + 1)]
    pd.testing.assert_frame_equal(found.weekly("depth"), made.weekly("depth"), check_exact=True)

    class LeftError(Exception):
        pass

    ended: list[BaseException] = []
    begun = threading.Event()

    def check() -> None:
        if begun.is_set():
            raise LeftError

    def work() -> None:
        try:
            fan_progressively(SPEC, 5000, names, lambda done, _: begun.set() if done > 3 else None, check)
        except LeftError as problem:
            ended.append(problem)

    before = threading.active_count()
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(120)
    assert len(ended) == 1
    assert threading.active_count() == before
