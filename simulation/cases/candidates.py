"""Observations that a report can propose: what could be looked at next, and what a run has there."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulation.cases.horizon import Horizon, horizon
from simulation.cases.in_force import in_force, possible
from simulation.cases.measures import MEASURES, Spot
from simulation.experiments.design.distributions import Range

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.cases.watching import Seen

_REVIEW = "evaluation.review_every"
_OF_DEPARTMENTS = ("sites", "reported")
_MEASURES = (*_OF_DEPARTMENTS, "participation")


class Candidate(NamedTuple):
    """Something that could be observed next: a measure of a unit (or the city) in a domain, in a week."""

    week: int
    unit: str
    domain: str
    measure: str


def candidates(case: Case) -> tuple[Candidate, ...]:
    """Return what could be observed after the next review, and at the forecast's middle.

    The first week is the one by which a review has been held after the last observed week, however often the case may
    hold them: where ``evaluation.review_every`` is free, that of the value whose review comes last. Adoption is asked
    only of pairs of which no date is known, participation of no department, since all residents are its own.
    """
    span = horizon(case)
    weeks = sorted({week for week in (_reviewed(case, span), sum(span) // 2) if week > span.last})
    places, domains = case.hierarchy, list(case.spec.domains)
    city = places.cities.index(case.city)
    units = [name for name, home in zip(places.units, places.unit_city, strict=True) if home == city]
    residents = {name for name, other in zip(places.units, places.unit_is_department, strict=True) if not other}
    adopted = {(row.unit, row.domain) for row in case.rows if row.measure == "adopted" and row.value == 1}
    found: list[Candidate] = []
    for week in weeks:
        found += [Candidate(week, case.city, "", "agenda"), Candidate(week, case.city, "", "participation")]
        for unit in units:
            for domain in domains:
                measures = _MEASURES if unit in residents else _OF_DEPARTMENTS
                found += [Candidate(week, unit, domain, measure) for measure in measures]
                if (unit, domain) not in adopted:
                    found.append(Candidate(week, unit, domain, "adopted"))
    return tuple(found)


def _reviewed(case: Case, span: Horizon) -> int:
    """Return the week by which a review has been held after the last observed one, at most the last that is run."""
    drawn = case.free.get(_REVIEW)
    if isinstance(drawn, Range):
        given = set(range(int(drawn.low), int(drawn.high) + 1, drawn.step or 1))
    else:
        given = {int(value) for value in possible(case, _REVIEW)}
    held = in_force(case, {_REVIEW: given}, min(span.last + 1, span.end), span.end)
    every = set().union(*(values[_REVIEW] for values in held))
    return min(max((span.last // review + 1) * review for review in every), span.end)


def value_of(case: Case, one: Candidate, seen: Seen) -> float:
    """Return what an observation would show in a run that is looked at in its week; an event as 1 or 0."""
    places = case.hierarchy
    city = places.cities.index(case.city)
    unit = places.units.index(one.unit) if one.unit in places.units and one.unit != case.city else -1
    domain = list(case.spec.domains).index(one.domain) if one.domain else -1
    value = MEASURES[one.measure].value(seen, Spot(one.week, 0, unit, domain, city))
    return float(0 <= value <= one.week) if MEASURES[one.measure].kind == "event" else value
