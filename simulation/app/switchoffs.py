"""Change of the outcome when a mechanism is switched off: a cause, to stand beside the ledger, which is bookkeeping."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from simulation.app.track import Track
from simulation.figures import switch_off
from simulation.figures.switch_off import JOINT
from simulation.scenario import InputError, Scenario

#: Mechanisms without a ledger account of their own, and the values that switch them off.
BESIDE: Mapping[str, Mapping[str, Any]] = {
    "span": {"agenda.span": math.inf},
    "towns": {"structure.towns": "none"},
    "budget": {"execution.budget": math.inf},
    "bodies": {"bodies.rule": "share", "bodies.found": 0, "bodies.w_bodies": 0, "bodies.voice": 0},
    "ignition": switch_off.SWITCHES["ignition"],
}
#: What the page switches off, one after the other.
SWITCHES = {name: values for name, values in {**switch_off.SWITCHES, **BESIDE}.items() if name != "citizens"}


def mechanisms(spec: Scenario) -> list[str]:
    """Return the mechanisms that the scenario has not switched off already; one for each setting of values."""
    present, found = spec.values, list[str]()
    for name, values in SWITCHES.items():
        new = all(SWITCHES[other] != values for other in found)
        if new and any(present[key] != value for key, value in values.items()):
            found.append(name)
    return found


def change(spec: Scenario, seed: int, week: int, mechanism: str, effectiveness: float) -> float:
    """Return how far effectiveness at ``week`` moves, in [-1, 1], without a mechanism; one run, same seed.

    NaN where the mechanism cannot be switched off in this scenario.
    """
    try:
        track = Track(spec.with_values(SWITCHES[mechanism]), seed)
    except InputError:
        return float("nan")
    track.step(week)
    return track.now("effectiveness") - effectiveness


def by_account(changes: dict[str, float]) -> dict[str, float]:
    """Return account, or mechanism of `BESIDE`, to change; what one switch ends together shares its number."""
    found = {name: value for name, value in changes.items() if name != "execution"}
    for name, values in SWITCHES.items():
        same = next((other for other in changes if SWITCHES.get(other) == values), None)
        if same is not None and name != "execution":
            found[name] = changes[same]
    for account, mechanism in JOINT.items():
        if mechanism in changes:
            found[account] = changes[mechanism]
    return {account: value for account, value in found.items() if value == value}
