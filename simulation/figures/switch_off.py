"""The worth of each mechanism: the outcome without it, as a ratio to the outcome with it.

A ledger share says where momentum was booked, not what it caused. So this number stands beside it. Scenario and
switched scenario run on the same seeds, so they share every draw that both make.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.scenario import modes

if TYPE_CHECKING:
    from simulation.scenario import Scenario

UNTIL_5 = ("trend", "authority", "publicity", "settlement")
SWITCHES: Mapping[str, Mapping[str, Any]] = {
    "instruction": {"instruction.intensity": 0},
    "renewal": {"instruction.renewal": 0},
    "broadcast": {
        "transmission.rivalry_units": 1,
        "transmission.rivalry_domains": 1,
        "transmission.rivalry_sites": 1,
    },
    "need": {"execution.unlock": 0},
    "participation": {"effect.coproduce": 0},
    "citizens": {"citizens.rule": "none"},
    "diffusion": {"diffusion.adopt": 0},
    "horizontal": {"leverage.horizontal": 0},
    "downward": {"leverage.downward": 0},
    "attention": {f"stages.{stage}.fade": 0 for stage in UNTIL_5},
    "fragmentation": {"departments.conflict": 0},
    "buck_passing": {"departments.conflict": 0},
    "spotlight": {"execution.spotlight": 0},
    "stretch": {"instruction.wording": 1},
    "overload": {"execution.capacity": 1000},
    "execution": {"execution.w_need": 100},
    "idle": {"stages.leverage.fade": 0},
    "ignition": {"execution.h": 1},
}
"""Account, or mechanism, to the values that switch it off.

``execution`` makes every unit execute substantively, which ends adaptive, symbolic and selective losses together;
``citizens`` leaves nobody to take part; ``ignition`` lets a programme run without having to ignite. `undirected` has no
switch: it is momentum that an unfinished programme loses.
"""
SEEDS = range(2)
"""Each scenario of a comparison runs once with each; a run's pictures wait for them."""
JOINT = {account: "execution" for account in modes.ACCOUNTS if account is not None}
"""Accounts that only one switch for all of them can end."""


def switch_off_effects(
    spec: Scenario, seeds: Sequence[int] = SEEDS, citizens: int = 2000, metric: str = "effectiveness"
) -> dict[str, float]:
    """Return the share of an outcome that is left when a mechanism is switched off.

    Parameters
    ----------
    spec : Scenario
        The scenario to run; mechanisms that it has switched off already are left out.
    seeds : sequence of int
        Each scenario runs once with each.
    citizens : int
        Simulated citizens of these runs, fewer than a full run's for speed.
    metric : str
        A name of `simulation.metrics.METRICS`.

    Returns
    -------
    dict of str to float
        Key of `SWITCHES` to mean outcome without ÷ mean outcome with the mechanism; NaN where there is no outcome.
    """
    small = spec.with_values({"structure.citizens": citizens, "structure.communities": "auto"})
    base = _mean(small, seeds, metric)
    present = spec.values
    known: dict[str, float] = {}
    effects = {}
    for name, values in SWITCHES.items():
        if any(present[key] != value for key, value in values.items()):
            if repr(values) not in known:  # one switch may end two accounts
                known[repr(values)] = _mean(small.with_values(values), seeds, metric)
            effects[name] = known[repr(values)] / base if base > 0 else math.nan
    return effects


def joint(accounts: Iterable[str]) -> list[list[str]]:
    """Return accounts in groups that one switch ends together, in the order in which a group is first met."""
    groups: dict[str, list[str]] = {}
    for account in accounts:
        values = SWITCHES.get(JOINT.get(account, account))
        groups.setdefault(account if values is None else repr(values), []).append(account)
    return list(groups.values())


def _mean(spec: Scenario, seeds: Sequence[int], metric: str) -> float:
    from simulation.results import run

    return float(np.mean([run(spec, seed).summary[metric] for seed in seeds]))


def ratio_of(account: str, effects: Mapping[str, float] | None) -> float | None:
    """Return the ratio that belongs beside an account's share; None without one."""
    value = (effects or {}).get(JOINT.get(account, account))
    return None if value is None or math.isnan(value) else value
