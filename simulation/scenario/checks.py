"""Checks for combinations of values that the equations cannot take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from simulation.files.errors import InputError, nearest
from simulation.files.tables import FORMULA, holds_control
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
            "one of structure.file and structure.units must say which places there are",
            "structure.file",
            allowed="a CSV file, or units = [{ unit, parent, tier, ... }]; or extends = 'zhaoqing'",
        )
    if spec.structure.citizens == "all" and spec.structure.communities is not None:
        refuse(
            "with citizens = 'all' every community is kept",
            "structure.communities",
            given=spec.structure.communities,
            allowed="'auto'",
        )
    low, high = spec.structure.severity_low, spec.structure.severity_high
    if low > high:
        refuse("above structure.severity_high", "structure.severity_low", given=low, allowed=f"0 to {high:g}")
    _check_domains(spec, refuse)
    _check_facts(spec, refuse)
    _check_departments(spec, refuse)
    _check_signals(spec, refuse)
    _check_stages(spec, refuse)
    _check_effect(spec, refuse)
    meetings = spec.stages.authority.meetings_per_year
    if spec.transmission.meeting_cost * meetings >= 1:
        refuse(
            f"{meetings:g} meetings per year leave no capacity to work with",
            "transmission.meeting_cost",
            given=spec.transmission.meeting_cost,
            allowed=f"below {1 / meetings:g}",
        )
    if spec.citizens.contacts % 2:
        refuse("must be even", "citizens.contacts", given=spec.citizens.contacts, allowed="2, 4, 6, ...")
    if spec.citizens.threshold_low > spec.citizens.threshold_high:
        refuse(
            "above citizens.threshold_high",
            "citizens.threshold_low",
            given=spec.citizens.threshold_low,
            allowed=f"at most {spec.citizens.threshold_high:g}",
        )


def _set_in(key: str, sources: Mapping[str, Path]) -> Path | None:
    """Return the file that set a key, or the table or list around it."""
    parts = key.replace("[", ".[").split(".")
    around = (".".join(parts[:depth]).replace(".[", "[") for depth in range(len(parts), 0, -1))
    return next((sources[name] for name in around if name in sources), None)


def _refuse_unknown(what: str, key: str, given: str, known: Collection[str], refuse: Any, none: str = "") -> None:
    """Refuse a name that is not among the known ones; ``none`` is what to do where there are none."""
    if given not in known:
        refuse(f"no such {what}", key, given=given, allowed=", ".join(known) or none, suggestion=nearest(given, known))


def _refuse_odd_key(key: str, place: str, what: str, refuse: Any) -> None:
    """Refuse a key that a table or a spreadsheet could not hold."""
    if not key.strip() or "." in key or len(key) > _LONGEST_KEY or holds_control(key):
        refuse(
            f"a {what}'s key is a word without dots and control signs, at most {_LONGEST_KEY} characters",
            place,
            given=key,
        )
    if key.startswith(FORMULA):
        refuse(f"a {what}'s key begins with a sign that spreadsheets take for a formula", place, given=key)


def _check_domains(spec: Schema, refuse: Any) -> None:
    domains = list(spec.domains)
    if not domains:
        refuse("at least one domain is needed", "domains")
    for key, entry in spec.domains.items():
        _refuse_odd_key(key, "domains", "domain", refuse)
        _different(entry.matched, f"domains.{key}.matched", refuse)
    _different(spec.instruction.cities, "instruction.cities", refuse)
    point = spec.instruction.domain
    if point is not None:
        _refuse_unknown("domain", "instruction.domain", point, domains, refuse)
    if isinstance(spec.agenda.domains, int) and spec.agenda.domains > len(domains):
        refuse(
            "more domains than there are",
            "agenda.domains",
            given=spec.agenda.domains,
            allowed=f"1 to {len(domains)}, 'chosen' or 'all'",
        )
    if spec.plan.kind == "table" and not spec.plan.table:
        refuse("plan.kind = 'table' needs this table", "plan.table", allowed="unit = [domain, ...]")
    for unit, assigned in (spec.plan.table or {}).items():
        key = f"plan.table.{unit}"
        if not assigned:
            refuse("no domain is named", key, allowed=", ".join(domains))
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
            none = "none is given: add a table structure.facts"
            _refuse_unknown("fact", f"structure.weights.{key}", fact, known, refuse, none)
    if spec.structure.severity == "facts" and not spec.structure.facts:
        refuse("structure.severity = 'facts' needs this table", "structure.facts", allowed="unit = { fact = number }")


def _check_departments(spec: Schema, refuse: Any) -> None:
    named = list(spec.departments.named)
    for key, department in spec.departments.named.items():
        _refuse_odd_key(key, "departments.named", "department", refuse)
        _different(department.units, f"departments.named.{key}.units", refuse)
    for key, domain in spec.domains.items():
        for place, given in (
            ("lead", () if domain.lead is None else (domain.lead,)),
            ("supporting", domain.supporting),
        ):
            for name in given:
                none = "none is named: add a table departments.named"
                _refuse_unknown("department", f"domains.{key}.{place}", name, named, refuse, none)
        _different(domain.departments, f"domains.{key}.supporting", refuse)


def _check_signals(spec: Schema, refuse: Any) -> None:
    last = 0
    for number, signal in enumerate(spec.signals, 1):
        key = f"signals[{number}]"
        if signal.week < last:
            refuse("signals out of order", f"{key}.week", given=signal.week, allowed=f"{last} or later")
        last = signal.week
        if signal.domain is not None:
            _refuse_unknown("domain", f"{key}.domain", signal.domain, spec.domains, refuse)
        _different(signal.cities, f"{key}.cities", refuse)


def _check_effect(spec: Schema, refuse: Any) -> None:
    lost = spec.effect.wear + spec.effect.rebound
    if lost > 1 + _SLACK:
        refuse(
            f"wear + rebound = {lost:g} takes more effect than there is",
            "effect.rebound",
            given=spec.effect.rebound,
            allowed=f"at most {1 - spec.effect.wear:g} beside wear = {spec.effect.wear:g}",
        )


def _check_stages(spec: Schema, refuse: Any) -> None:
    for name, stage in zip(STAGES, spec.stages.in_order(), strict=True):
        if stage.convert + stage.fade > 1 + _SLACK:
            refuse(
                f"convert + fade = {stage.convert + stage.fade:g} passes on more than there is",
                f"stages.{name}.convert",
                given=stage.convert,
                allowed=f"at most {1 - stage.fade:g} beside fade = {stage.fade:g}",
            )
        growth = stage.build * stage.effective_intensity
        if growth + stage.relax > 1 + _SLACK:
            refuse(
                f"build × intensity + relax = {growth + stage.relax:g} overshoots",
                f"stages.{name}.build",
                given=stage.build,
                allowed="build × intensity + relax at most 1",
            )


def _different(names: tuple[str, ...], key: str, refuse: Any) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            refuse("named twice", key, given=name)
        seen.add(name)
