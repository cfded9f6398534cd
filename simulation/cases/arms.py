"""How the case went, and how it could have gone: the arms of a report, each some values that hold all through a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.cases.case_file import TABLE
from simulation.cases.horizon import horizon
from simulation.cases.in_force import Stretch, in_force, listed_in, possible, signals_set, stretches, values_in
from simulation.cases.laying import GROUP, plain_table
from simulation.experiments.design.distributions import Range
from simulation.experiments.running.task import ModelTask, throughout
from simulation.files.errors import InputError, told
from simulation.places.hierarchy import check_against
from simulation.scenario.changing import can_change, everywhere_only
from simulation.scenario.settings import from_week, part_of_change
from simulation.text import LANGUAGES, say

if TYPE_CHECKING:
    from simulation.cases.case import Case
    from simulation.scenario import Scenario
    from simulation.scenario.changes import Change
    from simulation.scenario.signals import Signal

AS_IT_WAS = "as-it-was"
_MEETINGS, _RANK, _INTENSITY = GROUP
_COVERAGE, _WORDING = "stages.authority.coverage", "instruction.wording"
_STRENGTH, _WHEN, _WHOM = "instruction.intensity", "instruction.week", "instruction.cities"
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
    """Raise InputError for an arm that cannot act on the case's city alone, or that the scenario refuses."""
    own = case.settings.counterfactuals
    for name, one in own.items():
        key = f"{TABLE}.counterfactuals.{name}.set"
        try:
            _held(case, one.set)
        except UnheldError:
            allowed = told("error.case.unheld.allowed")
            raise InputError(told("error.case.unheld"), file=file, key=key, allowed=allowed) from None
        except InputError as problem:
            raise _found_in(problem, file, key) from None
    for arm in arms(case):
        key = f"{TABLE}.counterfactuals.{arm.name}" + (".set" if arm.name in own else "")
        for values in (arm.values, *({_RANK: rank, **values} for rank, values in arm.instead.items())):
            spec = accepted(case.spec, values, file, key) if values else case.spec
            if spec.structure_digest != case.spec.structure_digest:
                continue  # it has places of its own
            try:
                check_against(spec, case.hierarchy)
            except InputError as problem:
                raise _found_in(problem, file, key) from None


def accepted(spec: Scenario, values: Mapping[str, Any], file: Path, key: str) -> Scenario:
    """Return the scenario under some values.

    Raises
    ------
    InputError
        The scenario refuses them; the error names the file and the key that were given.
    """
    try:
        return spec.with_values(values)
    except InputError as problem:
        raise _found_in(problem, file, key) from None


def _found_in(problem: InputError, file: Path, key: str) -> InputError:
    inner = problem.key if problem.key and problem.key not in key else ""
    return problem.replaced(file=file, key=f"{key}.{inner}" if inner else key)


def _standard(case: Case) -> dict[str, tuple[Mapping[str, Any], ...]]:
    """Return name to values, and those in their place by rank, of the standard counterfactuals."""
    given = {key: possible(case, key) for key in (*GROUP, _COVERAGE)}
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
    if any(wide for _, wide in _spoken(case)):
        found["no-wording"] = (_held(case, {_WORDING: 0.0}),)
    return found


def _spoken(case: Case) -> list[tuple[bool, bool]]:
    """Return one entry for each stretch of the report in which the city may receive the instruction or a signal.

    An entry tells whether the instruction is among what it may receive, and whether any of it may speak of more than
    the point. An instruction without strength lends its wording to the signals that a change may list in other weeks.
    """
    given = {key: possible(case, key) for key in (_WORDING, _STRENGTH, _WHOM)} | {_WHEN: _weeks(case)}
    parts = stretches(case, 0, horizon(case).end)
    received = [_received(case, part) for part in parts]
    found = []
    for part, signals in zip(parts, received, strict=True):
        values = values_in(case, given, part)
        worded = any(values[_WORDING])
        weak = any(received) and not all(listed_in(case, part))
        here = any(part.first <= week <= part.last for week in values[_WHEN])
        instructed = here and (weak or any(values[_STRENGTH])) and _reaches(case, values[_WHOM])
        wide = [worded if one.wording is None else one.wording > 0 for one in signals]
        if instructed or wide:
            found.append((instructed, any(wide) or (instructed and worded)))
    return found


def _received(case: Case, part: Stretch) -> list[Signal]:
    """Return the listed signals that the case's city may receive in a stretch of weeks."""
    every = (one for signals in listed_in(case, part) for one in signals)
    return [one for one in every if part.first <= one.week <= part.last and _reaches(case, [one.cities])]


