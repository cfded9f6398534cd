"""The city's agenda: which of its problems a leading group takes on, and how many it can attend to (docs/model.md)."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import Field

from simulation.scenario.fields import Table, number, share, whole_or_word, word
from simulation.scenario.windows import Length


class Agenda(Table):
    """The choice of domains, at the plan and at every review after it, and the span of attention."""

    compiled = ("chosen", "kinked")

    domains: Annotated[int, Field(ge=1, le=10_000)] | Literal["chosen", "all"] = whole_or_word(
        "chosen", 1, 10_000, "domains", "P: eight; A: how they were chosen", ("chosen", "all")
    )
    credit: float = number(1.25, 0, 1000, "utility", "P: kind; A: value")
    local: float = number(0.76, 0, 1000, "utility per severity", "P: kind; A: a plausible world")
    g_half: float = number(0.37, 0, 1000, "instructions", "A")
    worst: float = number(2.2, 1, 1000, "units", "A: a plausible world")
    cost: float = number(0.16, 0, 1000, "utility", "A: a plausible world")
    save: float = share(0.7, "A")
    span: Length = number(16.0, 0, math.inf, "domains", "P: kind; A: a plausible world")
    optimism: float = number(1.2, 0, 1000, "ratio", "A: a plausible world")
    attention: Literal["smooth", "kink"] = word("smooth", ("smooth", "kink"), "A: attention studies")
    crowd: float = number(0.3, 0, 100, "severity per domain", "A")

    @property
    def chosen(self) -> float:
        """1 where the leading group chooses its domains, else 0."""
        return float(self.domains == "chosen")

    @property
    def kinked(self) -> float:
        """1 where attention is whole up to the span and divided beyond it, else 0."""
        return float(self.attention == "kink")
