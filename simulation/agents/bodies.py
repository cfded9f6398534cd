"""Bodies that take part in a community (多元主体): Party units, councils, firms, volunteers and more.

Bodies arise where leverage brings a domain into a community. Active ones add to what a site delivers, and speak up for
a problem that nobody has taken on.
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulation.agents.columns import ColumnSet, RowAgent
from simulation.citizens.network import Contacts
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.scenario.windows import LEVERAGE
from simulation.world.fixed import BODIES, Floats, World
from simulation.world.parameters import Parameters, Rows
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
def bodies_week(rows: Rows, g: World, s: State, contacts: Contacts, sums: Floats, week: int) -> None:
    """Let bodies arise in each community, and decide whether they are active.

    An absent kind is founded with probability found·a₅·(share of domains with a site). Under the rule "share" the share
    of kinds present grows by that much of what is missing, and no body is active. ``sums`` are the citizens' own.
    """
    covered, seen, bodies, stirs, keys = s.covered, s.seen, s.bodies, s.stirs, g.body_key
    platforms, share_active, first = s.platforms, s.bodies_active, contacts.first
    n_domains, kinds = covered.shape[1], bodies.shape[1]
    unit_row, county = s.unit_row, g.community_county
    for k in range(covered.shape[0]):
        p = rows[unit_row[county[k]]]
        worked, effect = 0, 0.0
        for d in range(n_domains):
            if covered[k, d]:
                worked += 1
                effect += seen[k, d]
        found = p.bodies.found * s.level[g.community_city[k], LEVERAGE] * worked / n_domains
        if p.bodies.kinds == 0.0:
            platforms[k] += found * (1.0 - platforms[k])
            continue
        trust = sums[k, 1] / (first[k + 1] - first[k])
        odds = np.exp(-spirit(p, effect / worked if worked > 0 else 0.0, trust))
        present, active = 0, 0
        for i in range(kinds):
            draw = week_uniform1(keys[k, i], week)
            if not bodies[k, i]:
                bodies[k, i] = draw < found
                stirs[k, i] = False
            else:
                stirs[k, i] = draw * (1.0 + odds) < 1.0
            present += bodies[k, i]
            active += stirs[k, i]
        platforms[k] = present / kinds
        share_active[k] = active / kinds


COLUMNS = ("kind", "community", "present", "active")


class Body(RowAgent):
    """One kind of body in one community: a view on the columns ``kind``, ``community``, ``present`` and ``active``.

    ``kind`` is its place in `simulation.world.fixed.BODIES`. Only ``present`` can be set: founding or dissolving it.
    """

    __slots__ = ()
    noun: ClassVar[str] = "body"
    kept_as: ClassVar[str] = "bodies"

    @property
    def name(self) -> str:
        """Name of its kind."""
        return BODIES[self.kind]

    def chance(self) -> float:
        """Return the probability that it is active in a week, as things stand; 0 for a body that is not there."""
        from scipy.special import expit  # slow to import, and needed only when somebody looks

        if not self.present:
            return 0.0
        model, k = self.model, self.community
        covered = model.state.covered[k]
        effect = float(model.state.seen[k][covered].mean()) if covered.any() else 0.0
        first = model.population.contacts.first
        trust = float(model.population.sums[k, 1] / (first[k + 1] - first[k]))
        row = model.state.unit_row[model.world.community_county[k]]
        return float(expit(spirit(model.numbers[row], effect, trust)))


class BodySet(ColumnSet[Body]):
    """All bodies of all communities, or a selection: like a Mesa ``AgentSet``, over columns.

    Row 7·k + i is kind i in community k. Empty where bodies are only a share (``bodies.rule = "share"``).
    """

    kind = Body
    columns = COLUMNS
    writable = ("present",)

    @property
    def size(self) -> int:
        """Number of kinds times communities."""
        return int(self.model.state.bodies.size) if self.model.spec.bodies.kinds else 0

    @property
    def first_id(self) -> int:
        """Unique id of the first body; ids follow those of the citizens."""
        return self.model.citizens.first_id + self.model.citizens.size

    def column(self, name: str) -> NDArray[Any]:
        """Return a column of all bodies."""
        state, rows = self.model.state, np.arange(self.size)
        if name == "kind":
            return rows % len(BODIES)
        if name == "community":
            return rows // len(BODIES)
        if name == "present":
            return state.bodies.reshape(-1)[: self.size]
        if name == "active":
            return state.stirs.reshape(-1)[: self.size]
        raise self._unknown(name)

    def _write(self, name: str, rows: NDArray[np.int64], value: Any) -> None:
        state = self.model.state
        state.bodies.reshape(-1)[rows] = value
        state.stirs.reshape(-1)[rows] &= state.bodies.reshape(-1)[rows]
        state.platforms[:] = state.bodies.mean(axis=1)
