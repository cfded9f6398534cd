"""Sites: the communities where a unit works a domain."""

from __future__ import annotations

import numpy as np

from simulation.compute.kernel import kernel
from simulation.world.fixed import World
from simulation.world.parameters import Parameters
from simulation.world.state import NEVER, State


@kernel(inline="always")
def untouched(since: int, sites: int) -> bool:
    """Tell whether a unit never worked a domain (``since`` and ``sites`` of the state): its places hold no momentum."""
    return since == NEVER and sites == 0


@kernel
def open_sites(p: Parameters, g: World, s: State, u: int, d: int, week: int) -> None:
    """Open a unit's sites in a domain up to its share: max(1, round(x·n)) of its n communities, in the drawn order."""
    first, last = g.unit_place[u], g.unit_place[u + 1]
    wanted = max(1, int(s.share[u, d] * (last - first) + 0.5))
    for j in range(first, last):
        if g.site_rank[j, d] < wanted and not s.open[j, d]:
            s.open[j, d] = True
            s.sites[u, d] += 1
            s.worked[g.place_executor[j], d] += 1
            mark_site(g, s, j, d, week, g.site_rank[j, d] < g.pilots[u])


@kernel(inline="always")
def mark_site(g: World, s: State, j: int, d: int, week: int, pilot: bool) -> None:
    """Note on the community that it has a site in the domain, and since when."""
    k = g.place_community[j]
    if not s.covered[k, d]:
        s.covered[k, d] = True
        if s.site_since[k, d] == NEVER:
            s.site_since[k, d] = week
            s.first_pilot[k, d] = pilot
    if pilot:
        s.pilot[k, d] = True


def close_sites(g: World, s: State, u: int, d: int) -> None:
    """Close a unit's sites in a domain; delivered momentum and the momentum that waits in L remain."""
    s.open[g.unit_place[u] : g.unit_place[u + 1], d] = False
    s.sites[u, d] = 0
    s.worked[g.unit_executor[u] : g.unit_executor[u + 1], d] = 0


@kernel
def survey_sites(g: World, s: State) -> None:
    """Compute anew, after sites were closed, which communities have a site and which have a pilot site, of any unit."""
    s.covered[:] = False
    s.pilot[:] = False
    for u in range(s.Q.shape[0]):
        for d in range(s.Q.shape[1]):
            if s.sites[u, d] > 0:
                for j in range(g.unit_place[u], g.unit_place[u + 1]):
                    if s.open[j, d]:
                        k = g.place_community[j]
                        s.covered[k, d] = True
                        if s.has[u, d] and g.site_rank[j, d] < g.pilots[u]:
                            s.pilot[k, d] = True
    for k in range(s.covered.shape[0]):
        for d in range(s.covered.shape[1]):
            if not s.covered[k, d]:
                s.site_since[k, d] = NEVER
                s.first_pilot[k, d] = False
                s.matured[k, d] = np.nan
