"""Governance effect (治理效能): delivered momentum raises it, wear and lost authority lower it, routine protects it."""

from __future__ import annotations

import numpy as np

from simulation.compute.kernel import kernel
from simulation.stages.settlement import institutionalise
from simulation.world.fixed import World
from simulation.world.forms import unheld
from simulation.world.parameters import Rows
from simulation.world.state import State


@kernel
def grow(rows: Rows, g: World, s: State) -> None:
    """Move effect, in [0, 1], by one week: delivered momentum adds, wear takes, routine protects.

    effect ← effect + (1 − effect)·(1 − exp(−gain·Σ G/w))
                    − [wear·(1 − routine_protects·r_max) + rebound·(1 − α)(1 − r_max)]·effect

    with α the level of the county's own group.

    What authority alone held down comes back when it leaves. Also refreshes the units' mean effects. Source: that
    part of a campaign's gain comes back is Karplus & Wu, PNAS; forms and rates are assumptions.
    """
    county, unit_row = g.community_county, s.unit_row
    for k in range(s.effect.shape[0]):
        u = county[k]
        p, authority = rows[unit_row[u]], s.group[u]
        for d in range(s.effect.shape[1]):
            effect = s.effect[k, d]
            s.seen[k, d] = effect
            growth = 0.0
            if s.push[k, d] > 0.0:
                growth = (1.0 - effect) * (1.0 - np.exp(-p.effect.gain * s.push[k, d]))
            routine = s.strongest[k, d]
            back = p.effect.wear * (1.0 - p.effect.routine_protects * routine) + p.effect.rebound * unheld(
                authority, routine
            )
            s.effect[k, d] = effect + growth - back * effect
    for u in range(s.mean_effect.shape[0]):
        for d in range(s.mean_effect.shape[1]):
            total = 0.0
            for j in range(g.unit_place[u], g.unit_place[u + 1]):
                k = g.place_community[j]
                total += s.effect[k, d] * g.population[k]
            s.mean_effect[u, d] = total / g.unit_population[u]


@kernel
def settle_in(rows: Rows, g: World, s: State) -> None:
    """Move effect and routine by one week."""
    grow(rows, g, s)
    institutionalise(rows, g, s)
