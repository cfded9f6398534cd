"""A small case with rows of every measure, written into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tomli_w

from simulation.cases.case import Case

UNITS = ("Ash", "Birch", "Cedar")
OBSERVED = """date,unit,domain,measure,value,sd,source
2020-09-10,Ash,land,adopted,1,,
2020-12-10,Birch,land,adopted,1,,
2021-02-01,Cedar,land,adopted,0,,
2021-02-01,Birch,land,withdrawn,0,,
2021-02-01,,,agenda,3,,
2021-02-01,,land,agenda,1,,
2021-01-10,Ash,nimby,sites,2,,
2021-02-01,Birch,,sites,3,1,
2021-01-10,Ash,nimby,reported,.5,.1,
2021-02-01,Birch,nimby,participation,.1,.1,
2021-02-01,,,participation,.1,.1,
"""


def table(**changes: Any) -> dict[str, Any]:
    """Return the case file as a dict."""
    places: list[dict[str, Any]] = [
        {"unit": "River Province", "parent": "", "tier": "province"},
        {"unit": "Bay City", "parent": "River Province", "tier": "city"},
        {"unit": "Plant Quarter", "parent": "Ash", "tier": "community", "kind": "resident", "pilot": "nimby"},
    ]
    places += [
        {"unit": name, "parent": "Bay City", "tier": "county", "population": 90_000, "urban_share": 0.4,
         "residential": 3, "villages": 4}
        for name in UNITS
    ]  # fmt: skip
    domains = ("nimby", "land", "old")
    made = {
        "weeks": 52,
        "start_date": "2020-03-02",
        "structure": {"citizens": 300, "units": places},
        "domains": {key: {"en": key, "zh": key, "matched": [UNITS[place]]} for place, key in enumerate(domains)},
        "instruction": {"cities": ["Bay City"]},
        "case": {
            "worlds": 12,
            "free": {
                "execution.oversight": {"low": 0.2, "high": 0.95},
                "stages.authority.meetings_per_year": {"low": 2, "high": 12, "integer": True},
                "stages.authority.rank": {"values": ["secretary", "deputy"]},
            },
        },
    }  # fmt: skip
    return made | changes


def write(folder: Path, observed: str = OBSERVED, **changes: Any) -> Case:
    """Write the case into a folder and load it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(tomli_w.dumps(table(**changes)), encoding="utf-8")
    (folder / "observed.csv").write_text(observed, encoding="utf-8")
    return Case.load(folder)


OTHER = [
    {"unit": "Far City", "parent": "River Province", "tier": "city"},
    {"unit": "Dune", "parent": "Far City", "tier": "county", "population": 90_000, "residential": 3, "villages": 4},
]
"""A second city with one county."""


def with_own(
    folder: Path,
    tables: dict[str, str] | None = None,
    *,
    cities: int = 1,
    own: Any = None,
    asked: dict[str, Any] | None = None,
    **changes: Any,
) -> Case:
    """Write a case of one or two cities, with a counterfactual ``own`` that sets these values, and load it."""
    folder.mkdir(exist_ok=True)
    for name, text in (tables or {}).items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    made = table()
    settings: dict[str, Any] = {"worlds": 5, "counterfactuals": {"own": {"set": own}} if own else {}}
    if cities > 1:
        settings["city"] = "Bay City"
        made["structure"]["units"] += OTHER
        made["instruction"]["cities"] = ["Bay City", "Far City"]
    plain = {"structure": made["structure"], "instruction": made["instruction"], "case": settings | (asked or {})}
    return write(folder, **(plain | changes))
