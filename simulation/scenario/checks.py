"""Checks for combinations of values that the equations cannot take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, listed, nearest, told
from simulation.files.escaping import begins_formula
from simulation.files.names import labelled
from simulation.files.tables import holds_control
from simulation.scenario.schema import Schema
from simulation.scenario.windows import STAGES

#: Rounding of sums of decimal fractions such as .9 + .1.
_SLACK = 1e-12
_LONGEST_KEY = 100


def check(spec: Schema, sources: Mapping[str, Path]) -> None:
    """Raise InputError for values that contradict each other, although each is in range."""

    def refuse(problem: str, key: str, **more: Any) -> None:
        raise InputError(problem, file=_set_in(key, sources), key=key, **more)

    if (spec.structure.file is None) == (spec.structure.units is None):
        refuse(
            told("error.structure.source"),
            "structure.file",
            allowed=told("error.structure.source.allowed"),
        )
    if spec.structure.citizens == "all" and spec.structure.communities is not None:
        refuse(
            told("error.communities.all"),
            "structure.communities",
            given=spec.structure.communities,
            allowed=told("error.allowed.auto"),
        )
    low, high = spec.structure.severity_low, spec.structure.severity_high
    if low > high:
        refuse(
            told("error.severity.order"),
            "structure.severity_low",
            given=low,
            allowed=told("error.range", high=high, low=0),
        )
    _check_domains(spec, refuse)
    _check_facts(spec, refuse)
    _check_departments(spec, refuse)
    _check_signals(spec, refuse)
    _check_stages(spec, refuse)
    _check_effect(spec, refuse)
    meetings = spec.stages.authority.meetings_per_year
    if spec.transmission.meeting_cost * meetings >= 1:
        refuse(
            told("error.meetings", meetings=meetings),
            "transmission.meeting_cost",
            given=spec.transmission.meeting_cost,
            allowed=told("error.below", most=1 / meetings),
        )
    if spec.citizens.contacts % 2:
        refuse(
            told("error.must_be_even"), "citizens.contacts", given=spec.citizens.contacts, allowed=told("error.even")
        )
    if spec.citizens.threshold_low > spec.citizens.threshold_high:
        refuse(
            told("error.threshold.order"),
            "citizens.threshold_low",
            given=spec.citizens.threshold_low,
            allowed=told("error.at_most", most=spec.citizens.threshold_high),
        )


def _set_in(key: str, sources: Mapping[str, Path]) -> Path | None:
    """Return the file that set a key, or the table or list around it."""
    parts = key.replace("[", ".[").split(".")
    around = (".".join(parts[:depth]).replace(".[", "[") for depth in range(len(parts), 0, -1))
    return next((sources[name] for name in around if name in sources), None)


def _refuse_unknown(what: str, key: str, given: str, known: Collection[str], refuse: Any) -> None:
    """Refuse a name that is not among the known ones; where there are none the message says how to add one."""
    if given not in known:
        allowed = listed(known) if known else told(f"error.no_{what}_yet")
        labels = {name: one.zh for name, one in known.items()} if isinstance(known, Mapping) else {}
        near = nearest(given, known) or labelled(given, labels)
        refuse(told(f"error.no_such_{what}"), key, given=given, allowed=allowed, suggestion=near)


def _refuse_odd_key(key: str, place: str, what: str, refuse: Any) -> None:
    """Refuse a key that a table or a spreadsheet could not hold."""
    if not key.strip() or "." in key or len(key) > _LONGEST_KEY or holds_control(key):
        refuse(
            told("error.name.odd", what=told(f"error.noun.{what}"), most=_LONGEST_KEY),
            place,
            given=key,
        )
    if begins_formula(key):
        refuse(told("error.name.formula", what=told(f"error.noun.{what}")), place, given=key)


def _check_domains(spec: Schema, refuse: Any) -> None:
    domains = spec.domains
    if not domains:
        refuse(told("error.domains.none"), "domains")
    for key, entry in spec.domains.items():
        _refuse_odd_key(key, "domains", "domain", refuse)
        _different(entry.matched, f"domains.{key}.matched", refuse)
    _different(spec.instruction.cities, "instruction.cities", refuse)
    point = spec.instruction.domain
    if point is not None:
        _refuse_unknown("domain", "instruction.domain", point, domains, refuse)
    if isinstance(spec.agenda.domains, int) and spec.agenda.domains > len(domains):
        refuse(
            told("error.agenda.more"),
            "agenda.domains",
            given=spec.agenda.domains,
            allowed=told("error.agenda.allowed", number=len(domains)),
        )
    if spec.plan.kind == "table" and not spec.plan.table:
        refuse(told("error.plan.table.needed"), "plan.table", allowed=told("error.plan.table.form"))
    for unit, assigned in (spec.plan.table or {}).items():
        key = f"plan.table.{unit}"
        if not assigned:
            refuse(told("error.plan.table.empty"), key, allowed=listed(domains))
        _different(assigned, key, refuse)
        for domain in assigned:
            _refuse_unknown("domain", key, domain, domains, refuse)


def _check_facts(spec: Schema, refuse: Any) -> None:
    known = sorted({fact for facts in spec.structure.facts.values() for fact in facts})
    for fact in known:
        _refuse_odd_key(fact, "structure.facts", "fact", refuse)
    for key, weights in spec.structure.weights.items():
        _refuse_unknown("domain", "structure.weights", key, spec.domains, refuse)
        for fact in weights:
            _refuse_unknown("fact", f"structure.weights.{key}", fact, known, refuse)
    for unit, scores in (spec.structure.severities or {}).items():
        for domain in scores:
            _refuse_unknown("domain", f"structure.severities.{unit}", domain, spec.domains, refuse)
    if spec.structure.severity == "facts" and not spec.structure.facts:
        refuse(told("error.facts.needed"), "structure.facts", allowed=told("error.facts.form"))


def _check_departments(spec: Schema, refuse: Any) -> None:
    named = spec.departments.named
    for key, department in spec.departments.named.items():
        _refuse_odd_key(key, "departments.named", "department", refuse)
        _different(department.units, f"departments.named.{key}.units", refuse)
    for key, domain in spec.domains.items():
        for place, given in (
            ("lead", () if domain.lead is None else (domain.lead,)),
            ("supporting", domain.supporting),
        ):
            for name in given:
                _refuse_unknown("department", f"domains.{key}.{place}", name, named, refuse)
        _different(domain.departments, f"domains.{key}.supporting", refuse)


def _check_signals(spec: Schema, refuse: Any) -> None:
    last = 0
    for number, signal in enumerate(spec.signals, 1):
        key = f"signals[{number}]"
        if signal.week < last:
            refuse(
                told("error.signals.order"), f"{key}.week", given=signal.week, allowed=told("error.or_later", last=last)
            )
        last = signal.week
        if signal.domain is not None:
            _refuse_unknown("domain", f"{key}.domain", signal.domain, spec.domains, refuse)
        _different(signal.cities, f"{key}.cities", refuse)


def _check_effect(spec: Schema, refuse: Any) -> None:
    lost = spec.effect.wear + spec.effect.rebound
    if lost > 1 + _SLACK:
        refuse(
            told("error.effect.lost", lost=lost),
            "effect.rebound",
            given=spec.effect.rebound,
            allowed=told("error.effect.lost.allowed", most=1 - spec.effect.wear, wear=spec.effect.wear),
        )


def _check_stages(spec: Schema, refuse: Any) -> None:
    for name, stage in zip(STAGES, spec.stages.in_order(), strict=True):
        if stage.convert + stage.fade > 1 + _SLACK:
            refuse(
                told("error.stage.convert", sum=stage.convert + stage.fade),
                f"stages.{name}.convert",
                given=stage.convert,
                allowed=told("error.stage.convert.allowed", most=1 - stage.fade, fade=stage.fade),
            )
        growth = stage.build * stage.effective_intensity
        if growth + stage.relax > 1 + _SLACK:
            refuse(
                told("error.stage.build", sum=growth + stage.relax),
                f"stages.{name}.build",
                given=stage.build,
                allowed=told("error.stage.build.allowed"),
            )


def _different(names: tuple[str, ...], key: str, refuse: Any) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            refuse(told("error.named_twice"), key, given=name)
        seen.add(name)
