"""The numbers of a scenario as compiled code reads them: one record, the names of the equations.

Dials that only rescale another parameter (synergies, horizontal leverage, meetings) are folded in here, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simulation.ledger.accounts import STAGES

if TYPE_CHECKING:
    from simulation.scenario import Scenario

_PLAIN = {
    "transmission": (
        "interlock",
        "fragment",
        "rivalry_units",
        "rivalry_domains",
        "rivalry_sites",
        "assure",
        "doubt",
    ),
    "scouting": ("breadth", "depth", "strength"),
    "plan": ("pilot_share",),
    "execution": (
        "oversight",
        "q_half",
        "h",
        "revise",
        "noise",
        "routine",
        "w_press",
        "w_need",
        "w_peer",
        "w_load",
        "w_effort",
        "unlock",
        "lapse",
    ),
    "effect": ("gain", "wear", "rebound", "alone", "coproduce"),
    "citizens": (
        "b0",
        "b_salience",
        "b_social",
        "inform",
        "contact",
        "coverage",
        "spread",
        "forget",
    ),
    "synergies": ("political",),
    "evaluation": ("proven_at", "rollout"),
    "diffusion": ("adopt", "coerce", "follow", "salient", "compete", "ignite"),
    "leverage": ("horizontal", "downward", "downward_at"),
    "instruction": ("wording", "renewal"),
}
_DERIVED = (
    "gate_base",  # not "base", which every numpy record has already
    "capacity",
    "w_over",
    "inflate",
    "scout_error",
    "b_trust",
    "b_platform",
    "trust_learn",
    "diffusion_learn",
)
_BY_STAGE = ("start", "length", "intensity", "build", "relax", "convert", "fade")

RECORD = np.dtype(
    [(name, np.float64) for names in _PLAIN.values() for name in names]
    + [(name, np.float64) for name in _DERIVED]
    + [(f"{name}{stage}", np.float64) for name in _BY_STAGE for stage in range(1, 6)]
)


def compile_parameters(spec: Scenario) -> NDArray[np.void]:
    """Return the scenario's numbers as a record array of length one (`RECORD`).

    Meanings, units, ranges and sources are those of the scenario schema. Derived: ``capacity`` is what meetings leave;
    ``w_over`` includes the synergy of law, ``b_trust`` that of morals, ``b_platform`` that of self-governance;
    ``inflate`` and ``scout_error`` include smart governance, the latter also experts (horizontal leverage).
    """
    record = np.zeros(1, RECORD)
    for table, names in _PLAIN.items():
        section = getattr(spec, table)
        for name in names:
            record[name] = getattr(section, name)
    for number, name in enumerate(STAGES, start=1):
        stage = getattr(spec.stages, name)
        for field in _BY_STAGE:
            value = stage.effective_intensity if field == "intensity" else getattr(stage, field)
            record[f"{field}{number}"] = value
    record["gate_base"] = spec.transmission.base
    synergies, meetings = spec.synergies, spec.stages.authority.meetings_per_year
    record["capacity"] = spec.execution.capacity * (1 - spec.transmission.meeting_cost * meetings)
    record["w_over"] = spec.execution.w_over * (1 + synergies.law)
    record["inflate"] = spec.evaluation.inflate * (1 - synergies.smart)
    record["scout_error"] = (
        spec.scouting.scout_error * (1 - 0.5 * synergies.smart) * (1 - 0.5 * spec.leverage.horizontal)
    )
    record["b_trust"] = spec.citizens.b_trust * (1 + 0.5 * synergies.moral)
    record["b_platform"] = spec.citizens.b_platform * (1 + synergies.self_governance)
    record["trust_learn"] = spec.citizens.learn
    record["diffusion_learn"] = spec.diffusion.learn
    return record.view(np.recarray)  # so that plain Python reads fields as compiled code does
