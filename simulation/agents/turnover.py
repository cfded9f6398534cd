"""Leader turnover: a new leader starts with half of what the old one had built (off by default; assumption)."""

from __future__ import annotations

import numpy as np

from simulation.compute import randomness
from simulation.compute.randomness import Keys
from simulation.world.state import Ground, State


def replace_leaders(ground: Ground, state: State, unit_keys: Keys, city_keys: Keys, rate: float, week: int) -> None:
    """Replace leaders at ``rate`` a year each.

    A unit's new leader halves its confidence and routine, a city's the levels of trend and authority.
    """
    chance = 1 - np.exp(-rate / 52)
    for u in np.flatnonzero(randomness.uniform(randomness.week_keys(unit_keys, week)) < chance):
        state.confidence[u] *= 0.5
        state.routine[u] *= 0.5
    for c in np.flatnonzero(randomness.uniform(randomness.week_keys(city_keys, week)) < chance):
        state.level[c, :2] *= 0.5
