"""The protocol is complete: an implementation written from it alone gives the numbers of the model."""

from __future__ import annotations

import pytest
import reimplementation as own

from simulation import MomentumModel, load_scenario

CASES = {
    "default": {},
    "breadth": {"scouting.breadth": 0.4, "scouting.depth": 0.1},
    "several a unit": {"plan.per_county": 3, "plan.domains": 5},
    "few units": {"scouting.breadth": 0.3, "plan.domains": 7},
    "random": {"plan.kind": "random", "plan.per_county": 2, "plan.domains": 4},
    "uniform": {"plan.kind": "uniform", "plan.domains": 3},
    "point": {"plan.kind": "point", "instruction.domain": "grid"},
    "late letter": {"instruction.week": 6, "stages.settlement.start": 3.5, "stages.trend.length": 9.5},
    "no plan": {"stages.settlement.intensity": 0.0},
    "deputy": {"stages.authority.rank": "deputy", "transmission.interlock": 0.2, "transmission.rivalry_units": 0.9},
    "rivals and turnover": {"rivals.rate": 6.0, "rivals.length": 5, "turnover.rate": 2.0},
    "dials": {"synergies.smart": 0.8, "leverage.horizontal": 0.4},
    "table": {"plan.kind": "table", "plan.table": {"Gaoyao": ["grid", "nimby"], "Sihui": ["land"]}},
}


def both(values: dict, seed: int) -> tuple[MomentumModel, own.City]:
    """Return the model and the independent city of one scenario; nothing comes back from stage 4 on."""
    spec = load_scenario("zhaoqing").with_values(
        {"structure.citizens": 400, "instruction.renewal": 0.0, "weeks": 60} | values
    )
    model = MomentumModel(spec, rng=seed)
    places = model.hierarchy
    departments = {name for name, flag in zip(places.units, places.unit_is_department, strict=True) if flag}
    matched = {name: list(domain.matched) for name, domain in spec.domains.items()}
    city = own.City("Zhaoqing", list(places.units), departments, matched, dict(spec.values), seed)
    return model, city


@pytest.mark.parametrize("values", CASES.values(), ids=CASES.keys())
@pytest.mark.parametrize("seed", [0, 11])
def test_levels_stages_one_to_three_and_the_plan_agree(values, seed):
    model, city = both(values, seed)
    domains = list(model.spec.domains)
    for (u, d), severity in city.severity.items():
        row, column = model.hierarchy.units.index(u), domains.index(d)
        assert model.ground.severity[row, column] == pytest.approx(severity, rel=1e-14)
    planned = False
    for t in range(60):
        model.step()
        city.step(t)
        s = model.state
        assert s.level[0].tolist() == pytest.approx(city.a, rel=1e-11, abs=1e-14)
        assert s.gate[0].tolist() == pytest.approx(city.g, rel=1e-11)
        assert [s.S[0], s.A[0]] == pytest.approx([city.S, city.A], rel=1e-10, abs=1e-15)
        assert s.B.tolist() == pytest.approx(list(city.B.values()), rel=1e-10, abs=1e-15)
        assert s.confidence.tolist() == pytest.approx(list(city.confidence.values()), rel=1e-10, abs=1e-15)
        if city.plan is not None and not planned:
            planned = True
            got = {u: {d for d, has in zip(domains, s.has[row], strict=True) if has}
                   for row, u in enumerate(city.units)}  # fmt: skip
            assert {u: own_domains for u, own_domains in got.items() if own_domains} == {
                u: own_domains for u, own_domains in city.plan.items() if own_domains
            }
            assert {u for u, on in zip(city.units, s.engaged, strict=True) if on} == city.engaged
    assert planned == (values.get("stages.settlement.intensity") != 0.0)
