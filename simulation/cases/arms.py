"""How the case went, and how it could have gone: the arms of a report, each some values that hold all through a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulation.cases.laying import plain_table
from simulation.experiments.running.task import ModelTask, throughout
from simulation.scenario.changing import can_change, everywhere_only
from simulation.text import LANGUAGES, say

if TYPE_CHECKING:
    from simulation.cases.case import Case

AS_IT_WAS = "as-it-was"
_RANK, _INTENSITY, _WORDING = "stages.authority.rank", "stages.authority.intensity", "instruction.wording"
_OTHER = {"secretary": "deputy", "deputy": "secretary"}


@dataclass(frozen=True)
class Arm:
    """One arm.

    Attributes
    ----------
    name : str
        Its name in tables.
    titles : dict of str to str
        Its name for readers, by language.
    values : dict
        Dotted key to value; they win over those of a vector.
    """

    name: str
    titles: Mapping[str, str]
    values: Mapping[str, Any]

    def title(self, lang: str) -> str:
        """Return the name for readers."""
        return self.titles.get(lang) or self.titles.get("en") or self.name


def arms(case: Case) -> tuple[Arm, ...]:
    """Return the arms of a case: as it was, the standard counterfactuals, and its own.

    A standard counterfactual that could change nothing is left out. One of the case that has the name of a standard one
    takes its place. In a structure of several cities an arm acts on the case's city alone, as far as its parameters
    can differ between cities.
    """
    own = {
        name: Arm(name, _titles(one.title, name), _held(case, one.set))
        for name, one in case.settings.counterfactuals.items()
    }
    standard = {name: Arm(name, _said(name), values) for name, values in _standard(case).items() if values}
    return tuple(({AS_IT_WAS: Arm(AS_IT_WAS, _said(AS_IT_WAS), {})} | standard | own).values())


def _standard(case: Case) -> dict[str, dict[str, Any]]:
    """Return name to values of the standard counterfactuals; no values where one could change nothing."""
    heads, intensities = _in_force(case, _RANK), _in_force(case, _INTENSITY)
    given = intensities != {None}
    found: dict[str, dict[str, Any]] = {}
    has_group = bool(intensities - {None, 0.0}) if given else heads != {"none"}
    found["no-group"] = _held(case, {_INTENSITY: 0.0}) if has_group else {}
    led = next((rank for rank in _OTHER if rank in heads), None)
    if led is not None and not given:  # an intensity that is given hides who heads the group
        found[_OTHER[led]] = _reheaded(case, led)
    narrow = _worded(case, 0.0)
    found["no-wording"] = narrow if case.spec.with_values(narrow).digest != case.spec.digest else {}
    return found


def _in_force(case: Case, key: str) -> set[Any]:
    """Return the values that a parameter has in the case's city in some week."""
    here = [change for change in case.spec.changes if change.everywhere or case.city in change.cities]
    setting = [change for change in here if key in change.set]
    from_the_first = any(change.week == 0 and change.length is None for change in setting)
    return {change.set[key] for change in setting} | (set() if from_the_first else {case.spec.values[key]})


def _reheaded(case: Case, led: str) -> dict[str, Any]:
    """Return values under which another one heads the group wherever ``led`` did; a time without a head stays so."""

    def other(settings: Mapping[str, Any]) -> dict[str, Any]:
        return {key: _OTHER[led] if key == _RANK and value == led else value for key, value in settings.items()}

    changes = _rewritten(case, other)
    held = {"changes": changes} if changes else {}
    if case.spec.values[_RANK] != led:
        return held
    if _alone(case):
        return {_RANK: _OTHER[led]} | held
    return {"changes": [{"week": 0, "set": {_RANK: _OTHER[led]}, "cities": [case.city]}, *changes]}


def _worded(case: Case, wording: float) -> dict[str, Any]:
    """Return values under which every signal to the city has a wording, and so has the instruction."""
    spec = case.spec
    signals = [plain_table(one) | ({"wording": wording} if _reaches(case, one) else {}) for one in spec.signals]
    # Signals without a wording of their own have this one: those to other cities keep it.
    base = {_WORDING: wording} if _alone(case) or spec.instruction.intensity > 0 or not signals else {}
    return base | ({"signals": signals} if signals else {})


def _held(case: Case, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that hold all through a run, also where the case's tables say something else."""
    given = dict(values)
    if _WORDING in given and "signals" not in given:
        given = _worded(case, given[_WORDING]) | {key: value for key, value in given.items() if key != _WORDING}
    if "changes" in given:
        return given
    if _alone(case):
        return throughout(ModelTask(case.spec), given)
    local = {key: value for key, value in given.items() if can_change(key) and not everywhere_only(key)}
    rest = {key: value for key, value in given.items() if key not in local}
    if not local:
        return throughout(ModelTask(case.spec), rest)

    def held(settings: Mapping[str, Any]) -> dict[str, Any]:
        return {key: given.get(key, value) for key, value in settings.items()}

    return {**rest, "changes": [{"week": 0, "set": local, "cities": [case.city]}, *_rewritten(case, held)]}


def _rewritten(case: Case, rewrite: Callable[[Mapping[str, Any]], dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the scenario's changes with other settings in the case's city; other cities keep theirs."""
    found = []
    for change in case.spec.changes:
        plain, made = plain_table(change), rewrite(change.set)
        other = {key: value for key, value in made.items() if value != change.set[key]}
        mine = change.everywhere or case.city in change.cities or set(change.units) & set(_units(case))
        if not other or not mine:
            found.append(plain)
        elif _alone(case) or (change.cities == (case.city,) and not change.units):
            found.append(plain | {"set": made})
        else:
            units = [one for one in change.units if one in _units(case)]
            where = {"units": units} if units else {"cities": [case.city]}
            when = {key: value for key, value in plain.items() if key not in ("cities", "units")}
            found += [plain, when | {"set": other} | where]
    return found


def _alone(case: Case) -> bool:
    return len(case.hierarchy.cities) == 1


def _units(case: Case) -> list[str]:
    places = case.hierarchy
    home = places.cities.index(case.city)
    return [name for name, city in zip(places.units, places.unit_city, strict=True) if city == home]


def _reaches(case: Case, signal: Any) -> bool:
    return not signal.cities or case.city in signal.cities


def _said(name: str) -> dict[str, str]:
    return {lang: say(f"case.arm.{name}", lang) for lang in LANGUAGES}


def _titles(given: Any, name: str) -> dict[str, str]:
    return {lang: getattr(given, lang, None) or name for lang in LANGUAGES}
