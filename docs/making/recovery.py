"""Measure how well a search finds a known truth again, for history matching and for the sequential search.

    python docs/making/recovery.py [FOLDER]      about fifteen minutes of one processor; stores go to FOLDER

Writes the block "recovery" of `docs/worlds.md` and `docs/worlds.zh.md` after each truth, with all truths so far. Run
again, it goes on from its stores.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from recovery_truths import ALL_CITIES, FINDINGS, PRIORS, SEEDS, TRUTHS, Runs, findings, truth
from recovery_words import Found, Outcome, Plan, write

from simulation.evidence.abc import Posterior, smc
from simulation.evidence.checking import spread
from simulation.evidence.targets import Target
from simulation.evidence.worlds.checking import judge
from simulation.evidence.worlds.emulator import Emulator
from simulation.evidence.worlds.implausibility import GOOD_ENOUGH, NOT_RULED_OUT, implausibility
from simulation.evidence.worlds.making import CUT
from simulation.evidence.worlds.waves import Matched, match
from simulation.experiments.statistics import quantile

type Array = NDArray[np.float64]

EACH, SEARCHED_CITIES = (8, 2), 300
FIRST, LATER, WAVES = 120, 40, 4
KEEP = 30
BUDGET = FIRST + (WAVES - 1) * LATER
TRUTH, POOL, CHECK = (300, 60), (12, 4), (80, 8)
POOLED, PROBED, CHECKED = 700, 10_000, 8
REGION = 0.95
PLAN = Plan(
    vectors=BUDGET, runs=sum(EACH), waves=WAVES, cut=CUT, region=REGION, truth=TRUTH, checked_on=CHECK[0],
    pooled=POOLED, pooled_runs=sum(POOL), probed=PROBED,
)  # fmt: skip


@dataclass(frozen=True)
class Yardstick:
    """One large emulator per finding, the same for both searches: which vectors of a sample of the prior are good.

    Attributes
    ----------
    unit : array, shape (n, k)
        The sample.
    means : array, shape (n, findings)
        What its vectors give.
    off : array, shape (findings,)
        The emulators' root mean square error under vectors left out, in tolerances; runs' own noise is taken off.
    """

    unit: Array
    means: Array
    off: Array

    def good(self, targets: Sequence[Target]) -> NDArray[np.bool_]:
        """Return which of the sample's vectors meet all findings."""
        none = np.zeros_like(self.means)
        return np.asarray(implausibility(targets, self.means, none).max(axis=1) <= GOOD_ENOUGH)


def yardstick(folder: Path) -> Yardstick:
    """Return the yardstick, from runs of vectors drawn from the prior."""
    unit = np.random.default_rng([2026, 77]).random((POOLED, len(PRIORS)))
    means, errors = Runs(folder, "pool", POOL, ALL_CITIES)(unit)
    probe = np.random.default_rng([2026, 78]).random((PROBED, len(PRIORS)))
    held = np.arange(POOLED) % 5 == 0
    off, found = [], []
    for place, (*_, tolerance) in enumerate(FINDINGS.values()):
        values = means[:, place]
        missed = Emulator(unit[~held], values[~held]).predict(unit[held])[0] - values[held]
        noise = float(np.nanmean(errors[held, place] ** 2))
        off.append(np.sqrt(max(float(np.nanmean(missed**2)) - noise, 0.0)) / tolerance)
        found.append(Emulator(unit, values).predict(probe)[0])
    return Yardstick(probe, np.column_stack(found), np.array(off))


def matched(targets: Sequence[Target], real: Array, by: Yardstick, measure: Runs, check: Runs, seed: int) -> Outcome:
    """Return how history matching does; its region is where emulated implausibility is at most ``CUT``."""
    kept: list[bool] = []

    def after(_: int, known: Matched) -> None:
        kept.append(bool(known.implausibility(real[None])[0] <= NOT_RULED_OUT))

    known = match(targets, len(real), measure, first=FIRST, later=LATER, waves=WAVES, seed=seed, say=after)
    kept.append(bool(known.implausibility(real[None])[0] <= CUT))
    inside = known.implausibility(by.unit) <= CUT
    handed = known.candidates(CHECKED, CUT, seed)
    return _outcome(targets, kept, inside, by, handed, check, len(known.unit))


