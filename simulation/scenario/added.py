"""Parameters that were numbers in code when the first digests were made.

While such a parameter stands at its default, which is that number, it is left out of a scenario's identity: a run, a
store and a page made before it could be set keep their digest, and a sweep begun then goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulation.scenario.keys import metas

ADDED = frozenset(
    {
        "citizens.expect",
        "structure.towns",
        "structure.severity",
        "structure.facts",
        "structure.weights",
        "structure.severity_noise",
        "plan.keep_point",
        "evaluation.proof",
        "evaluation.rollout_with",
        "execution.fuel",
        "execution.q_ref",
        "execution.budget",
        "execution.spotlight",
        "stages.opening",
        "stages.ready_at",
        "signals",
        "transmission.follow",
        "transmission.zeal_low",
        "transmission.zeal_high",
        "transmission.relay",
        "transmission.escalation",
        "execution.coverage",
        "evaluation.collude",
        "diffusion.adds",
        "citizens.salience_spread",
        "diffusion.room",
        "effect.routine_protects",
        "evaluation.review_every",
        "execution.analysis_every",
        "execution.routine_saves",
        "execution.unlearn",
        "leverage.expert_help",
        "leverage.expert_scouting",
        "stages.authority.deputy",
        "synergies.law_oversight",
        "synergies.moral_trust",
        "synergies.political_oversight",
        "synergies.self_governance_platform",
        "synergies.smart_reports",
        "synergies.smart_scouting",
        "turnover.confidence_kept",
        "turnover.level_kept",
        "turnover.routine_kept",
    }
)
_NEW = ("execution.modes.", "agenda.", "departments.", "bodies.", "issuers.", "channels.")


def identifying(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values, by dotted key, that tell one scenario from another."""

    def silent(key: str, value: Any) -> bool:
        return (key in ADDED or key.startswith(_NEW)) and value == metas()[key][0]

    return {key: value for key, value in values.items() if not silent(key, value)}
