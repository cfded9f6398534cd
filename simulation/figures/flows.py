"""The ledger's totals stage by stage, read off a result's tables alone.

The saved ledger names accounts, not stages, and three accounts stand at several stages: attention, broadcast and
diffusion. Every stage's own balance (in = out + still there) divides them again; where two of them meet in one stage,
attention is its rate times the stock at the start of each week, as model §4 has it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulation.ledger.accounts import accounts
from simulation.scenario.windows import STAGES

if TYPE_CHECKING:
    from simulation.results import RunResult

ENTERS = {
    "instruction": 0,
    "renewal": 0,
    "need": 3,
    "horizontal": 3,
    "participation": 4,
    "downward": 4,
}
"""Stage at which a source enters, for the sources that enter at one."""
LEAVES = {
    "fragmentation": 1,
    "undirected": 3,
    "stretch": 3,
    "adaptive": 3,
    "symbolic": 3,
    "selective": 3,
    "overload": 3,
    "idle": 4,
}
"""Stage at which a loss occurs, for the losses that occur at one."""
DUST = 1e-9


@dataclass(frozen=True)
class Flows:
    """Totals of a run over all cities, in instructions.

    Attributes
    ----------
    sources, sinks : dict
        (account, stage index) to amount; nothing that is zero.
    passed : list of float
        What stages 1 to 4 passed to the next; then what was delivered.
    stock : list of float
        What is still in each stage at the end.
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
    """Return where the momentum of a run came from, stage by stage, and where it went."""
    ledger, weekly = result.ledger, result.weekly
    moved = ledger[ledger["kind"] != "stock"].groupby("account")["amount"].sum()
    total = {str(name): float(amount) for name, amount in moved.items()}
    held = ledger[ledger["kind"] == "stock"].groupby(["account", "week"])["amount"].sum()
    last = int(ledger["week"].max())
    stock = [float(held[stage][last]) for stage in STAGES]
    before = [float(held[stage].sum()) - stock[k] for k, stage in enumerate(STAGES)]
    before[0] += total.get("instruction", 0.0)  # it comes before the week's flows, whatever else comes after them
    passed = [float(weekly[f"passed_{k}"].sum()) for k in range(1, 6)]

    sources = {(name, stage): total.get(name, 0.0) for name, stage in ENTERS.items()}
    sinks = {(name, stage): total.get(name, 0.0) for name, stage in LEAVES.items()}

    def missing(stage: int) -> float:
        """Return what must still enter a stage so that it balances; below 0, what must still leave it."""
        comes = sum(amount for (_, k), amount in sources.items() if k == stage)
        goes = sum(amount for (_, k), amount in sinks.items() if k == stage)
        return goes + passed[stage] + stock[stage] - comes - (passed[stage - 1] if stage else 0.0)

    sinks["attention", 1] = -missing(1)
    sinks["attention", 0] = result.spec.stages.trend.fade * before[0]
    sinks["attention", 2] = result.spec.stages.publicity.fade * before[2]
    sinks["attention", 3] = total.get("attention", 0.0) - sum(sinks["attention", k] for k in range(3))
    sources["diffusion", 0] = missing(0)
    sources["diffusion", 3] = total.get("diffusion", 0.0) - sources["diffusion", 0]
    for stage in (2, 3, 4):
        sources["broadcast", stage] = missing(stage)
    dust = DUST * max(sum(total.get(name, 0.0) for name in accounts("source")), 1e-300)
    return Flows(
        sources={key: amount for key, amount in sources.items() if amount > dust},
        sinks={key: amount for key, amount in sinks.items() if amount > dust},
        passed=passed,
        stock=stock,
    )
