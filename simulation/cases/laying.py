"""From a case's tables to a scenario: scores, capacities, signals and meetings as parameters of the model."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulation.cases.tables import CapacityRow, MeetingRow, SeverityRow, SignalRow, Tables

MONTHS_PER_YEAR = 12
_MEETINGS, _HEAD, _INTENSITY = (f"stages.authority.{name}" for name in ("meetings_per_year", "rank", "intensity"))
GROUP = (_MEETINGS, _HEAD, _INTENSITY)
"""Parameters that the table of meetings says."""


def week_of(day: date, start: date) -> int:
    """Return the week that holds a day; negative before the start."""
    return (day - start).days // 7


def laid(tables: Tables, start: date, weeks: int, cities: Sequence[str], changes: Sequence[Any] = ()) -> dict[str, Any]:
    """Return what a case's tables set in its scenario, as dotted keys for ``with_values``.

    Parameters
    ----------
    tables : Tables
        The case's rows.
    start : date
        First day of week 0.
    weeks : int
        Weeks of the scenario; months after them play no part.
    cities : sequence of str
        Whom a signal addresses that names nobody, and whose group meets: the case's city; empty for all.
    changes : sequence of Change
        The scenario's own changes, which stay.
    """
    values: dict[str, Any] = {}
    if tables.severity:
        values["structure.severities"] = severities(tables.severity)
    if tables.capacity:
        values["structure.capacities"] = {row.unit: row.capacity for row in tables.capacity}
        if zeal := _zeal(tables.capacity):
            values["structure.zeal"] = zeal
    if tables.signals:
        values["instruction.intensity"] = 0.0
        values["signals"] = [_signal(row, start, cities) for row in sorted(tables.signals, key=lambda row: row.date)]
    if tables.meetings:
        values |= _meetings(tables.meetings, start, weeks, cities)
        if changes and "changes" in values:
            values["changes"] = [*map(plain_table, changes), *values["changes"]]
    return values


def plain_table(table: Any) -> dict[str, Any]:
    """Return a signal or a change as a file has it, without what it leaves open."""
    given = {key: getattr(table, key) for key in type(table).model_fields}
    plain = {key: value.model_dump() if hasattr(value, "model_dump") else value for key, value in given.items()}
    return {key: value for key, value in plain.items() if value is not None and value is not False and value != ()}


def severities(rows: Sequence[SeverityRow]) -> dict[str, dict[str, float]]:
    """Return scores by unit and domain."""
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(row.unit, {})[row.domain] = row.severity
    return found


def _zeal(rows: Sequence[CapacityRow]) -> dict[str, float]:
    return {row.unit: row.zeal for row in rows if not math.isnan(row.zeal)}


def _signal(row: SignalRow, start: date, cities: Sequence[str]) -> dict[str, Any]:
    made: dict[str, Any] = {"week": week_of(row.date, start), "issuer": row.rank, "channel": row.channel}
    if row.domain:
        made["domain"] = row.domain
    if not math.isnan(row.wording):
        made["wording"] = row.wording
    named = tuple(row.cities) or tuple(cities)
    return made | ({"cities": named} if named else {})


def _meetings(rows: Sequence[MeetingRow], start: date, weeks: int, cities: Sequence[str]) -> dict[str, Any]:
    """Return how often the group met and who headed it, from the first week of each month that counts.

    The head's rank and the meetings make the group's intensity, so a number for it that the scenario gives is taken
    away.
    """
    values: dict[str, Any] = {_INTENSITY: None}
    changes: list[dict[str, Any]] = []
    before: Mapping[str, Any] = {}
    for week, row in months_in_force(rows, start, weeks).items():
        setting = {_MEETINGS: float(MONTHS_PER_YEAR * row.meetings), _HEAD: row.head}
        if setting == before:
            continue
        before = setting
        if week == 0 and not cities:
            values |= setting
        else:
            changes.append({"week": week, "set": setting, **({"cities": tuple(cities)} if cities else {})})
    return values | ({"changes": changes} if changes else {})


def first_week(month: date, start: date) -> int:
    """Return the first week of a run that begins in a month or later, from 0."""
    return max(0, math.ceil((month - start).days / 7))


def months_in_force(rows: Sequence[MeetingRow], start: date, weeks: int) -> dict[int, MeetingRow]:
    """Return the months that count, by the week of the run from which each holds.

    A month without a row keeps what held before it: so the last one before the run holds at its beginning, unless one
    in which week 0 begins takes its place. The others before the run play no part, nor do months after its last week
    has begun.
    """
    begun = {first_week(row.month, start): row for row in sorted(rows, key=lambda row: row.month)}
    return {week: row for week, row in begun.items() if week < weeks}
