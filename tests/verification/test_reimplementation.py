"""The protocol is complete: an implementation written from it alone gives the numbers of the model.

`reimplementation/` was written from `docs/odd.md` only. Both sides run the same scenario under the same seed; every
metric, the state behind it and every account of the ledger are compared week by week.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
import reimplementation as own

from simulation import MomentumModel, load_scenario

TOLERANCE = 1e-9  # compiled, both agree to about 1e-14; exp of another library moves 1 - exp of small numbers
INF = math.inf
MODEL = Path(__file__).parents[2] / "docs" / "model.md"

ALTERNATIVES = {
    "execution.lapse": 0.8,
    "effect.rebound": 0.05,
    "evaluation.proof": "once",
    "evaluation.rollout_with": "authority",
    "evaluation.collude": 1.0,
    "transmission.relay": 0.8,
    "transmission.escalation": 0.2,
}
LEVERAGE = {
    "citizens.rule": "threshold",
    "citizens.threshold_low": -0.2,
    "leverage.downward": 0.3,
    "leverage.horizontal": 0.5,
} | {f"synergies.{name}": 0.5 for name in ("political", "self_governance", "law", "moral", "smart")}
SIGNALS = [
    {"week": 2, "issuer": "centre", "channel": "speech", "domain": "grid", "wording": 0.4},
    {"week": 10, "issuer": "department", "channel": "inspection", "domain": "land"},
    {"week": 40, "intensity": 0.7},
]
WEAK = {"stages.authority.rank": "deputy", "stages.authority.meetings_per_year": 12.0, "agenda.domains": "all"}
CHURN = {"stages.opening": "ready", "turnover.rate": 1.0, "rivals.rate": 4.0, "rivals.length": 5}

CASES = {
    "default": ("zhaoqing", {}, 1),
    "keep the point": ("zhaoqing", {"plan.keep_point": True, "plan.per_county": 3}, 7),
    "uniform, kink": ("zhaoqing", {"plan.kind": "uniform", "agenda.attention": "kink"}, 1),
    "no towns": ("zhaoqing", {"structure.towns": "none", "execution.coverage": 0.0}, 2),
    "alternatives": ("zhaoqing", ALTERNATIVES, 3),
    "leverage and synergies": ("zhaoqing", LEVERAGE, 4),
    "ready, turnover, rivals": ("zhaoqing", CHURN, 5),
    "signals": ("zhaoqing", {"instruction.intensity": 0.0, "signals": SIGNALS}, 6),
}

# Two provinces with places of every sort: towns that name a pilot, listed populations and bodies, no urban share.
PLACES = [
    {"unit": "North", "parent": "", "tier": "province"},
    {"unit": "South", "parent": "", "tier": "province"},
    {"unit": "Bay", "parent": "North", "tier": "city"},
    {"unit": "Ridge", "parent": "North", "tier": "city"},
    {"unit": "Delta", "parent": "South", "tier": "city"},
    {"unit": "Mill", "parent": "Bay", "tier": "county", "population": 30000, "residential": 5, "villages": 8},
    {"unit": "Old Mill", "parent": "Mill", "tier": "town", "kind": "town", "pilot": "water"},
    {"unit": "New Mill", "parent": "Mill", "tier": "town", "kind": "subdistrict"},
    {"unit": "Weir", "parent": "Mill", "tier": "community", "kind": "village", "pilot": "roads"},
    {"unit": "Lock", "parent": "Old Mill", "tier": "community", "population": 900, "platforms": 0.8},
    {"unit": "Bureau", "parent": "Bay", "tier": "department"},
    {"unit": "Quay", "parent": "Bay", "tier": "county", "population": 20000, "residential": 4, "villages": 4},
    {"unit": "Peak", "parent": "Ridge", "tier": "county", "population": 9000, "villages": 9, "platforms": 0.3},
    {"unit": "Pass", "parent": "Ridge", "tier": "county", "population": 7000, "residential": 3, "villages": 2},
    {"unit": "Isle", "parent": "Delta", "tier": "county"},
    {"unit": "East Isle", "parent": "Isle", "tier": "community", "kind": "village", "population": 300},
    {"unit": "West Isle", "parent": "Isle", "tier": "community", "kind": "village", "population": 500},
]
INVENTED = {
    "structure.file": None,
    "structure.units": PLACES,
    "domains": {
        "roads": {"en": "Roads", "zh": "道路", "lead": "works", "supporting": ["land"]},
        "water": {"en": "Water", "zh": "水务", "matched": ["Bureau", "Quay"], "lead": "land"},
        "waste": {"en": "Waste", "zh": "垃圾", "matched": ["Peak"]},
    },
    "departments.named": {
        "works": {"en": "Works", "zh": "建设局", "units": ["Bureau"]},
        "land": {"en": "Land", "zh": "国土局"},
    },
    "instruction.cities": ["Bay"],
    "signals": [{"week": 39, "intensity": 0.5, "cities": ["Delta"]}],
    "evaluation.proven_at": 0.05,
    "evaluation.proof": "once",
}

FURTHER = {
    "default, another seed": ("zhaoqing", {}, 11),
    "table": (
        "zhaoqing-table",
        {"agenda.domains": "all", "execution.budget": INF, "execution.fuel": 0.0},
        1,
    ),
    "random, agenda of four": (
        "zhaoqing",
        {"plan.kind": "random", "plan.per_county": 2, "agenda.domains": 4, "scouting.breadth": 0.5},
        1,
    ),
    "weak group": ("zhaoqing", WEAK, 2),
    "sites from below": ("zhaoqing", {"leverage.downward": 0.5, "leverage.downward_at": 0.05}, 1),
    "share of bodies, complete": ("zhaoqing", {"bodies.rule": "share", "citizens.network": "complete"}, 3),
    "from facts": ("zhaoqing-from-facts", {"agenda.domains": "chosen"}, 1),
    "coded by a case": (
        "zhaoqing",
        {
            "structure.severities": {"Duanzhou": {"nimby": 0.9, "grid": 0.1}, "City Procuratorate": {"land": 0.95}},
            "structure.capacities": {"Duanzhou": 0.4, "Huaiji": 2.5, "City Procuratorate": 0.7},
            "structure.zeal": {"Gaoyao": 0.15, "Deqing": 0.0},
        },
        5,
    ),
    "as told": ("zhaoqing-as-told", {}, 7),
    "no participation": ("zhaoqing", {"citizens.rule": "none", "plan.sites": "drawn"}, 1),
    "point only": ("zhaoqing", {"plan.kind": "point", "stages.authority.length": 60.5}, 4),
    "no plan": ("zhaoqing", {"stages.settlement.intensity": 0.0, "instruction.week": 3}, 1),
    "late and fractional windows": (
        "zhaoqing",
        {"instruction.week": 6, "stages.settlement.start": 3.5, "stages.trend.length": 9.5},
        0,
    ),
    "all stages ready at once": (
        "zhaoqing",
        {"stages.opening": "ready", "stages.ready_at": 0.0, "instruction.week": 5, "stages.publicity.length": 10.0},
        1,
    ),
    "classroom": ("classroom", {}, 2),
    "invented places": ("classroom", INVENTED | {"structure.communities": 34}, 3),
    "every resident": (
        "classroom",
        INVENTED
        | {
            "structure.citizens": "all",
            "structure.units": [
                row | {"population": row["population"] / 80} if "population" in row else row for row in PLACES
            ],
        },
        3,
    ),
}

# The accounts in the order of the state's `booked`: name, and the stock from which it leaves or, for a source, enters.
ACCOUNTS = [
    *[(name, 1) for name in ("instruction", "renewal", "diffusion", "passed", "attention")],
    *[("passed", 2), ("broadcast", 3), ("fragmentation", 2), ("attention", 2)],
    *[("passed", 3), ("broadcast", 4), ("attention", 3)],
    *[(name, 4) for name in ("undirected", "stretch", "need", "horizontal", "diffusion", "passed")],
    *[(name, 4) for name in ("adaptive", "symbolic", "selective", "buck_passing", "overload", "attention")],
    *[(name, 5) for name in ("broadcast", "participation", "spotlight", "downward", "delivered", "idle")],
]


def state(world: own.World) -> dict[str, object]:
    """Return what the protocol calls state, as the model names it."""
    domains, cities, units = world.domains, world.cities, world.units
    executors, places, communities = world.executors, world.places, world.communities
    return {
        "S": [c.S for c in cities],
        "A": [c.A for c in cities],
        "B": [u.B for u in units],
        "Q": [[u.Q[d] for d in domains] for u in units],
        "L": [[place.L[d] for d in domains] for place in places],
        "booked": [[c.booked[account] for account in ACCOUNTS] for c in cities],
        "level": [c.level[1:] for c in cities],
        "gate": [c.gate[1:] for c in cities],
        "group": [u.group for u in units],
        "attention": [c.attention for c in cities],
        "origin": [c.origin for c in cities],
        "strength": [c.strength for c in cities],
        "named": [[d in c.named for d in domains] for c in cities],
        "wording": [c.wording for c in cities],
        "plan_week": [c.plan_week for c in cities],
        "active": [[d in c.active for d in domains] for c in cities],
        "joins": [[d in m.joins for d in domains] for c in cities for m in c.departments],
        "co_operation": [[c.co_operation[d] for d in domains] for c in cities],
        "engaged": [u.engaged for u in units],
        "has": [[d in u.has for d in domains] for u in units],
        "mode": [[x.mode.get(d, -1) for d in domains] for x in executors],
        "worked": [[x.sites[d] for d in domains] for x in executors],
        "sites": [[u.sites[d] for d in domains] for u in units],
        "open": [[d in place.open for d in domains] for place in places],
        "confidence": [u.confidence for u in units],
        "routine": [[x.routine[d] for d in domains] for x in executors],
        "effect": [[k.effect[d] for d in domains] for k in communities],
        "mean_effect": [[u.mean_effect[d] for d in domains] for u in units],
        "pilot": [[k.has_pilot(d) for d in domains] for k in communities],
        "site_since": [[k.site_since.get(d, -1) for d in domains] for k in communities],
        "first_pilot": [[k.first_pilot.get(d, False) for d in domains] for k in communities],
        "matured": [[k.matured.get(d, math.nan) for d in domains] for k in communities],
        "platforms": [k.platforms for k in communities],
        "bodies_active": [k.bodies_active for k in communities],
        "participation": [[k.participation[d] for d in domains] for k in communities],
        "reported_enough": [[d in c.reported_enough for d in domains] for c in cities],
        "proven": [[d in c.proven for d in domains] for c in cities],
        "best": [c.best for c in cities],
    }


def compare(scenario: str, values: dict, seed: int, weeks: int) -> MomentumModel:
    """Run both sides and compare metrics in every week, and the state and the ledger in every second week."""
    spec = load_scenario(scenario).with_values(values)
    model = MomentumModel(spec, rng=seed)
    world, history = own.build(spec.values, spec.structure_path, seed), own.History()
    for t in range(weeks):
        model.step()
        own.step(world, t)
        measured = own.measure(world, history)
        theirs = {name: model.metric(name) for name in measured}
        assert theirs == pytest.approx(measured, rel=TOLERANCE, abs=1e-14, nan_ok=True), f"metrics of week {t}"
        if t % 2 == 1 or t == 0:
            for name, expected in state(world).items():
                got = np.asarray(getattr(model.state, name), float)
                wanted = np.array(expected, float).reshape(got.shape)
                np.testing.assert_allclose(got, wanted, rtol=TOLERANCE, atol=1e-15, err_msg=f"{name} in week {t}")
    return model


@pytest.mark.parametrize(("scenario", "values", "seed"), CASES.values(), ids=CASES)
def test_the_protocol_alone_gives_the_numbers_of_the_model(scenario, values, seed):
    compare(scenario, {"structure.citizens": 480} | values, seed, 156)


# CI compares the first half of the weeks; the settings above are compared over all of them there too.
@pytest.mark.slow
@pytest.mark.parametrize("weeks", [78, pytest.param(156, marks=pytest.mark.thorough)])
@pytest.mark.parametrize(("scenario", "values", "seed"), FURTHER.values(), ids=FURTHER)
def test_further_settings_agree_too(scenario, values, seed, weeks):
    compare(scenario, {"structure.citizens": 640} | values, seed, weeks)


@pytest.mark.slow
@pytest.mark.parametrize("weeks", [46, pytest.param(92, marks=pytest.mark.thorough)])
def test_a_province_where_one_city_is_instructed_agrees(weeks):
    model = compare("guangdong", {"structure.citizens": 1200}, 1, weeks)
    assert (model.state.origin > 0).sum() > 0, "cities followed their neighbour"


def test_every_metric_is_compared():
    listed = MODEL.read_text(encoding="utf-8").split("<!-- made: metrics -->")[1].split("<!-- end -->")[0]
    spec = load_scenario("classroom").with_values({"structure.citizens": 160})
    world = own.build(spec.values, spec.structure_path, 0)
    own.step(world, 0)
    assert set(own.measure(world, own.History())) == set(re.findall(r"^\| `(\w+)` \|", listed, re.MULTILINE))
