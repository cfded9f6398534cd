"""Many seeds in threads: the same series as a run's, for small and large cities, and an end when it is asked for."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest
from kit.cities import SMALL

from simulation import InputError, load_scenario, run
from simulation.experiments.running import seeded
from simulation.experiments.running.seeded import citizens_of, under_seeds, weekly_of

SPEC = load_scenario("classroom").with_values({**SMALL, "weeks": 20})
NAMES = ["effectiveness", "depth", "breadth"]


def series(seeds: list[int], **options: object) -> np.ndarray:
    found = np.full((len(seeds), SPEC.weeks, len(NAMES)), -1.0)
    under_seeds(SPEC, seeds, NAMES, found, **options)
    return found


def test_a_series_is_that_of_the_weekly_table_run_at_once_or_week_by_week() -> None:
    table = run(SPEC, 3).weekly[NAMES].to_numpy()
    np.testing.assert_array_equal(weekly_of(SPEC, 3, NAMES), table)
    weeks: list[int] = []
    np.testing.assert_array_equal(weekly_of(SPEC, 3, NAMES, check=lambda: weeks.append(1)), table)
    assert len(weeks) == SPEC.weeks


def test_citizens_are_counted_as_the_model_simulates_them() -> None:
    assert citizens_of(SPEC) == len(run(SPEC, 0).model.citizens)


def test_large_cities_give_the_same_series_one_after_another(monkeypatch) -> None:
    expected = series([1, 2, 3])
    monkeypatch.setattr(seeded, "LARGE", 0)
    monkeypatch.setattr(seeded, "_LONG", 0)
    np.testing.assert_array_equal(series([1, 2, 3], workers=2), expected)


def test_no_seeds_are_no_work() -> None:
    assert series([]).shape == (0, SPEC.weeks, len(NAMES))


def test_an_impossible_number_of_workers_is_refused() -> None:
    with pytest.raises(InputError, match="workers"):
        series([1], workers=0)


def test_an_interrupt_ends_long_runs_within_a_week_and_leaves_no_thread(monkeypatch) -> None:
    monkeypatch.setattr(seeded, "_LONG", 0)
    before, begun = threading.active_count(), time.monotonic()

    def check() -> None:
        if time.monotonic() - begun > 0.2:
            raise KeyboardInterrupt

    long = SPEC.with_values({"weeks": 20_000})
    with pytest.raises(KeyboardInterrupt):
        under_seeds(long, list(range(4)), NAMES, np.empty((4, long.weeks, len(NAMES))), workers=2, check=check)
    assert threading.active_count() == before


def test_a_run_that_fails_ends_all_with_its_error() -> None:
    def fails(spec: object, seed: int, *_: object, **__: object) -> np.ndarray:
        if seed == 2:
            raise MemoryError("no room")
        return np.zeros((SPEC.weeks, len(NAMES)))

    with pytest.raises(MemoryError, match="no room"):
        series([1, 2, 3], of=fails)
