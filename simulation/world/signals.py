"""The signals of a scenario, in the order of their weeks: the instruction, and those that are listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from simulation.scenario import Scenario


class Issued(NamedTuple):
    """One signal as cities receive it."""

    week: int
    strength: float  # instructions
    domain: int  # column of the domain that it names
    wording: float  # how far it covers the others, in [0, 1]
    cities: tuple[str, ...]  # addressed; none: all


def signals_of(spec: Scenario) -> tuple[Issued, ...]:
    """Return a scenario's signals by week. The instruction is one, unless others are listed and it has no intensity."""
    domains, given = list(spec.domains), spec.instruction
    point = domains.index(spec.point)
    found = []
    if given.intensity > 0 or not spec.signals:
        found.append(Issued(given.week, given.intensity, point, given.wording, given.cities))
    for signal in spec.signals:
        weight = getattr(spec.issuers, signal.issuer) * getattr(spec.channels, signal.channel)
        found.append(
            Issued(
                week=signal.week,
                strength=weight if signal.intensity is None else signal.intensity,
                domain=point if signal.domain is None else domains.index(signal.domain),
                wording=given.wording if signal.wording is None else signal.wording,
                cities=signal.cities,
            )
        )
    return tuple(sorted(found, key=lambda signal: signal.week))
