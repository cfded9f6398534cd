"""Municipal departments (条): peers of equal rank that co-operate in a domain, or pass the buck (推诿).

A domain has a lead department and supporting ones, which work for the whole city. Where they do not co-operate, what
counties and towns execute gets nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulation.agents.institution import Institution
from simulation.compute.kernel import kernel
from simulation.compute.randomness import week_uniform1
from simulation.scenario.windows import AUTHORITY
from simulation.world.fixed import World
from simulation.world.forms import let_through
from simulation.world.parameters import Parameters, Rows
from simulation.world.state import State

if TYPE_CHECKING:
    from simulation.agents.city import CityLeadershipGroup
    from simulation.model import MomentumModel


@kernel(inline="always")
def readiness(p: Parameters, authority: float, lead: bool, peers: float, others: int) -> float:
    """Return what co-operating in a domain is worth to a department, over the noise, in log odds.

    [w_authority·authority + w_lead·[lead] + w_join·(2·peers − 1) − w_busy·((others + 1)/capacity)² − turf]/noise, with
    ``authority`` what the city's leading group gives the domain, ``peers`` the share of the domain's other departments
    that co-operate and ``others`` the number of further domains in which this one does. Source: Bu 2022, §4.2 (peers of
    equal rank); the form is an assumption.
    """
    d = p.departments
    value = d.w_authority * authority + d.w_lead * lead + d.w_join * (2.0 * peers - 1.0)
    return (value - d.w_busy * ((others + 1.0) / d.capacity) ** 2 - d.turf) / d.noise


@kernel(inline="always")
def circumstances(g: World, s: State, m: int, d: int) -> tuple[float, int]:
    """Return the share of the other departments of a domain that co-operate, and in how many others ``m`` does so.

    The share is a half where a department is alone.
    """
    c = g.department_city[m]
    joined = 0
    for other in range(g.city_department[c], g.city_department[c + 1]):
        joined += other != m and s.joins[other, d]
    peers = g.members[c, d] - 1
    busy = 0
    for other in range(s.joins.shape[1]):
        busy += other != d and s.joins[m, other]
    return (joined / peers if peers > 0 else 0.5), busy


@kernel
def gather(p: Parameters, g: World, s: State, c: int) -> None:
    """Set what a city's departments let through in each domain, as they co-operate now (`forms.let_through`)."""
    for d in range(s.co_operation.shape[1]):
        joined = 0
        for m in range(g.city_department[c], g.city_department[c + 1]):
            joined += s.joins[m, d]
        s.co_operation[c, d] = let_through(p.departments.conflict, joined, g.members[c, d])


@kernel
def co_operate(rows: Rows, g: World, s: State, week: int) -> None:
    """At the monthly analysis let every department decide, for each active domain that it belongs to, whether it joins.

    All decide at once, on last month's decisions; a department that executes a domain itself joins. Then the share of
    momentum that gets through is set for each domain: 1 − conflict·(1 − share of its departments that join).
    """
    chosen = np.zeros(s.joins.shape, np.bool_)
    for m in range(s.joins.shape[0]):
        c = g.department_city[m]
        p = rows[s.city_row[c]]
        authority = s.level[c, AUTHORITY] * s.attention[c]
        for d in range(s.joins.shape[1]):
            if not g.belongs[m, d] or not s.active[c, d]:
                continue
            unit = g.department_unit[m]
            if unit >= 0 and s.has[unit, d]:
                chosen[m, d] = True
                continue
            peers, busy = circumstances(g, s, m, d)
            odds = readiness(p, authority, g.leads[m, d], peers, busy)
            chosen[m, d] = week_uniform1(g.join_key[m, d], week) * (1.0 + np.exp(-odds)) < 1.0
    s.joins[:] = chosen
    for c in range(s.co_operation.shape[0]):
        gather(rows[s.city_row[c]], g, s, c)


class Department(Institution):
    """A municipal department: decides in which of its domains it co-operates.

    Attributes are views on the model's arrays; ``index`` is the department's row.
    """

    tier = "departments"

    @classmethod
    def names(cls, model: MomentumModel) -> Sequence[str]:
        """Return the names of all departments, city by city."""
        return model.department_names

    @property
    def city(self) -> CityLeadershipGroup:
        """The leadership group of its city."""
        return self.model.cities[self.model.world.department_city[self.index]]

    @property
    def key(self) -> str:
        """Key under which the scenario names the department."""
        first = self.model.world.city_department[self.city.index]
        return self.model.department_keys[self.index - first]

    @property
    def domains(self) -> list[str]:
        """Keys of the domains to which it belongs."""
        return self._named(self.model.world.belongs[self.index])

    @property
    def leads(self) -> list[str]:
        """Keys of the domains in which it is in the lead."""
        return self._named(self.model.world.leads[self.index])

    @property
    def joined(self) -> list[str]:
        """Keys of the domains in which it co-operates now."""
        return self._named(self.state.joins[self.index])

    @property
    def parameter_row(self) -> int:
        """Its city's."""
        return self.city.parameter_row

    def _named(self, flags: np.ndarray) -> list[str]:
        return [name for name, flag in zip(self.model.spec.domains, flags, strict=True) if flag]

    def readiness(self, domain: str) -> float:
        """Return what co-operating in a domain is worth now, over the noise, in log odds (see `readiness`)."""
        model, s, column = self.model, self.state, self.model.domain_index(domain)
        peers, busy = circumstances(model.world, s, self.index, column)
        c = self.city.index
        authority = float(s.level[c, AUTHORITY] * s.attention[c])
        return float(readiness(self.parameters, authority, model.world.leads[self.index, column], peers, busy))

    def utilities(self, domain: str) -> dict[str, float]:
        """Return the utility of co-operating in a domain and of passing the buck, which is 0 (dimensionless)."""
        return {"join": self.readiness(domain) * float(self.parameters.departments.noise), "pass": 0.0}

    def chance(self, domain: str) -> float:
        """Return the probability of co-operating, if it decided now; 1 in a domain that it executes itself."""
        from scipy.special import expit  # slow to import, and needed only when somebody looks

        unit, column = int(self.model.world.department_unit[self.index]), self.model.domain_index(domain)
        if unit >= 0 and self.state.has[unit, column]:
            return 1.0
        return float(expit(self.readiness(domain)))

    def label(self, lang: str = "en") -> str:
        """Return the name as people read it, in 'en' or 'zh'."""
        return self.model.spec.departments.named[self.key].label(lang) or self.key
