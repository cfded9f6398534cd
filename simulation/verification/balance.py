"""Conservation: the ledger, as a run writes it, balances every week and in total."""

from __future__ import annotations

import numpy as np

from simulation import load_scenario, run
from simulation.scenario import Scenario
from simulation.verification import Row


def _imbalance(spec: Scenario) -> tuple[float, float]:
    """Return the largest weekly and the total imbalance of the written ledger, relative to what moved."""
    frame = run(spec, seed=0).ledger
    byweek = frame.pivot_table(index="week", columns="kind", values="amount", aggfunc="sum", fill_value=0.0)
    stock = byweek["stock"].to_numpy()
    flows = [byweek[kind].to_numpy() for kind in ("source", "delivered", "sink")]
    source, delivered, sink = flows
    change = np.diff(stock, prepend=0.0)
    moved = source + delivered + sink + np.abs(stock) + 1e-300
    weekly = np.abs(source - delivered - sink - change) / moved
    total = source.sum() - delivered.sum() - sink.sum() - stock[-1]
    return float(weekly.max()), float(abs(total) / (source.sum() + 1e-300))


def conservation() -> list[Row]:
    """Check that sources − delivered − sinks = Δ stocks, in the default case and with every optional mechanism on."""
    everything = {
        "structure.citizens": 2000,
        "leverage.horizontal": 0.5,
        "leverage.downward": 0.5,
        "rivals.rate": 2.0,
        "turnover.rate": 0.5,
        "plan.kind": "uniform",
        "plan.keep_point": True,
        "agenda.optimism": 2.0,
        "agenda.attention": "kink",
        "stages.opening": "ready",
        "transmission.escalation": 0.25,
        "execution.lapse": 0.3,
        "effect.rebound": 0.02,
        "evaluation.collude": 1.0,
        "synergies.political": 1.0,
        "synergies.smart": 1.0,
        "signals": (
            {"week": 8, "issuer": "centre", "channel": "inspection", "domain": "land"},
            {"week": 40, "issuer": "department", "channel": "document", "wording": 0.2},
        ),
    }
    rows = []
    for key, values in (("default", {"structure.citizens": 2000}), ("everything", everything)):
        weekly, total = _imbalance(load_scenario("zhaoqing").with_values(values))
        rows += [Row(f"ledger_weekly_{key}", 0.0, weekly, 1e-9), Row(f"ledger_total_{key}", 0.0, total, 1e-9)]
    return rows
