"""Coverage of a case's tables: places, dates, and the parameters that its measures can inform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from simulation.cases import coarseness
from simulation.cases.laying import months_in_force
from simulation.cases.measures import MEASURES
from simulation.cases.naming import unit_told
from simulation.cases.tables import TABLES
from simulation.text.told import Told, listed, told

if TYPE_CHECKING:
    import pandas as pd

    from simulation.cases.case import Case
    from simulation.cases.tables import ObservedRow

_SHOWN = 6


class TableCovered(NamedTuple):
    """A table of a case; no file where the case has none."""

    table: str
    file: str
    rows: int


class MeasureCovered(NamedTuple):
    """An observed measure: its rows, how many units and domains they speak of, and their first and last date."""

    measure: str
    rows: int
    units: int
    domains: int
    first: date
    last: date


class Informed(NamedTuple):
    """A searched parameter.

    ``free`` says that it is a fact of the case and no constant of behaviour, ``measures`` which observed ones depend on
    it first of all, joined by ", ".
    """

    parameter: str
    free: bool
    measures: str


@dataclass(frozen=True)
class Checked:
    """The result of checking a case without problems; each of its lists is a DataFrame too.

    Attributes
    ----------
    by_table : tuple of TableCovered
    by_measure : tuple of MeasureCovered
        Observed measures only.
    by_unit : dict
        Units that can be observed, the city first: name to the number of rows by measure.
    by_parameter : tuple of Informed
        Searched parameters.
    notes : list of Told
        Remarks for the reader: gaps, and rows that play no part.
    """

    by_table: tuple[TableCovered, ...]
    by_measure: tuple[MeasureCovered, ...]
    by_unit: dict[str, dict[str, int]]
    by_parameter: tuple[Informed, ...]
    notes: list[Told]

    @property
    def tables(self) -> pd.DataFrame:
        """One row per table: ``table, file, rows``."""
        return _frame(TableCovered, self.by_table)

    @property
    def measures(self) -> pd.DataFrame:
        """One row per observed measure: ``measure, rows, units, domains, first, last`` (dates)."""
        return _frame(MeasureCovered, self.by_measure)

    @property
    def units(self) -> pd.DataFrame:
        """One row per unit that can be observed: ``unit``, and one column per measure with its number of rows."""
        import pandas as pd

        return pd.DataFrame([{"unit": name, **counts} for name, counts in self.by_unit.items()])

    @property
    def parameters(self) -> pd.DataFrame:
        """One row per searched parameter: ``parameter, free, measures``, empty where none observed tells of it."""
        return _frame(Informed, self.by_parameter)


def check(case: Case) -> Checked:
    """Return what a case covers."""
    measures = tuple(_measure(case, name) for name in MEASURES if any(row.measure == name for row in case.rows))
    return Checked(_tables(case), measures, _units(case), _informed(case, measures), _notes(case))


def _frame(row: type[TableCovered | MeasureCovered | Informed], rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    # Only now: a check in the terminal need not wait for pandas.
    import pandas as pd

    return pd.DataFrame(rows, columns=list(row._fields))


def _informed(case: Case, observed: Sequence[MeasureCovered]) -> tuple[Informed, ...]:
    found = []
    for key in (*case.free, *case.searched):
        telling = [
            one.measure for one in observed if any(_within(key, table) for table in MEASURES[one.measure].informs)
        ]
        found.append(Informed(key, key in case.free, ", ".join(telling)))
    return tuple(found)


def _within(key: str, table: str) -> bool:
    return key == table or key.startswith(f"{table}.")


def _tables(case: Case) -> tuple[TableCovered, ...]:
    files = case.tables.files
    return tuple(
        TableCovered(name, files[name].name if name in files else "", len(getattr(case.tables, name)))
        for name in TABLES
    )


def _measure(case: Case, name: str) -> MeasureCovered:
    rows = [row for row in case.rows if row.measure == name]
    return MeasureCovered(
        name,
        len(rows),
        len({row.unit for row in rows}),
        len({row.domain for row in rows if row.domain}),
        min(row.date for row in rows),
        max(row.date for row in rows),
    )


def _units(case: Case) -> dict[str, dict[str, int]]:
    counts = {name: dict.fromkeys(MEASURES, 0) for name in (case.city, *case.units)}
    for row in case.rows:
        counts.setdefault(row.unit, dict.fromkeys(MEASURES, 0))[row.measure] += 1
    return counts


def _notes(case: Case) -> list[Told]:
    notes = []
    rows, units = case.rows, case.units
    if not rows:
        notes.append(told("case.note.nothing_observed"))
    unseen = [name for name in units if not any(row.unit == name for row in rows)]
    if rows and unseen:
        notes.append(
            told("case.note.unseen_units", number=len(unseen), units=_some([unit_told(case, name) for name in unseen]))
        )
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
    notes += coarseness.notes(case)
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
    rows = case.tables.meetings
    if not rows:
        return []
    notes = []
    counted = months_in_force(rows, case.start, case.spec.weeks)
    if idle := len(rows) - len(counted):
        notes.append(told("case.note.idle_months", number=idle))
    if before := min(counted, default=case.spec.weeks):
        group = case.spec.stages.authority
        words = {"weeks": before, "rank": group.rank, "meetings": f"{group.meetings_per_year:g}"}
        notes.append(told("case.note.before", **words))
    return notes


def _some(names: Sequence[Told]) -> Told:
    shown = names[:_SHOWN]
    return listed([*shown, "…"] if len(names) > len(shown) else shown)
