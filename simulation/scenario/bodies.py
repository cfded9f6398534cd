"""Bodies that take part in a community: how they arise, when they are active, and what they do (docs/model.md)."""

from __future__ import annotations

from typing import Literal

from simulation.scenario.fields import Table, number, share, word


class Bodies(Table):
    """Seven kinds of body in each community, or only the share of them that is present."""

    compiled = ("kinds",)

    rule: Literal["share", "kinds"] = word("kinds", ("share", "kinds"), "P: seven kinds; A: their part")
    found: float = share(0.02, "A")
    w_bodies: float = share(0.3, "A")
    b0: float = number(-2.2, -100, 100, "log odds", "A: a plausible world")
    b_effect: float = number(2, -100, 100, "log odds", "A")
    b_trust: float = number(2, -100, 100, "log odds", "A")
    b_coverage: float = number(2, -100, 100, "log odds", "A; P: Party branches lead")
    voice: float = number(0.2, 0, 10, "severity", "P: kind; A: value")

    @property
    def kinds(self) -> float:
        """1 where bodies of seven kinds are agents, else 0."""
        return float(self.rule == "kinds")
