"""The part of docs/expansion.md on what each part of the world does, and on the number of communities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from expansion_study import Study, mean, ratio

from docs import table
from simulation.places.hierarchy import load_hierarchy
from simulation.places.sampling import CITIZENS_EACH
from simulation.scenario import Scenario

COMMUNITIES = (155, 620)
INFINITE = float("inf")
DELETED: dict[str, Mapping[str, Any]] = {
    "towns (counties execute through a staff)": {"structure.towns": "none"},
    "departments (buck-passing costs nothing)": {"departments.conflict": 0.0},
    "county groups (the city's authority everywhere)": {
        "transmission.follow": 1.0, "transmission.zeal_low": 1.0, "transmission.zeal_high": 1.0,
    },
    "bodies as agents (only their share)": {"bodies.rule": "share"},
    "favour for pilot sites": {"execution.spotlight": 0.0},
    "limits of local resources": {"execution.budget": INFINITE},
    "limits of attention": {"agenda.span": INFINITE},
}  # fmt: skip
SHAPE = "the hierarchy's shape (eight equal, anonymous counties)"


def equal_counties(base: Scenario) -> dict[str, Any]:
    """Return the city with its counties replaced by as many equal, anonymous ones, with equal towns."""
    places = load_hierarchy(base)
    counties = [unit for unit, own in zip(places.units, places.unit_is_department, strict=True) if not own]
    departments = [unit for unit, own in zip(places.units, places.unit_is_department, strict=True) if own]
    anonymous = {name: f"County {number + 1}" for number, name in enumerate(counties)}
    share = 1 / len(counties)
    villages = int(places.community_is_village.sum() * share)
    rows: list[dict[str, Any]] = [{"unit": "City", "parent": "", "tier": "city"}]
    for name in anonymous.values():
        rows.append(
            {
                "unit": name,
                "parent": "City",
                "tier": "county",
                "population": float(places.community_population.sum() * share),
                "urban_share": float(places.community_population[~places.community_is_village].sum())
                / float(places.community_population.sum()),
                "residential": int(len(places.communities) * share) - villages,
                "villages": villages,
            }
        )
        for number in range(round(len(places.towns) * share)):
            kind = "subdistrict" if number < 2 else "town"
            rows.append({"unit": f"{name}, town {number + 1}", "parent": name, "tier": "town", "kind": kind})
    rows += [{"unit": name, "parent": "City", "tier": "department"} for name in departments]
    domains = {
        key: {"lead": entry.lead, "supporting": entry.supporting}
        | {"matched": tuple(anonymous.get(unit, unit) for unit in entry.matched)}
        for key, entry in base.domains.items()
    }
    return {"structure.units": rows, "domains": domains, "instruction.cities": ("City",)}


def deletions(default: Study, hand: Study) -> str:
    """Return what deleting a part of the world does, for coarse and fine samples of communities, and by hand."""
    rows: list[list[str]] = []
    idle: dict[str, int] = {}
    for communities in COMMUNITIES:
        bases = [study.base.with_values(sampled(communities)) for study in (default, hand)]
        for label in (*DELETED, SHAPE):
            values = [equal_counties(s.base) if label == SHAPE else DELETED[label] for s in (default, hand)]
            plain, changed = default.found({}, bases[0]), default.found(values[0], bases[0])
            shift = changed.effectiveness - plain.effectiveness
            theirs = "–"
            if communities == COMMUNITIES[0]:
                known, other = hand.found({}, bases[1]), hand.found(values[1], bases[1])
                theirs = ratio(other.effectiveness, known.effectiveness)
            rows.append(
                [label, str(communities), ratio(changed.effectiveness, plain.effectiveness), mean(shift), theirs]
            )
            within = abs(shift.mean()) <= 1.96 * shift.std(ddof=1) / np.sqrt(len(shift))
            idle[label] = idle.get(label, 0) + within
    still = [label for label, times in idle.items() if times == len(COMMUNITIES)]
    reading = (
        f"Within noise in both samples, in the default world: {'; '.join(still)}."
        if still
        else "In the default world none is within noise in both samples."
    )
    header = ["deleted", "communities", "effectiveness ÷ with it", "difference", "by hand: ÷ with it"]
    return table(header, rows) + f"\n{reading}\n"


def sampled(communities: int) -> dict[str, Any]:
    """Return the values that simulate so many communities, with as many citizens in each as by default."""
    return {"structure.communities": communities, "structure.citizens": CITIZENS_EACH * communities}


def granularity(study: Study) -> str:
    """Return how results depend on the number of simulated communities."""
    rows = []
    for communities in (80, 155, 310, 620):
        found = study.found(sampled(communities))
        rows.append([str(communities), *(mean(found[name]) for name in ("effectiveness", "core_effect", "surface"))])
    return table(["communities", "effectiveness", "core effect", "surface"], rows)
