"""The ledger's totals stage by stage, read off a result's table of flows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulation.scenario.windows import STAGES

if TYPE_CHECKING:
    import pandas as pd

    from simulation.results import RunResult

DUST = 1e-9
"""Share of all momentum below which an account is not shown."""


@dataclass(frozen=True)
class Flows:
    """Totals of a run over all cities, in instructions.

    Attributes
    ----------
    sources, sinks : dict
        (account, stage index) to amount; zero amounts are left out.
    passed : list of float
        Momentum that stages 1 to 4 passed to the next stage; then the delivered momentum.
    stock : list of float
        Momentum that is still in each stage at the end.
    """

    sources: dict[tuple[str, int], float] = field(default_factory=dict)
    sinks: dict[tuple[str, int], float] = field(default_factory=dict)
    passed: list[float] = field(default_factory=list)
    stock: list[float] = field(default_factory=list)

    @property
    def total(self) -> float:
        """Everything that came in."""
        return sum(self.sources.values())

    def account(self, name: str) -> float:
        """Return an account's total over all stages."""
        both = (*self.sources.items(), *self.sinks.items())
        return sum(amount for (account, _), amount in both if account == name)


def flows(result: RunResult) -> Flows:
    """Return the sources and the ends of a run's momentum, stage by stage."""
    moved, ledger = result.flows, result.ledger
    sources = _totals(moved[moved["kind"] == "source"], "to")
    dust = DUST * max(sum(sources.values()), 1e-300)
    onward = moved[moved["kind"].isin(["passed", "delivered"])].groupby("from")["amount"].sum()
    last = ledger[(ledger["kind"] == "stock") & (ledger["week"] == ledger["week"].max())]
    held = last.groupby("account")["amount"].sum()
    sinks = _totals(moved[moved["kind"] == "sink"], "from")
    return Flows(
        sources={key: amount for key, amount in sources.items() if amount > dust},
        sinks={key: amount for key, amount in sinks.items() if amount > dust},
        passed=[float(onward[stage]) for stage in STAGES],
        stock=[float(held[stage]) for stage in STAGES],
    )


def _totals(moved: pd.DataFrame, end: str) -> dict[tuple[str, int], float]:
    """Return (account, index of the stage in column ``end``) to the amount moved."""
    totals = moved.groupby(["account", end])["amount"].sum()
    return {(str(account), STAGES.index(str(stage))): float(amount) for (account, stage), amount in totals.items()}
