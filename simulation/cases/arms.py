"""How the case went, and how it could have gone: the arms of a report, each some values that hold all through a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.cases.case_file import TABLE
from simulation.cases.horizon import horizon
from simulation.cases.in_force import in_force, possible
from simulation.cases.laying import GROUP, plain_table
from simulation.experiments.running.task import ModelTask, throughout
from simulation.files.errors import InputError, told
from simulation.scenario.changing import can_change, everywhere_only
from simulation.text import LANGUAGES, say

if TYPE_CHECKING:
    from simulation.cases.case import Case

AS_IT_WAS = "as-it-was"
_MEETINGS, _RANK, _INTENSITY = GROUP
_COVERAGE, _WORDING = "stages.authority.coverage", "instruction.wording"
_STRENGTH = "instruction.intensity"
_OTHER = {"secretary": "deputy", "deputy": "secretary"}


class UnheldError(ValueError):
    """A change with a condition reaches other cities too, so that an arm cannot act on the case's city alone.

    Its condition is measured over all the cities that it reaches; one for a single city would begin in another week.
    """


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
    instead : dict of str to dict
        Values in their place under vectors that give the group's head another rank, by that rank.
    """

    name: str
    titles: Mapping[str, str]
    values: Mapping[str, Any]
    instead: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def values_for(self, vector: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values that win over those of a vector."""
        return self.instead.get(str(vector.get(_RANK)), self.values)

    def title(self, lang: str) -> str:
        """Return the name for readers."""
        return self.titles.get(lang) or self.titles.get("en") or self.name


def arms(case: Case) -> tuple[Arm, ...]:
    """Return the arms of a case: as it was, the standard counterfactuals, and its own.

    A standard counterfactual is left out if it could change nothing in any week of the report, under any value that the
    case may have. One of the case that has the name of a standard one takes its place. In a structure of several cities
    an arm acts on the case's city alone, as far as its parameters can differ between cities.
    """
    own = {
        name: Arm(name, _titles(one.title, name), _held(case, one.set))
        for name, one in case.settings.counterfactuals.items()
    }
    standard = {name: Arm(name, _said(name), *values) for name, values in _standard(case).items()}
    return tuple(({AS_IT_WAS: Arm(AS_IT_WAS, _said(AS_IT_WAS), {})} | standard | own).values())


def check_held(case: Case, file: Path) -> None:
    """Raise InputError for a counterfactual that cannot act on the case's city alone."""
    for name, one in case.settings.counterfactuals.items():
        try:
            _held(case, one.set)
        except UnheldError:
            raise InputError(
                told("error.case.unheld"),
                file=file,
                key=f"{TABLE}.counterfactuals.{name}.set",
                allowed=told("error.case.unheld.allowed"),
            ) from None


def _standard(case: Case) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Return name to values, and those in their place by rank, of the standard counterfactuals."""
    given = {key: possible(case, key) for key in (*GROUP, _COVERAGE, _WORDING, _STRENGTH)}
    weeks = in_force(case, given, 0, horizon(case).end)
    found: dict[str, tuple[Mapping[str, Any], ...]] = {}
    heads = set().union(*map(_heads, weeks))
    if heads or any(values[_INTENSITY] - {None, 0.0} for values in weeks):
        with suppress(UnheldError):  # it cannot act on the case's city alone
            found["no-group"] = (_held(case, {_INTENSITY: 0.0}),)
    led = next((rank for rank in _OTHER if rank in heads), None)
    if led is not None:
        ranks = sorted(given[_RANK])
        with suppress(UnheldError):  # it cannot act on the case's city alone
            instead = {rank: _reheaded(case, led, rank) for rank in ranks if rank != led and len(ranks) > 1}
            found[_OTHER[led]] = (_reheaded(case, led, ranks[0] if len(ranks) == 1 else led), instead)
    if _has_wording(case, weeks):
        with suppress(UnheldError):  # it cannot act on the case's city alone
            found["no-wording"] = (_held(case, {_WORDING: 0.0}),)
    return found


def _has_wording(case: Case, weeks: Sequence[Mapping[str, Set[Any]]]) -> bool:
    """Tell whether a signal to the city, or the instruction, may speak of more than the point."""
    spec = case.spec
    worded, strong = (any(any(values[key]) for values in weeks) for key in (_WORDING, _STRENGTH))
    instructed = not spec.instruction.cities or case.city in spec.instruction.cities
    signals = (one.wording for one in spec.signals if _reaches(case, one))
    return (instructed and worded and strong) or any(worded if one is None else one > 0 for one in signals)


def _heads(values: Mapping[str, Set[Any]]) -> set[str]:
    """Return the ranks of heads whose group can have an effect; a number for the intensity hides who heads it."""
    met = any(values[_MEETINGS]) and any(values[_COVERAGE]) and None in values[_INTENSITY]
    return {rank for rank in values[_RANK] if rank != "none"} if met else set()


def _reheaded(case: Case, led: str, rank: str) -> dict[str, Any]:
    """Return values under which another one heads the group wherever ``led`` did; a time without a head stays so.

    ``rank`` is the head's where no change of the scenario says otherwise.
    """

    def other(settings: Mapping[str, Any]) -> dict[str, Any]:
        return {key: _OTHER[led] if key == _RANK and value == led else value for key, value in settings.items()}

    changes = _rewritten(case, other)
    held = {"changes": changes} if changes else {}
    if rank != led:
        return held
    if _alone(case):
        return {_RANK: _OTHER[led]} | held
    return {"changes": [{"week": 0, "set": {_RANK: _OTHER[led]}, "cities": [case.city]}, *changes]}


def _worded(case: Case, wording: float) -> dict[str, Any]:
    """Return values under which every signal to the city has a wording, and so has the instruction."""
    spec = case.spec
    signals = [plain_table(one) | ({"wording": wording} if _reaches(case, one) else {}) for one in spec.signals]
    # Signals without a wording of their own have this one: those to other cities keep it.
    base = {_WORDING: wording} if _alone(case) or any(possible(case, _STRENGTH)) or not signals else {}
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
        elif change.week is None:
            raise UnheldError
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
