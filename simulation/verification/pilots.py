"""The number of pilots of 2020 that scouting and assignment find again, beside the number that a lot finds.

Where severities are "matched" the answer is built in: a unit has a problem because the plan gave it the domain. With
severities from facts that do not know the plan it is a question that can be answered with no.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from simulation.model import MomentumModel
from simulation.scenario import Scenario, load_scenario


def own_pilots(spec: Scenario) -> set[tuple[str, str]]:
    """Return the pairs of unit and domain that the case's own plan made, from what the scenario matches."""
    return {(unit, key) for key, domain in spec.domains.items() for unit in domain.matched}


def planned(spec: Any, seed: int) -> set[tuple[str, str]]:
    """Return the pairs of unit and domain that the model's plan makes with one seed."""
    model = MomentumModel(load_scenario(spec).with_values({"structure.citizens": 600}), rng=seed)
    while not all(city.planned for city in model.cities) and model.week < model.spec.weeks:
        model.compute(1)
    return {(unit.name, domain) for unit in model.units for domain in unit.domains}


def found_again(spec: Any, seeds: Iterable[int] = range(200)) -> pd.DataFrame:
    """Return how many of the case's own pairs a plan makes, with its severities and by lot; one row per way and seed.

    Parameters
    ----------
    spec
        A scenario whose domains name matched units.
    seeds : iterable of int
        One plan each.
    """
    base = load_scenario(spec).with_values({"agenda.domains": "all"})
    pairs = own_pilots(base)
    ways = {"assigned": base, "by lot": base.with_values({"plan.kind": "random"})}
    rows = [
        {"way": way, "seed": seed, "found": len(pairs & planned(chosen, seed)), "pairs": len(pairs)}
        for way, chosen in ways.items()
        for seed in seeds
    ]
    return pd.DataFrame(rows)


def summary(found: pd.DataFrame) -> dict[str, float]:
    """Return the mean number found in each way, and the share of plans by lot that find at least the assigned mean."""
    means = found.groupby("way")["found"].mean()
    by_lot = found.loc[found["way"] == "by lot", "found"].to_numpy()
    return {
        "assigned": float(means["assigned"]),
        "by lot": float(means["by lot"]),
        "p": float(np.mean(by_lot >= means["assigned"])),
    }
