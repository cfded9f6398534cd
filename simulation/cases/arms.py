"""How the case went, and how it could have gone: the arms of a report, each some values that hold all through a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulation.experiments.running.task import ModelTask, throughout
from simulation.text import LANGUAGES, say

if TYPE_CHECKING:
    from simulation.cases.case import Case

AS_IT_WAS = "as-it-was"
_RANK, _INTENSITY, _WORDING = "stages.authority.rank", "stages.authority.intensity", "instruction.wording"


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

    A counterfactual of the case that has the name of a standard one takes its place.
    """
    own = {name: Arm(name, _titles(one.title, name), _held(case, one.set))
           for name, one in case.settings.counterfactuals.items()}  # fmt: skip
    standard = {one.name: one for one in _standard(case)}
    return tuple((standard | own).values())


def _standard(case: Case) -> tuple[Arm, ...]:
    head = "secretary" if _heads(case) <= {"deputy", "none"} else "deputy"
    signals = [{**_plain(signal), "wording": 0.0} for signal in case.spec.signals]
    wording = {_WORDING: 0.0} | ({"signals": signals} if signals else {})
    return (
        Arm(AS_IT_WAS, _said(AS_IT_WAS), {}),
        Arm("no-group", _said("no-group"), _held(case, {_INTENSITY: 0.0})),
        # An intensity that is given would hide who heads the group.
        Arm(head, _said(head), _held(case, {_RANK: head, _INTENSITY: None})),
        Arm("no-wording", _said("no-wording"), _held(case, wording)),
    )


def _heads(case: Case) -> set[str]:
    changed = {str(change.set[_RANK]) for change in case.spec.changes if _RANK in change.set}
    return {str(case.spec.values[_RANK])} | changed


def _held(case: Case, values: Mapping[str, Any]) -> dict[str, Any]:
    return throughout(ModelTask(case.spec), values)


def _plain(signal: Any) -> dict[str, Any]:
    given = {key: getattr(signal, key) for key in type(signal).model_fields}
    return {key: value for key, value in given.items() if value is not None and value != ()}


def _said(name: str) -> dict[str, str]:
    return {lang: say(f"case.arm.{name}", lang) for lang in LANGUAGES}


def _titles(given: Any, name: str) -> dict[str, str]:
    return {lang: getattr(given, lang, None) or name for lang in LANGUAGES}
