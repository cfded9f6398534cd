"""Change of the outcome when a mechanism is switched off: a cause, to stand beside the ledger, which is bookkeeping."""

from __future__ import annotations

from simulation.app.track import Track
from simulation.figures.switch_off import JOINT, SWITCHES
from simulation.scenario import InputError, Scenario


def mechanisms(spec: Scenario) -> list[str]:
    """Return the mechanisms behind ledger accounts that the scenario has not switched off already."""
    present = spec.values
    return [
        name
        for name, values in SWITCHES.items()
        if name != "citizens" and any(present[key] != value for key, value in values.items())
    ]


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
    """Return account to change; accounts that only one switch ends together share its number."""
    found = {name: value for name, value in changes.items() if name != "execution"}
    for account, mechanism in JOINT.items():
        if mechanism in changes:
            found[account] = changes[mechanism]
    return {account: value for account, value in found.items() if value == value}
