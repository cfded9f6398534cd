"""Which parameters can change during a run, and whether a change can be limited to some cities or units."""

from __future__ import annotations

from simulation.files.errors import InputError, told
from simulation.scenario.keys import metas, refuse_unknown, tables

#: Keys, and tables of keys, that are read before the first week and then no more, with the reason.
FIXED = {
    "title": "told",
    "question": "told",
    "start_date": "told",
    "weeks": "weeks",
    "changes": "changes",
    "structure": "places",
    "domains": "places",
    "departments.named": "places",
    "instruction.domain": "point",
    "plan.sites": "places",
    "bodies.rule": "agents",
    "citizens.rule": "agents",
    "citizens.network": "agents",
    "citizens.contacts": "agents",
    "citizens.rewire": "agents",
    "citizens.across": "agents",
    "citizens.threshold_low": "agents",
    "citizens.threshold_high": "agents",
    "citizens.salience_spread": "agents",
}
#: Keys that steer the calendar or the signals of all: a change of them holds for all cities.
EVERYWHERE = (
    "execution.analysis_every",
    "evaluation.review_every",
    "signals",
    "issuers",
    "channels",
    "instruction.intensity",
    "instruction.week",
    "instruction.cities",
    "instruction.wording",
)
_STAGES = ("trend", "authority", "publicity", "settlement", "leverage")
#: Keys, and tables of keys, that a city reads as a whole, alone or beside its units: a change of them can be limited to
#: cities, not to units. Not listed is what a city reads only when it follows a neighbour.
BY_CITY = (
    "departments",
    "instruction.renewal",
    "agenda",
    "stages.opening",
    "stages.ready_at",
    "stages.trend",
    "stages.authority",
    *(f"stages.{stage}.{part}" for stage in _STAGES[2:] for part in ("start", "length", "intensity", "build", "relax")),
    "transmission.base",
    "transmission.interlock",
    "transmission.rivalry_units",
    "scouting.breadth",
    "scouting.depth",
    "scouting.scout_error",
    "plan.kind",
    "plan.per_county",
    "plan.keep_point",
    "plan.table",
    "bodies.voice",
    "synergies.smart",
    "synergies.smart_scouting",
    "evaluation.proven_at",
    "evaluation.proof",
    "leverage.horizontal",
    "leverage.expert_scouting",
    "rivals",
    "turnover.rate",
    "turnover.level_kept",
)


def _among(key: str, names: tuple[str, ...] | dict[str, str]) -> str | None:
    """Return the name that is the key or a table around it."""
    return next((name for name in names if key == name or key.startswith(f"{name}.")), None)


def can_change(key: str) -> bool:
    """Tell whether a parameter can change during a run."""
    return _among(key, FIXED) is None


def by_city_only(key: str) -> bool:
    """Tell whether a change of a parameter cannot be limited to units."""
    return _among(key, BY_CITY) is not None


def everywhere_only(key: str) -> bool:
    """Tell whether a change of a parameter cannot be limited to cities or units."""
    return _among(key, EVERYWHERE) is not None


def changeable() -> tuple[str, ...]:
    """Return the keys of all parameters that can change during a run, in file order."""
    return tuple(key for key in metas() if can_change(key))


def refuse_fixed(key: str, cities: tuple[str, ...] = (), units: tuple[str, ...] = ()) -> None:
    """Raise InputError unless a parameter can change during a run, there.

    Parameters
    ----------
    key : str
        Dotted key.
    cities, units : tuple of str
        Where the change is to hold; everywhere when both are empty.
    """
    reason = _among(key, FIXED)
    if reason is None or key not in tables():
        refuse_unknown(key)
    if reason is not None:
        raise InputError(
            told("error.changes.fixed"),
            key=key,
            allowed=told(f"error.changes.fixed.{FIXED[reason]}"),
        )
    if (cities or units) and everywhere_only(key):
        raise InputError(told("error.changes.everywhere"), key=key, allowed=told("error.changes.everywhere.allowed"))
    if units and by_city_only(key):
        raise InputError(told("error.changes.by_city"), key=key, allowed=told("error.changes.by_city.allowed"))
