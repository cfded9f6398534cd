"""Reporting: units that execute hollowly embellish what their sites achieve, where oversight lets them.

One kernel, `collect`, reads all reports; the review asks by city, the record by unit, the table of cells by community.
"""

from __future__ import annotations

import numpy as np

from simulation.agents.modes import oversight_of, pressure_on
from simulation.compute.kernel import kernel
from simulation.scenario import modes
from simulation.world.fixed import Floats, Ints, World
from simulation.world.parameters import Parameters, Rows
from simulation.world.state import State

HOLLOW = np.array(modes.HOLLOW)


@kernel(inline="always")
def embellishment(p: Parameters, mode: int, authority: float, pressure: float) -> float:
    """Return the share of what is missing that an executor's reports add: inflate·(1 − o) in a hollow mode, else 0.

    ``authority`` is what watches the domain. Collusion (共谋) makes it grow with the pressure that the executor feels:
    inflate·(1 + collude·Π)·(1 − o), at most 1.
    """
    if mode < 0 or not HOLLOW[mode]:
        return 0.0
    added = p.evaluation.inflate * (1.0 - oversight_of(p, authority))
    if p.evaluation.collude > 0.0:
        added = min(1.0, added * (1.0 + p.evaluation.collude * pressure))
    return added


@kernel(inline="always")
def site_report(effect: float, added: float) -> float:
    """Return the reported effect of a site: effect + embellishment·(1 − effect), in [0, 1]."""
    return effect + added * (1.0 - effect)


@kernel
def collect(rows: Rows, g: World, s: State, row_of: Ints, reported: Floats, true: Floats, sites: Ints) -> None:
    """Sum reported and true effect over open sites, and count the sites; each result has shape (rows, domains).

    ``row_of`` names the row to which each place's sites are added: its city, its unit or its community.
    """
    reported[:] = 0.0
    true[:] = 0.0
    sites[:] = 0
    mode, effect, is_open, community, executor = s.mode, s.effect, s.open, g.place_community, g.place_executor
    unit_row = s.unit_row
    added = np.zeros(len(g.executor_unit))
    for u in range(s.sites.shape[0]):
        p = rows[unit_row[u]]
        authority = s.group[u] * s.attention[g.unit_city[u]]
        first, last = g.unit_place[u], g.unit_place[u + 1]
        for d in range(s.sites.shape[1]):
            if s.sites[u, d] == 0:
                continue
            for x in range(g.unit_executor[u], g.unit_executor[u + 1]):
                pressure = pressure_on(p, g, s, x, d) if p.evaluation.collude > 0.0 else 0.0
                added[x] = embellishment(p, mode[x, d], authority, pressure)
            for j in range(first, last):
                if is_open[j, d]:
                    found, row = effect[community[j], d], row_of[j]
                    reported[row, d] += site_report(found, added[executor[j]])
                    true[row, d] += found
                    sites[row, d] += 1


@kernel
def evaluate(rows: Rows, g: World, s: State, reported: Floats, true: Floats, sites: Ints) -> None:
    """Write the mean reported and true effect and the number of open sites, each of shape (cities, domains).

    Means are over sites, 0 where there are none.
    """
    collect(rows, g, s, g.place_city, reported, true, sites)
    for c in range(sites.shape[0]):
        for d in range(sites.shape[1]):
            if sites[c, d] > 0:
                reported[c, d] /= sites[c, d]
                true[c, d] /= sites[c, d]
