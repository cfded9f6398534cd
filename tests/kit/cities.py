"""Small cities for the model's tests, so that a test states only the values that it needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from simulation import MomentumModel, load_scenario
from simulation.scenario import Scenario

#: One county of one community with one citizen concerned with one domain.
HAMLET = [
    {"unit": "Province", "tier": "province"},
    {"unit": "City", "parent": "Province", "tier": "city"},
    {"unit": "County", "parent": "City", "tier": "county", "population": 100, "residential": 1},
]

#: Few citizens and weeks, for what needs any run at all.
SMALL = {"structure.citizens": 200, "weeks": 12}

#: Everything passes, nothing is lost, and all execution is substantive: model.md §10, limit 1.
LOSSLESS: dict[str, Any] = {
    "transmission.base": 1.0,
    "effect.alone": 1.0,
    "effect.coproduce": 0.0,
    "execution.unlock": 0.0,
    "instruction.renewal": 0.0,
    "transmission.rivalry_units": 1.0,
    "transmission.rivalry_domains": 1.0,
    "transmission.rivalry_sites": 1.0,
    "transmission.meeting_cost": 0.0,
    "execution.w_press": 0.0,
    "execution.w_need": 100.0,
    "execution.noise": 0.01,
    "citizens.rule": "none",
}
for _stage in ("trend", "authority", "publicity", "settlement", "leverage"):
    LOSSLESS[f"stages.{_stage}.fade"] = 0.0
    LOSSLESS[f"stages.{_stage}.convert"] = 0.2


def _as_told() -> dict[str, Any]:
    spec = load_scenario("zhaoqing-as-told")
    told = {key for key, origin in spec.origins.items() if origin == "zhaoqing-as-told.toml"}
    return {key: value for key, value in spec.values.items() if key in told - {"title", "question"}}


#: Everything new in the second edition switched off, with the first edition's numbers: for claims about one mechanism.
AS_TOLD = _as_told()


def make(values: dict[str, Any] | None = None, **tables: Any) -> Scenario:
    """Return a scenario of one hamlet and one domain, with tables replaced and dotted values changed."""
    base: dict[str, Any] = {
        "structure": {"units": HAMLET, "citizens": "all"},
        "domains": {"point": {}},
        **tables,
    }
    return load_scenario(base).with_values(values or {})


def counties(
    *names: str,
    city: str = "City",
    province: str = "Province",
    population: int = 400,
    communities: int = 4,
    departments: tuple[str, ...] = (),
) -> list[dict[str, Any]]:
    """Return the rows of one city with the named counties, half of the communities villages."""
    rows: list[dict[str, Any]] = [
        {"unit": province, "tier": "province"},
        {"unit": city, "parent": province, "tier": "city"},
    ]
    shares = {"urban_share": 0.5, "residential": communities // 2, "villages": communities - communities // 2}
    rows += [{"unit": name, "parent": city, "tier": "county", "population": population, **shares} for name in names]
    rows += [{"unit": name, "parent": city, "tier": "department"} for name in departments]
    return rows


def small_city(values: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    """Return a city of three counties and a department with three domains and 320 citizens, 60 weeks."""
    return load_scenario(
        {
            "weeks": 60,
            "structure": {
                "units": counties(*changes.pop("names", ("Ash", "Birch", "Cedar")), departments=("Bureau",)),
                "citizens": changes.pop("citizens", 320),
            },
            "domains": {
                "noise": {"matched": ["Ash"]},
                "water": {"matched": ["Birch"]},
                "waste": {"matched": ["Bureau"]},
            },
        }
    ).with_values(values or {})


#: Departments in charge of three domains, as `city_with_towns` has them; one of them is a unit of the structure.
NAMED = {
    **{name: {"en": name, "zh": name} for name in ("works", "police", "money")},
    "bureau": {"en": "Bureau", "zh": "局", "units": ["Bureau"]},
}
IN_CHARGE: dict[str, dict[str, Any]] = {
    "noise": {"lead": "police", "supporting": ["works", "money"]},
    "water": {"lead": "works", "supporting": ["money", "police"]},
    "waste": {"lead": "bureau", "supporting": ["works"]},
}


def with_towns(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows with a subdistrict and two towns per county, for four residents' communities and four villages."""
    kinds = {"1": "subdistrict", "2": "town", "3": "town"}
    more = [
        {"unit": f"{row['unit']} Town {number}", "parent": row["unit"], "tier": "town", "kind": kind}
        for row in rows
        if row["tier"] == "county"
        for number, kind in kinds.items()
    ]
    larger = {"residential": 4, "villages": 4}
    return [*(row | (larger if row["tier"] == "county" else {}) for row in rows), *more]


def city_with_towns(values: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    """Return `small_city` with towns (`with_towns`) and departments in charge of its domains (`IN_CHARGE`)."""
    spec = small_city(**changes)
    domains = {key: {"matched": list(domain.matched), **IN_CHARGE[key]} for key, domain in spec.domains.items()}
    rows = with_towns([dict(row) for row in spec.structure.units or ()])
    return spec.with_values({"structure.units": rows, "departments.named": NAMED, "domains": domains} | (values or {}))


def plain(values: dict[str, Any] | None = None, **tables: Any) -> Scenario:
    """Return `make` with nothing between the stages and the sites but counties (`AS_TOLD`)."""
    return make(AS_TOLD | (values or {}), **tables)


def plain_city(values: dict[str, Any] | None = None, **changes: Any) -> Scenario:
    """Return `small_city` with nothing between the stages and the sites but counties (`AS_TOLD`)."""
    return small_city(AS_TOLD | (values or {}), **changes)


def finished(spec: Scenario, seed: int = 0, **options: Any) -> MomentumModel:
    """Return the model of a scenario after its last week."""
    model = MomentumModel(spec, rng=seed, **options)
    for _ in range(spec.weeks):
        model.step()
    return model


def zhaoqing(values: dict[str, Any] | None = None, citizens: int = 2000) -> Scenario:
    """Return the case with fewer citizens."""
    return load_scenario("zhaoqing").with_values({"structure.citizens": citizens, **(values or {})})


def placed(folder: Path) -> Scenario:
    """Write a city of three counties into a folder; return a scenario that reads it from there."""
    rows = ["unit,parent,tier,population,urban_share,residential,villages", "P,,province,,,,", "C,P,city,,,,"]
    file = folder / "places.csv"
    file.write_text("\n".join([*rows, *(f"K{k},C,county,40000,0.5,3,3" for k in range(3))]) + "\n", encoding="utf-8")
    return load_scenario(
        {
            "structure": {"file": str(file), "citizens": 100},
            "domains": {"a": {"en": "A", "zh": "甲"}},
            "weeks": 2,
        }
    )