def _weeks(case: Case) -> set[int]:
    """Return the weeks in which the instruction may come where no change says otherwise."""
    drawn = case.free.get(_WHEN)
    if isinstance(drawn, Range):
        return set(range(int(drawn.low), int(drawn.high) + 1, drawn.step or 1))
    return possible(case, _WHEN)


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

    changes = _rewritten(case, case.spec.changes, other)
    held = {"changes": changes} if changes else {}
    if rank != led:
        return held
    if _alone(case):
        return {_RANK: _OTHER[led]} | held
    return {"changes": [{"week": 0, "set": {_RANK: _OTHER[led]}, "cities": [case.city]}, *changes]}


def _worded(case: Case, wording: float) -> dict[str, Any]:
    """Return values under which every signal to the city has a wording, and so has the instruction.

    Signals that a change lists are a part of that change.
    """
    later = {number: signals_set(case.spec, change) for number, change in enumerate(case.spec.changes, 1)}
    lists = {"signals": case.spec.signals} | {f"changes.{number}.set.signals": one for number, one in later.items()}
    made = {
        key: [plain_table(one) | ({"wording": wording} if _reaches(case, [one.cities]) else {}) for one in signals]
        for key, signals in lists.items()
        if signals
    }
    # Signals without a wording of their own have this one. Those to other cities keep it as far as no instruction to
    # the case's city needs another.
    base = _alone(case) or not case.spec.signals or any(instructed for instructed, _ in _spoken(case))
    return ({_WORDING: wording} if base else {}) | made


def _held(case: Case, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values that hold all through a run, also where the case's tables say something else."""
    given, spoken = dict(values), dict[str, Any]()
    if _WORDING in given and "signals" not in given:
        made = _worded(case, given.pop(_WORDING))
        spoken = {key: made.pop(key) for key in [*made] if part_of_change(key)}
        given = made | given
    if "changes" in given:
        return given
    local = {} if _alone(case) else {key: value for key, value in given.items() if _by_place(key)}
    rest = throughout(ModelTask(case.spec), {key: value for key, value in given.items() if key not in local}) | spoken
    if not local:
        return rest
    # What cannot differ between cities holds in the changes of all of them.
    changes = case.spec.with_values(rest).changes if rest else case.spec.changes
    begun = {key: value for key, value in local.items() if not from_week(key)}

    def held(settings: Mapping[str, Any]) -> dict[str, Any]:
        return {key: begun.get(key, value) for key, value in settings.items()}

    staged = [(*start, value) for key, value in local.items() if (start := from_week(key))]
    whole = [
        *([{"week": 0, "set": begun, "cities": [case.city]}] if begun else []),
        *_rewritten(case, changes, held),
        *({"week": week, "set": {key: value}, "cities": [case.city]} for key, week, value in staged),
    ]
    plain = {key: value for key, value in rest.items() if not part_of_change(key) and not from_week(key)}
    return plain | {"changes": whole}


def _by_place(key: str) -> bool:
    """Tell whether a setting can be limited to a city."""
    start = from_week(key)
    name = start[0] if start else key
    return can_change(name) and not everywhere_only(name)


def _rewritten(
    case: Case, changes: Iterable[Change], rewrite: Callable[[Mapping[str, Any]], dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return changes with other settings in the case's city; other cities keep theirs."""
    home = set(case.units)
    found = []
    for change in changes:
        plain, made = plain_table(change), rewrite(change.set)
        other = {key: value for key, value in made.items() if value != change.set[key]}
        whole = change.everywhere or case.city in change.cities
        if not other or not (whole or home & set(change.units)):
            found.append(plain)
        elif _alone(case) or not (change.everywhere or set(change.cities) - {case.city} or set(change.units) - home):
            found.append(plain | {"set": made})
        elif change.week is None:
            raise UnheldError
        else:
            where = {"cities": [case.city]} if whole else {"units": [one for one in change.units if one in home]}
            when = {key: value for key, value in plain.items() if key not in ("cities", "units")}
            found += [plain, when | {"set": other} | where]
    return found


def _alone(case: Case) -> bool:
    return len(case.hierarchy.cities) == 1


def _reaches(case: Case, addressed: Iterable[Iterable[str]]) -> bool:
    """Tell whether one of several addresses, of which an empty one means all cities, has the case's city."""
    return any(not cities or case.city in cities for cities in addressed)


def _said(name: str) -> dict[str, str]:
    return {lang: say(f"case.arm.{name}", lang) for lang in LANGUAGES}


def _titles(given: Any, name: str) -> dict[str, str]:
    return {lang: getattr(given, lang, None) or name for lang in LANGUAGES}
