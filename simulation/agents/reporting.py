"""Reporting: units that execute hollowly embellish what their sites achieve, where oversight lets them.

One kernel, `collect`, reads all reports; the review asks by city, the record by unit, the table of cells by community.
"""

from __future__ import annotations

import numpy as np

from simulation.agents.modes import oversight_of, pressure_on, watched
from simulation.compute.kernel import kernel
from simulation.scenario import modes
from simulation.world.fixed import Floats, Ints, World
from simulation.world.parameters import Parameters
from simulation.world.state import State

HOLLOW = np.array(modes.HOLLOW)


@kernel(inline="always")
def embellishment(p: Parameters, g: World, s: State, x: int, d: int) -> float:
    """Return the share of what is missing that an executor's reports add: inflate·(1 − o) in a hollow mode, else 0.

    Collusion (共谋) makes it grow with the pressure: inflate·(1 + collude·Π)·(1 − o), at most 1.
    """
    mode = s.mode[x, d]
    if mode < 0 or not HOLLOW[mode]:
        return 0.0
    u = g.executor_unit[x]
    added = p.evaluation.inflate * (1.0 - oversight_of(p, watched(s, u, g.unit_city[u])))
    if p.evaluation.collude > 0.0:
        added = min(1.0, added * (1.0 + p.evaluation.collude * pressure_on(p, g, s, x, d)))
    return added


@kernel(inline="always")
def site_report(effect: float, added: float) -> float:
    """Return the reported effect of a site: effect + embellishment·(1 − effect), in [0, 1]."""
    return effect + added * (1.0 - effect)


@kernel
def collect(p: Parameters, g: World, s: State, row_of: Ints, reported: Floats, true: Floats, sites: Ints) -> None:
    """Sum reported and true effect over open sites, and count the sites; each result has shape (rows, domains).

    ``row_of`` names the row to which each place's sites are added: its city, its unit or its community.
    """
    reported[:] = 0.0
    true[:] = 0.0
    sites[:] = 0
    added = np.zeros(len(g.executor_unit))
    for u in range(s.sites.shape[0]):
        for d in range(s.sites.shape[1]):
            if s.sites[u, d] == 0:
                continue
            for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
                added[x] = embellishment(p, g, s, x, d)
            for j in range(g.unit_place[u], g.unit_place[u + 1]):
                if s.open[j, d]:
                    effect = s.effect[g.place_community[j], d]
                    reported[row_of[j], d] += site_report(effect, added[g.place_executor[j]])
                    true[row_of[j], d] += effect
                    sites[row_of[j], d] += 1


@kernel
def evaluate(p: Parameters, g: World, s: State, reported: Floats, true: Floats, sites: Ints) -> None:
    """Write the mean reported and true effect and the number of open sites, each of shape (cities, domains).

    Means are over sites, 0 where there are none.
    """
    collect(p, g, s, g.place_city, reported, true, sites)
    for c in range(sites.shape[0]):
        for d in range(sites.shape[1]):
            if sites[c, d] > 0:
                reported[c, d] /= sites[c, d]
                true[c, d] /= sites[c, d]
