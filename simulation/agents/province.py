"""Provincial leaders: they issue instructions, review reported results each quarter, and renew momentum."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulation.agents.institution import Institution
from simulation.compute.kernel import kernel
from simulation.ledger.accounts import INSTRUCTION, RENEWAL
from simulation.world.fixed import Floats
from simulation.world.parameters import Rows
from simulation.world.signals import Issued
from simulation.world.state import NEVER, State

if TYPE_CHECKING:
    from simulation.agents.city import CityLeadershipGroup


@kernel
def renew(rows: Rows, s: State, reported: Floats) -> None:
    """Add renewal·(increase over the best so far)·(strength of the signals received) to S of each city.

    The leader sees the mean over the city's active domains of their sites' mean reported effect (0 without a site).
    """
    for c in range(s.S.shape[0]):
        total, count = 0.0, 0
        for d in range(reported.shape[1]):
            if s.active[c, d]:
                total += reported[c, d]
                count += 1
        if count == 0:
            continue
        seen = total / count
        rise = max(0.0, seen - s.best[c])
        s.best[c] = max(s.best[c], seen)
        amount = rows[s.city_row[c]].instruction.renewal * rise * s.strength[c]
        s.S[c] += amount
        s.booked[c, RENEWAL] += amount


class ProvincialLeader(Institution):
    """A provincial leader (省委主要领导), who writes instructions (批示) and renews momentum when reports improve."""

    tier = "provinces"

    @property
    def cities(self) -> list[CityLeadershipGroup]:
        """The leadership groups of the province's cities."""
        return [
            city
            for city, province in zip(self.model.cities, self.model.hierarchy.city_province, strict=True)
            if province == self.index
        ]

    def issue(self, signal: Issued) -> None:
        """Send a signal to this province's cities: S receives its strength, and it names its domain."""
        s = self.state
        for city in self.cities:
            if not signal.cities or city.name in signal.cities:
                c = city.index
                s.strength[c] += signal.strength
                s.S[c] += signal.strength
                s.booked[c, INSTRUCTION] += signal.strength
                s.named[c, signal.domain] = True
                s.wording[c] = max(s.wording[c], signal.wording)
                if s.origin[c] == NEVER:
                    s.origin[c] = signal.week
