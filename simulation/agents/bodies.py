"""Bodies that take part in a community (多元主体): Party units, councils, firms, volunteers and more.

Bodies arise where leverage brings a domain into a community. Active ones add to what a site delivers, and speak up for
a problem that nobody has taken on.
"""

from __future__ import annotations

import numpy as np

from simulation.citizens.network import Contacts
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.scenario.windows import LEVERAGE
from simulation.world.fixed import Floats, World
from simulation.world.parameters import Parameters
from simulation.world.state import State


@kernel(inline="always")
def spirit(p: Parameters, effect: float, trust: float) -> float:
    """Return the log odds that a body is active: b0 + b_effect·effect + b_trust·trust + b_coverage·coverage.

    ``effect`` is the mean over the domains that have a site in the community, ``trust`` the mean over its citizens,
    coverage that of the Party organisation. Source: Bu 2022, §4.5 (Party units lead the other bodies); the form is an
    assumption.
    """
    b = p.bodies
    return b.b0 + b.b_effect * effect + b.b_trust * trust + b.b_coverage * p.citizens.coverage


@kernel
def bodies_week(p: Parameters, g: World, s: State, contacts: Contacts, sums: Floats, week: int) -> None:
    """Let bodies arise in each community, and decide whether they are active.

    An absent kind is founded with probability found·a₅·(share of domains with a site). Under the rule "share" the share
    of kinds present grows by that much of what is missing, and no body is active. ``sums`` are the citizens' own.
    """
    n_domains = s.covered.shape[1]
    for k in range(s.covered.shape[0]):
        worked, effect = 0, 0.0
        for d in range(n_domains):
            if s.covered[k, d]:
                worked += 1
                effect += s.seen[k, d]
        found = p.bodies.found * s.level[g.community_city[k], LEVERAGE] * worked / n_domains
        if p.bodies.kinds == 0.0:
            s.platforms[k] += found * (1.0 - s.platforms[k])
            continue
        trust = sums[k, 1] / (contacts.first[k + 1] - contacts.first[k])
        odds = np.exp(-spirit(p, effect / worked if worked > 0 else 0.0, trust))
        present, active = 0, 0
        for i in range(s.bodies.shape[1]):
            draw = week_uniform1(g.body_key[k, i], week)
            if not s.bodies[k, i]:
                s.bodies[k, i] = draw < found
                s.stirs[k, i] = False
            else:
                s.stirs[k, i] = draw * (1.0 + odds) < 1.0
            present += s.bodies[k, i]
            active += s.stirs[k, i]
        s.platforms[k] = present / s.bodies.shape[1]
        s.bodies_active[k] = active / s.bodies.shape[1]
