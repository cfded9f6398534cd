"""The tables of a finished run, each made from the model that ran."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.agents.reporting import collect
from simulation.ledger.accounts import FLOWS, OUTSIDE
from simulation.metrics import weekly
from simulation.scenario.modes import MODES
from simulation.scenario.windows import STAGES
from simulation.world.executors import STAFF

if TYPE_CHECKING:
    import pandas as pd

    from simulation.model import MomentumModel


def weekly_table(model: MomentumModel) -> pd.DataFrame:
    """Return every metric's weekly series."""
    import pandas as pd

    return pd.DataFrame({"week": np.arange(model.week), **weekly(model.outcome())})


def ledger_table(model: MomentumModel) -> pd.DataFrame:
    """Return the ledger: one row per week, city and account; flows within the system are left out."""
    import pandas as pd

    names: dict[tuple[str, str], list[int]] = {}
    for row, flow in enumerate(FLOWS):
        if flow.kind != "passed":
            names.setdefault((flow.account, flow.kind), []).append(row)
    booked, stock = model.record.booked[: model.week], model.record.stock[: model.week]
    columns = [booked[:, :, rows].sum(axis=2) for rows in names.values()]
    columns += [stock[:, :, k] for k in range(len(STAGES))]
    entries = [*names, *((stage, "stock") for stage in STAGES)]
    amounts = np.stack(columns, axis=2)
    weeks, cities, accounts = amounts.shape
    return pd.DataFrame(
        {
            "week": np.repeat(np.arange(weeks), cities * accounts),
            "city": np.tile(np.repeat(model.hierarchy.cities, accounts), weeks),
            "account": np.tile([account for account, _ in entries], weeks * cities),
            "kind": np.tile([kind for _, kind in entries], weeks * cities),
            "amount": amounts.ravel(),
        }
    )


def flows_table(model: MomentumModel) -> pd.DataFrame:
    """Return every movement of momentum: one row per week, city and row of `FLOWS`, with the stages that it joins."""
    import pandas as pd

    booked = model.record.booked[: model.week]
    weeks, cities, flows = booked.shape
    stage = {OUTSIDE: "", **dict(enumerate(STAGES))}
    columns: dict[str, list[str]] = {
        "account": [flow.account for flow in FLOWS],
        "kind": [flow.kind for flow in FLOWS],
        "from": [stage[flow.origin] for flow in FLOWS],
        "to": [stage[flow.target] for flow in FLOWS],
    }
    return pd.DataFrame(
        {
            "week": np.repeat(np.arange(weeks), cities * flows),
            "city": np.tile(np.repeat(model.hierarchy.cities, flows), weeks),
            **{name: np.tile(values, weeks * cities) for name, values in columns.items()},
            "amount": booked.ravel(),
        }
    )


def cells_table(model: MomentumModel) -> pd.DataFrame:
    """Return the last state of every community × domain."""
    import pandas as pd

    s, g, hierarchy = model.state, model.world, model.hierarchy
    communities, domains = s.effect.shape
    chosen = model.sample.communities
    town = hierarchy.community_town[chosen]
    towns = np.array([*hierarchy.towns, ""], dtype=object)
    names: dict[str, Any] = {
        "city": np.array(hierarchy.cities, dtype=object)[g.community_city],
        "county": np.array(hierarchy.units, dtype=object)[g.community_county],
        "township": towns[town],
        "community": np.array(hierarchy.communities, dtype=object)[chosen],
    }
    reported = reported_cells(model)
    return pd.DataFrame(
        {
            **{name: np.repeat(column, domains) for name, column in names.items()},
            "domain": np.tile(list(model.spec.domains), communities),
            "severity": g.severity[g.community_county].ravel(),
            "site_since": np.where(s.covered, s.site_since, np.nan).ravel(),
            "effect": s.effect.ravel(),
            "reported": reported.ravel(),
            "participation": s.participation.ravel(),
        }
    )


def reported_cells(model: MomentumModel) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return the mean reported effect of each community × domain's sites; the true effect without a site."""
    s, g = model.state, model.world
    reported, true, sites = np.zeros(s.effect.shape), np.zeros(s.effect.shape), np.zeros(s.effect.shape, np.int64)
    collect(model.numbers, g, s, g.place_community, reported, true, sites)
    return np.where(sites > 0, reported / np.maximum(sites, 1), s.effect)


