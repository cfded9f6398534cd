"""Small cities for checks, in which only the mechanism under test is at work."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from simulation.model import MomentumModel
from simulation.scenario import Scenario, load_scenario
from simulation.scenario.windows import STAGES

#: A signal passes unhindered and undivided; nobody takes part, everybody executes, and nothing runs out.
PLAIN: dict[str, Any] = {
    "agenda.domains": "all",
    "agenda.span": math.inf,
    "bodies.rule": "share",
    "bodies.found": 0.0,
    "bodies.w_bodies": 0.0,
    "bodies.voice": 0.0,
    "execution.budget": math.inf,
    "execution.fuel": 0.0,
    "execution.spotlight": 0.0,
    "transmission.follow": 1.0,
    "transmission.zeal_low": 1.0,
    "transmission.zeal_high": 1.0,
    "transmission.base": 1.0,
    "transmission.rivalry_units": 1.0,
    "transmission.rivalry_domains": 1.0,
    "transmission.rivalry_sites": 1.0,
    "transmission.meeting_cost": 0.0,
    "instruction.renewal": 0.0,
    "instruction.wording": 1.0,
    "execution.unlock": 0.0,
    "execution.w_need": 100.0,
    "execution.w_load": 0.0,
    "execution.w_effort": 0.0,
    "effect.alone": 1.0,
    "effect.coproduce": 0.0,
    "citizens.rule": "none",
    "diffusion.adopt": 0.0,
    "structure.severity_low": 1.0,
    "structure.severity_high": 1.0,
    "structure.severity_matched": 1.0,
}
STAGE_NAMES = STAGES


def small_city(
    values: Mapping[str, Any] | None = None,
    *,
    counties: Sequence[str] = ("North",),
    towns: int = 0,
    communities: int = 1,
    persons: float = 1.0,
    domains: Sequence[str] = ("point",),
    departments: int = 0,
    weeks: int = 156,
) -> Scenario:
    """Return the scenario of one city with equal counties, every community and person of which is simulated.

    A county's communities are dealt out to its towns in turn; each department supports every domain, and none leads.
    """
    units: list[dict[str, Any]] = [
        {"unit": "Province", "parent": "", "tier": "province"},
        {"unit": "City", "parent": "Province", "tier": "city"},
    ]
    for county in counties:
        units.append({"unit": county, "parent": "City", "tier": "county"})
        names = [f"{county} town {n}" for n in range(towns)]
        units += [{"unit": name, "parent": county, "tier": "town"} for name in names]
        units += [
            {
                "unit": f"{county} {n}",
                "parent": names[n % towns] if names else county,
                "tier": "community",
                "kind": "resident",
                "population": persons,
            }
            for n in range(communities)
        ]
    named = {f"department-{n}": {"en": f"Department {n}", "zh": f"部门 {n}"} for n in range(departments)}
    spec = load_scenario(
        {
            "weeks": weeks,
            "structure": {"units": units, "citizens": "all", "towns": "given" if towns else "none"},
            "domains": {name: {"en": name, "zh": name, "supporting": list(named)} for name in domains},
            "departments": {"named": named},
        }
    )
    return spec.with_values(dict(values)) if values else spec


def after(spec: Scenario, weeks: int, *, seed: int = 0, **options: Any) -> MomentumModel:
    """Return the model of a scenario after some weeks."""
    model = MomentumModel(spec, rng=seed, **options)
    for _ in range(weeks):
        model.step()
    return model
