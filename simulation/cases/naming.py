"""Names of a case's units, domains, measures and weeks, as readers see them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from simulation.drawing.numbers import amount, decimals, signed
from simulation.scenario.calendar import told_week
from simulation.text import say
from simulation.text.told import Told

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.cases.fitted import Fit
    from simulation.cases.panels import Panel


_NUMBERS = frozenset({"agenda", "breadth", "proven"})
"""Metrics that are numbers of domains."""


def unit(case: Case, name: str, lang: str) -> str:
    """Return a unit's or city's name."""
    return case.hierarchy.label(name, lang)


def unit_told(case: Case, name: str) -> Told:
    """Return a unit's or city's name for readers of both languages."""
    return Told(en=unit(case, name, "en"), zh=unit(case, name, "zh"))


def domain(case: Case, name: str, lang: str) -> str:
    """Return a domain's name; for none that all are meant."""
    return case.spec.domains[name].label(lang) if name else say("case.report.all_domains", lang)


def measure(name: str, lang: str) -> str:
    """Return a measure's name."""
    return say(f"measure.{name}", lang)


def panel(one: Panel, lang: str) -> str:
    """Return what a panel shows: a count of pairs or domains, a mean over rows, or a value of the whole city."""
    if one.measure == "agenda" and not one.coded:
        return measure(one.measure, lang)
    if one.counted:
        return say(f"case.report.panel.{one.measure}", lang)
    return say(f"case.report.panel.{'city' if one.of_city else 'mean'}", lang, measure=measure(one.measure, lang))


def title(case: Case, lang: str) -> str:
    """Return the case's title, or the name of its folder."""
    return getattr(case.spec.title, lang, "") or getattr(case.spec.title, "en", "") or case.name


def week(case: Case, number: int, lang: str) -> str:
    """Return a week and its month."""
    return told_week(case.spec, number, lang)


def day(case: Case, number: int) -> str:
    """Return the last day of a week."""
    return (case.start + timedelta(weeks=int(number), days=6)).isoformat()


def level(metric: str, value: float) -> str:
    """Return a metric's value; a number of domains has one decimal at most."""
    return decimals(value, _places(value)) if metric in _NUMBERS else amount(value)


def difference(metric: str, value: float) -> str:
    """Return a metric's difference with its sign; a number of domains has one decimal at most."""
    return signed(value, _places(value) if metric in _NUMBERS else 3)


def _places(value: float) -> int:
    return 0 if float(value).is_integer() else 1


def caption(fit: Fit, lang: str) -> str:
    """Return where a picture's numbers come from, and a warning where no world fits or the fit was a quick one."""
    said = [say("case.report.caption", lang, case=title(fit.case, lang), seed=fit.seed, digest=fit.case.digest[:12])]
    if not fit.fits:
        said.append(say("case.report.caption.unfit", lang))
    if fit.quick:
        said.append(say("case.report.caption.quick", lang))
    return " ".join(said)
