"""Closing in: emulators that learn from the candidates say where good enough vectors are likely, and these are checked.

References
----------
Cleary, E. et al. (2021), Journal of Computational Physics 424: emulators trained where the data put the parameters.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.targets import Target
from simulation.evidence.worlds.checking import Checked, distinct
from simulation.evidence.worlds.emulator import Emulator
from simulation.evidence.worlds.region import draw
from simulation.evidence.worlds.seen import Seen
from simulation.evidence.worlds.waves import Measure

type Array = NDArray[np.float64]

WORTH_FEW = 0.25
"""Chance of being good enough from which a vector is run on few cities."""
WORTH_MANY = 0.35
"""Chance, after these runs, from which it is run on many."""
_FEWEST = 40
"""Candidates on few cities, and on both, below which nothing can be learned from them."""
_HELD_OUT = 5
_TRIES = 20_000


def close_in(
    targets: Sequence[Target], waves: Seen, checked: Checked, few: Measure, many: Measure, *,
    wanted: int, at_once: int, rounds: int, seed: int = 0, say: Callable[[int, Checked], None] = lambda *_: None,
) -> Checked:  # fmt: skip
    """Run round after round until enough vectors are good enough.

    In each round vectors are drawn evenly from where their chance is at least ``WORTH_FEW``, run on few cities, and,
    where their chance is then at least ``WORTH_MANY``, on many.

    Parameters
    ----------
    targets : sequence of Target
        The findings.
    waves : Seen
        Vectors of the waves, from near enough to learn from them.
    checked : Checked
        Candidates checked so far.
    few, many : callable
        Run vectors on few cities and on many others.
    wanted, at_once, rounds : int
        Good vectors wanted; vectors drawn per round; most rounds.
    seed : int
        Of the draws.
    say : callable, optional
        Gets each round's number and all that was checked up to then.
    """
    for turn in range(1, rounds + 1):
        if checked.good.sum() >= wanted or min(len(checked.few), len(checked.many)) < _FEWEST:
            break
        known = Chances(targets, waves, checked, seed)
        rng = np.random.default_rng([seed, 11, turn])
        start = checked.few.unit
        drawn = distinct(_likely(known, at_once, rng, start))
        # Steps that were all refused leave a vector that was run before.
        drawn = drawn[~(drawn[:, None] == start[None]).all(axis=2).any(axis=1)]
        if len(drawn):
            checked = Checked.of(targets, checked.few + Seen(drawn, *few(drawn)), checked.many)
            known = Chances(targets, waves, checked, seed)
        open_ = checked.few.unit[checked.few.among(checked.many) < 0]
        hopeful = open_[known.of(open_) >= WORTH_MANY]
        if not len(hopeful) and not len(drawn):
            break
        if len(hopeful):
            checked = Checked.of(targets, checked.few, checked.many + Seen(hopeful, *many(hopeful)))
        say(turn, checked)
    return checked


class Chances:
    """Chances of vectors to meet all findings, learned from everything that was run.

    Few cities have something in common that no other has; it is measured on the vectors that were run on both, and
    taken off. Each finding is learned from the candidates alone or from the waves' vectors too, whichever foretells a
    fifth of the candidates better.

    Parameters
    ----------
    targets : sequence of Target
        The findings.
    waves : Seen
        Vectors of the waves.
    checked : Checked
        Candidates.
    seed : int
        Chooses what is held out.
    """

    def __init__(self, targets: Sequence[Target], waves: Seen, checked: Checked, seed: int = 0) -> None:
        self.targets = tuple(targets)
        places = checked.many.among(checked.few)
        both = checked.many[places >= 0]
        shift = np.nanmean(both.means - checked.few.means[places[places >= 0]], axis=0)
        alone = checked.few[checked.few.among(checked.many) < 0]
        parts = [
            (checked.many.unit, checked.many.means, checked.many.variances()),
            (alone.unit, alone.means + shift, checked.few.variances()),
            (waves.unit, waves.means, waves.variances()),
        ]
        unit = np.vstack([part[0] for part in parts])
        values = np.vstack([part[1] for part in parts])
        noise = np.vstack([np.broadcast_to(part[2], part[1].shape) for part in parts])
        near = np.arange(len(unit)) < len(unit) - len(waves)
        self.emulators = tuple(
            _learned(unit, values[:, j], noise[:, j], near, np.random.default_rng([seed, 13, j]))
            for j in range(len(self.targets))
        )

    def of(self, unit: Array) -> Array:
        """Return the chance of each vector, shape (n,): findings are taken to stray independently of each other."""
        from scipy.stats import norm

        chance = np.ones(len(unit))
        if not len(unit):
            return chance
        for target, emulator in zip(self.targets, self.emulators, strict=True):
            mean, variance = emulator.predict(unit)
            spread = np.sqrt(variance)
            above = norm.cdf((target.high + target.tolerance - mean) / spread)
            chance *= above - norm.cdf((target.low - target.tolerance - mean) / spread)
        return chance


def _likely(known: Chances, number: int, rng: np.random.Generator, start: Array) -> Array:
    start = start[known.of(start) >= WORTH_FEW]
    # The whole cube is looked through, which takes minutes, only where too few vectors are known to start from.
    tries = 0 if len(start) >= _FEWEST else _TRIES
    return draw(lambda unit: known.of(unit) >= WORTH_FEW, start.shape[1], number, rng, start, tries)


def _learned(
    unit: Array, values: Array, noise: Array, near: NDArray[np.bool_], rng: np.random.Generator
) -> Emulator:  # fmt: skip
    """Return the emulator that foretells candidates best: of all vectors, or of the candidates alone."""
    usable = np.flatnonzero(near & np.isfinite(values))
    test = rng.permutation(usable)[: len(usable) // _HELD_OUT]
    train = np.ones(len(unit), dtype=bool)
    train[test] = False
    scores = []
    for part in (near, np.ones(len(unit), dtype=bool)):
        mean, variance = Emulator(unit[part & train], values[part & train], variances=noise[part & train]).predict(
            unit[test]
        )
        spread = variance + noise[test]
        scores.append(-float((np.log(spread) + (values[test] - mean) ** 2 / spread).sum()))
    part = near if scores[0] >= scores[1] else np.ones(len(unit), dtype=bool)
    return Emulator(unit[part], values[part], variances=noise[part])