def units_table(model: MomentumModel) -> pd.DataFrame:
    """Return modes, sites and effect of every unit × domain at the end of each month and of the run."""
    import pandas as pd

    weeks = _months(model)
    record, g, hierarchy = model.record, model.world, model.hierarchy
    units, domains = g.severity.shape
    names = np.array([*MODES, ""], dtype=object)
    cities = np.array(hierarchy.cities, dtype=object)[g.unit_city]
    return pd.DataFrame(
        {
            "week": np.repeat(weeks, units * domains),
            "city": np.tile(np.repeat(cities, domains), len(weeks)),
            "unit": np.tile(np.repeat(np.array(hierarchy.units, dtype=object), domains), len(weeks)),
            "domain": np.tile(list(model.spec.domains), len(weeks) * units),
            "mode": names[record.mode[weeks]].ravel(),
            "sites": record.sites[weeks].ravel(),
            "effect": record.effect[weeks].ravel(),
            "unit_momentum": np.repeat(record.momentum[weeks].ravel(), domains),
        }
    )


def executors_table(model: MomentumModel) -> pd.DataFrame:
    """Return every executor's load and modes at the end of each month and of the run."""
    import pandas as pd

    weeks = _months(model)
    record, g, hierarchy = model.record, model.world, model.hierarchy
    executors = len(g.executor_unit)
    counts = record.executor_modes[weeks].reshape(-1, len(MODES))
    columns = {
        "city": np.array(hierarchy.cities, dtype=object)[g.unit_city[g.executor_unit]],
        "unit": np.array(hierarchy.units, dtype=object)[g.executor_unit],
        "executor": np.array(model.executors, dtype=object),
        "tier": np.where(g.executor_tier == STAFF, "staff", "town").astype(object),
    }
    return pd.DataFrame(
        {
            "week": np.repeat(weeks, executors),
            **{name: np.tile(column, len(weeks)) for name, column in columns.items()},
            "load": record.executor_load[weeks].ravel(),
            **{mode: counts[:, column] for column, mode in enumerate(MODES)},
        }
    )


def departments_table(model: MomentumModel) -> pd.DataFrame:
    """Return who co-operates in which active domain at the end of each month and of the run."""
    import pandas as pd

    weeks = np.array(_months(model))
    record, g = model.record, model.world
    active = record.active[weeks][:, g.department_city] & g.belongs
    at, m, d = np.nonzero(active)
    keys = np.array(model.department_keys, dtype=object)
    first = g.city_department[g.department_city[m]]
    return pd.DataFrame(
        {
            "week": weeks[at],
            "city": np.array(model.hierarchy.cities, dtype=object)[g.department_city[m]],
            "department": keys[m - first],
            "domain": np.array(list(model.spec.domains), dtype=object)[d],
            "leads": g.leads[m, d].astype(np.int64),
            "joins": record.joins[weeks][at, m, d].astype(np.int64),
        }
    )


def _months(model: MomentumModel) -> list[int]:
    """Return the weeks of the monthly analyses, and the last week."""
    ends = [*(first for first, _ in model.months[1:]), model.week]
    spans = [(first, end, every) for (first, every), end in zip(model.months, ends, strict=True)]
    held = {week for first, end, every in spans for week in range(-(-first // every) * every, end, every)}
    return sorted(held | {model.week - 1})


_CHANGES = ["change", "title", "condition", "place", "week", "last_week", "parameter", "value"]


def changes_table(model: MomentumModel) -> pd.DataFrame:
    """Return the changes of the run: one row per time that one held and parameter that it set.

    ``week`` is the first week of that time, ``last_week`` the last one (NaN where it held to the end); a change that
    never began has one row per parameter without weeks.
    """
    import pandas as pd

    spells = [spell for spell in model.schedule.spells if spell.first < model.week]
    begun = {spell.change for spell in spells}
    times = [(spell.change, float(spell.first), float(spell.end)) for spell in spells]
    times += [(n, np.nan, np.nan) for n in range(len(model.schedule.changes)) if n not in begun]
    rows = []
    for number, first, end in times:
        change = model.schedule.changes[number]
        for key, value in change.set.items():
            rows.append(
                {
                    "change": number + 1,
                    "title": change.title.label("en"),
                    "condition": change.when or "",
                    "place": ", ".join((*change.cities, *change.units)),
                    "week": first,
                    "last_week": end - 1 if end <= model.week else np.nan,
                    "parameter": key,
                    "value": value if isinstance(value, str) else json.dumps(value, ensure_ascii=False),
                }
            )
    table = pd.DataFrame(rows, columns=_CHANGES)
    return table.astype({"week": "Int64", "last_week": "Int64"})
