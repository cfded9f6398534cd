"""A small province in which every mechanism is on, for claims about all parameters."""

from __future__ import annotations

import functools
from typing import Any

from kit.cities import IN_CHARGE, NAMED, counties, make, with_towns

from simulation.evidence.worlds.space import space
from simulation.scenario import Scenario, load_scenario

#: What makes mechanisms act that a scenario leaves off.
_ON: dict[str, Any] = {
    **{f"synergies.{name}": 0.4 for name in ("political", "self_governance", "law", "moral", "smart")},
    "leverage.horizontal": 0.6,
    "leverage.downward": 0.8,
    "leverage.downward_at": 0.15,
    "turnover.rate": 1.5,
    "rivals.rate": 2.0,
    "rivals.campaigns": 0.5,
    "diffusion.adopt": 1.0,
    "evaluation.review_every": 8,
    "evaluation.proven_at": 0.15,
    "evaluation.collude": 0.5,
    "transmission.escalation": 0.5,
    "execution.lapse": 0.01,
    "effect.rebound": 0.2,
    "plan.per_county": 2,
    "citizens.across": 0.05,
}
#: The second form of the rules of choice: thresholds, and stages that open when they are ready.
_THRESHOLDS: dict[str, Any] = {
    "stages.opening": "ready",
    "citizens.rule": "threshold",
    "citizens.threshold_low": -0.3,
    "citizens.threshold_high": 0.4,
}


@functools.cache
def everything(weeks: int = 60, thresholds: bool = False, instructed: tuple[str, ...] = ("City",)) -> Scenario:
    """Return three cities under one province, with all mechanisms on.

    Parameters
    ----------
    weeks : int
        Length of a run; a review takes place every eight weeks.
    thresholds : bool
        Whether citizens decide by thresholds and stages open when they are ready.
    instructed : tuple of str
        Cities that the instruction reaches; the others follow them.
    """
    default, by_hand = load_scenario("zhaoqing").values, load_scenario("zhaoqing-by-hand").values
    constants = {key: by_hand[key] for key in space() if by_hand[key] != default[key]}
    rows = with_towns(counties("Ash", "Birch", "Cedar", departments=("Bureau",)))
    rows += with_towns(counties("Elm", "Fir", city="Neighbour"))[1:]
    rows += with_towns(counties("Gum", city="Third"))[1:]
    matched = {"noise": ["Ash"], "water": ["Birch"], "waste": ["Bureau"]}
    return make(
        constants | _ON | {"weeks": weeks} | (_THRESHOLDS if thresholds else {}),
        structure={"units": rows, "citizens": 240},
        domains={key: {"matched": units, **IN_CHARGE[key]} for key, units in matched.items()},
        departments={"named": NAMED},
        instruction={"cities": list(instructed)},
    )
