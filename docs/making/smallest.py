"""How far ordinary cities lie apart, from which the smallest effects of interest of the shipped claims are taken.

    python docs/making/smallest.py            a few minutes: prints the spread per metric beside what the claims quote
    python docs/making/smallest.py --check    the same; exit code 1 if a claim says something else

A claim that compares cities with themselves needs an effect that would be seen between cities: three quarters of the
standard deviation of its metric between ordinary cities of the default world.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from pebble import ProcessPool

from simulation.evidence.ensemble import Ensemble
from simulation.hypotheses import Hypothesis, shipped_hypotheses
from simulation.results import run

CITIES, RUNS, CITIZENS = 3000, 4, 4000
SHARE = 0.75
"""Between a medium and a large difference: .5 and .8 of a standard deviation (Cohen 1988)."""
STEPS: Mapping[str, float] = {"agenda": 0.5}
"""Step to which the smallest effect of a metric is rounded. Metrics that are not listed have a step of .01."""
_RESAMPLES = 500

type Array = NDArray[np.float64]


def quoted() -> dict[str, float]:
    """Return the smallest effect per metric of the claims whose reason is the spread between cities."""
    found: dict[str, float] = {}
    for name in shipped_hypotheses():
        common = Hypothesis.load(name).common
        if common.smallest_because is not None and "between ordinary cities" in common.smallest_because.en:
            found[common.metric] = float(common.smallest_effect)
    return found


def one_city(task: tuple[int, tuple[str, ...]]) -> Array:
    """Return a city's metrics, shape (runs, metrics)."""
    number, metrics = task
    city = Ensemble().city(0, number).with_values({"structure.citizens": CITIZENS})
    summaries = [run(city, seed=RUNS * number + place).summary for place in range(RUNS)]
    return np.array([[summary[name] for name in metrics] for summary in summaries], dtype=np.float64)


def spread(values: Array) -> float:
    """Return the standard deviation between cities without the chance of single runs (one-way analysis of variance).

    Parameters
    ----------
    values : array, shape (cities, runs)
        A city counts if all its runs have a value.
    """
    known = values[np.isfinite(values).all(axis=1)]
    chance = known.var(axis=1, ddof=1).mean() / known.shape[1]
    return float(np.sqrt(max(known.mean(axis=1).var(ddof=1) - chance, 0.0)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cities", type=int, default=CITIES)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    smallest = quoted()
    metrics = tuple(sorted(smallest))
    with ProcessPool(max_workers=given.workers, context=multiprocessing.get_context("spawn")) as pool:
        tasks = [(number, metrics) for number in range(given.cities)]
        found = np.array(list(pool.map(one_city, tasks, chunksize=8).result()))
    random, wrong = np.random.default_rng(0), []
    for place, metric in enumerate(metrics):
        values = found[:, :, place]
        again = [spread(values[random.integers(0, len(values), len(values))]) for _ in range(_RESAMPLES)]
        step, here = STEPS.get(metric, 0.01), spread(values)
        wanted = round(SHARE * here / step) * step
        cities = int(np.isfinite(values).all(axis=1).sum())
        print(
            f"{metric:16} {here:.4f} ± {np.std(again):.4f} between {cities} cities; three quarters {SHARE * here:.4f}, "
            f"rounded {wanted:g}; the claims say {smallest[metric]:g}"
        )
        if abs(wanted - smallest[metric]) > step / 10:
            wrong.append(metric)
    if given.check and wrong:
        sys.exit(f"other smallest effects than the cities say: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