def sequential(targets: Sequence[Target], real: Array, by: Yardstick, measure: Runs, check: Runs, seed: int) -> Outcome:
    """Return how the sequential search does; its region is an ellipsoid that holds 95 % of what it keeps."""

    def distances(_: int, unit: Array) -> Array:
        means = measure(unit)[0]
        return np.asarray(implausibility(targets, means, np.zeros_like(means)).max(axis=1))

    found = smc(distances, len(real), keep=KEEP, budget=BUDGET, seed=seed)
    within = region(found)
    places = list(dict.fromkeys(spread(found.weights, CHECKED)))
    handed = found.unit[places]
    return _outcome(targets, [bool(within(real[None])[0])], within(by.unit), by, handed, check, found.tried)


def region(found: Posterior) -> Callable[[Array], NDArray[np.bool_]]:
    """Return a test of belonging to the 95 % region of a posterior.

    It is the ellipsoid of the kept vectors' weighted covariance. Each kept vector is measured against the others, as
    the truth is against all: if the truth is a draw like them, it lies inside in 95 of 100 cases, whatever the shape.
    """
    unit, weights = found.unit, found.weights
    own = np.array([_apart(np.delete(unit, n, 0), np.delete(weights, n), unit[n : n + 1])[0] for n in range(len(unit))])
    limit = quantile(own, weights, REGION)
    return lambda vectors: _apart(unit, weights, vectors) <= limit


def _apart(unit: Array, weights: Array, vectors: Array) -> Array:
    """Return the squared Mahalanobis distances of vectors from the centre of weighted ones."""
    weights = weights / weights.sum()
    centre = weights @ unit
    spread_out = (unit - centre) * np.sqrt(weights)[:, None]
    inverse = np.linalg.inv(spread_out.T @ spread_out + 1e-9 * np.eye(unit.shape[1]))
    return np.asarray(np.einsum("ij,jk,ik->i", vectors - centre, inverse, vectors - centre))


def _outcome(
    targets: Sequence[Target], kept: list[bool], inside: NDArray[np.bool_], by: Yardstick, handed: Array, check: Runs,
    vectors: int,
) -> Outcome:  # fmt: skip
    good = by.good(targets)
    both = float((good & inside).sum())
    met = int((judge(targets, *check(handed)) <= GOOD_ENOUGH).sum()) if len(handed) else 0
    covered, pure = both / max(int(good.sum()), 1), both / max(int(inside.sum()), 1)
    return Outcome(tuple(kept), covered, pure, float(inside.mean()), met, len(handed), vectors)


def measured(folder: Path) -> Iterator[Found]:
    """Yield what was found, after each truth from the second on with all truths so far."""
    by = yardstick(folder)
    gives = Runs(folder, "truth", TRUTH, ALL_CITIES)(np.array([truth(number) for number in range(TRUTHS)]))[0]
    check = Runs(folder, "check", CHECK, ALL_CITIES)
    history, other, goods = [], [], []
    for number in range(TRUTHS):
        seed, targets, real = number % SEEDS, findings(number, gives[number]), truth(number)
        goods.append(float(by.good(targets).mean()))
        # A seed's first vectors are the same for every truth: they run once, and count for each.
        for name, search, outcomes in (("his", matched, history), ("seq", sequential, other)):
            measure = Runs(folder, f"{name}{seed}", EACH, SEARCHED_CITIES, seed)
            outcomes.append(search(targets, real, by, measure, check, seed))
        print(number, history[-1], other[-1], flush=True)
        if number:
            yield Found(history, other, goods, by.off.tolist())


if __name__ == "__main__":
    for found in measured(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("out", "recovery")):
        write(found, PLAN)
