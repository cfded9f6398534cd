"""Coverage of a case's tables: places, dates, and the parameters that its measures can inform."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulation.cases.laying import end_of
from simulation.cases.measures import MEASURES
from simulation.text.told import Told, listed, told

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case
    from simulation.cases.tables import ObservedRow

_SHOWN = 6


@dataclass(frozen=True)
class Checked:
    """The result of checking a case without problems.

    Attributes
    ----------
    tables : DataFrame
        One row per table: ``table, file, rows``; no file where the case has none.
    measures : DataFrame
        One row per observed measure: ``measure, rows, units, domains, first, last`` (dates).
    units : DataFrame
        One row per unit that can be observed, one column per measure with its number of rows.
    parameters : DataFrame
        One row per searched parameter: ``parameter, free`` (a fact of the case, no constant of behaviour),
        ``measures``: those that depend on it first of all, joined by ", "; empty where none observed does.
    notes : list of Told
        Remarks for the reader: gaps, and rows that play no part.
    """

    tables: pd.DataFrame
    measures: pd.DataFrame
    units: pd.DataFrame
    parameters: pd.DataFrame
    notes: list[Told]


def check(case: Case) -> Checked:
    """Return what a case covers."""
    import pandas as pd

    measures = pd.DataFrame(
        [_measure(case, name) for name in MEASURES if any(row.measure == name for row in case.rows)],
        columns=["measure", "rows", "units", "domains", "first", "last"],
    )
    tables = pd.DataFrame(_tables(case), columns=["table", "file", "rows"])
    return Checked(tables, measures, _units(case), informed(case, list(measures["measure"])), _notes(case))


def informed(case: Case, observed: Iterable[str]) -> pd.DataFrame:
    """Return the searched parameters, and the observed measures that depend on each first of all."""
    import pandas as pd

    known = list(observed)
    rows = []
    for key in (*case.free, *case.searched):
        telling = [name for name in known if any(_within(key, table) for table in MEASURES[name].informs)]
        rows.append({"parameter": key, "free": key in case.free, "measures": ", ".join(telling)})
    return pd.DataFrame(rows, columns=["parameter", "free", "measures"])


def _within(key: str, table: str) -> bool:
    return key == table or key.startswith(f"{table}.")


def _tables(case: Case) -> list[dict[str, Any]]:
    return [
        {"table": name, "file": case.tables.files[name].name if name in case.tables.files else "", "rows": len(rows)}
        for name, rows in (
            ("severity", case.tables.severity),
            ("capacity", case.tables.capacity),
            ("signals", case.tables.signals),
            ("meetings", case.tables.meetings),
            ("observed", case.tables.observed),
        )
    ]


def _measure(case: Case, name: str) -> dict[str, Any]:
    rows = [row for row in case.rows if row.measure == name]
    return {
        "measure": name,
        "rows": len(rows),
        "units": len({row.unit for row in rows}),
        "domains": len({row.domain for row in rows if row.domain}),
        "first": min(row.date for row in rows),
        "last": max(row.date for row in rows),
    }


def _units(case: Case) -> pd.DataFrame:
    import pandas as pd

    names = [case.city, *_units_of(case)]
    counts = {name: dict.fromkeys(MEASURES, 0) for name in names}
    for row in case.rows:
        counts.setdefault(row.unit, dict.fromkeys(MEASURES, 0))[row.measure] += 1
    return pd.DataFrame.from_dict(counts, orient="index", columns=list(MEASURES)).rename_axis("unit").reset_index()


def _units_of(case: Case) -> list[str]:
    places = case.hierarchy
    city = places.cities.index(case.city)
    return [name for name, home in zip(places.units, places.unit_city, strict=True) if home == city]


def _notes(case: Case) -> list[Told]:
    notes = []
    rows, units = case.rows, _units_of(case)
    if not rows:
        notes.append(told("case.note.nothing_observed"))
    unseen = [name for name in units if not any(row.unit == name for row in rows)]
    if rows and unseen:
        notes.append(told("case.note.unseen_units", number=len(unseen), units=_some(unseen)))
    cells = len(units) * len(case.spec.domains)
    scored = sum(row.unit in units for row in case.tables.severity)
    if scored < cells:
        notes.append(told("case.note.severity", scored=scored, cells=cells))
    coded = sum(row.unit in units for row in case.tables.capacity)
    if coded < len(units):
        notes.append(told("case.note.capacity", coded=coded, units=len(units)))
    notes += _meeting_notes(case)
    if case.settled:
        notes.append(told("case.note.set_in_file", keys=listed(case.settled)))
    crowded = [row for row in rows if row.measure == "sites" and row.value > _most_sites(case, row)]
    if crowded:
        notes.append(told("case.note.sites", number=len(crowded), line=crowded[0].where.row))
    if rows and len({case.week_of(row.date) for row in rows}) == 1:
        notes.append(told("case.note.one_date"))
    if rows and all(row.value == 0 for row in rows if MEASURES[row.measure].kind == "event"):
        notes.append(told("case.note.no_event"))
    return notes


def _most_sites(case: Case, row: ObservedRow) -> int:
    """Return the number of communities that a row of sites speaks of, once per domain where it names none."""
    places = case.hierarchy
    communities = np.bincount(places.community_county, minlength=len(places.units))
    city = [home == places.cities.index(case.city) for home in places.unit_city]
    mine = [name == row.unit and not places.unit_is_department[unit] for unit, name in enumerate(places.units)]
    return int(communities[mine if any(mine) else city].sum()) * (1 if row.domain else len(case.spec.domains))


def _meeting_notes(case: Case) -> list[Told]:
    """Return remarks on months that play no part, and on weeks before the first month."""
    months = sorted(row.month for row in case.tables.meetings)
    if not months:
        return []
    notes = []
    before = [month for month in months if end_of(month) <= case.start]
    idle = len(before[:-1]) + sum(case.week_of(month) >= case.spec.weeks for month in months)
    if idle:
        notes.append(told("case.note.idle_months", number=idle))
    weeks = -(-(months[0] - case.start).days // 7)
    if weeks > 0:
        group = case.spec.stages.authority
        words = {"weeks": min(weeks, case.spec.weeks), "rank": group.rank, "meetings": f"{group.meetings_per_year:g}"}
        notes.append(told("case.note.before", **words))
    return notes


def _some(names: list[str]) -> Told:
    shown = names[:_SHOWN]
    return listed([*shown, "…"] if len(names) > len(shown) else shown)
