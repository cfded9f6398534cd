"""The parameters that can be changed on the page: grouped by stage, each with the range of its slider.

Names and explanations come from the catalogue, ranges and sources from the table of parameters.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Any

from simulation.app.library import MOST_CITIZENS
from simulation.scenario import ParameterInfo, Scenario, parameters
from simulation.scenario.windows import STAGES


@dataclass(frozen=True)
class Control:
    """One parameter with a control.

    Attributes
    ----------
    key : str
        Dotted key.
    low, high, step : float
        The range of the slider; the number beside it takes every value that the parameter allows, up to ``most``.
    endless : bool
        True if the slider's right end means "without end".
    most : float
        Largest number accepted on the page; infinite where the parameter's own range is enough.
    listed : bool
        True if the parameter's words and whole numbers are chosen from one list, without a slider.
    """

    key: str
    low: float = 0.0
    high: float = 1.0
    step: float = 0.05
    endless: bool = False
    most: float = math.inf
    listed: bool = False

    @property
    def info(self) -> ParameterInfo:
        """The parameter's entry in the table."""
        return parameter(self.key)

    @property
    def words(self) -> tuple[str, ...]:
        """Words to choose from, for a list beside its numbers; empty for a number with a slider, and for a flag."""
        return self.info.choices if self.info.kind == "word" or self.listed else ()

    @property
    def flag(self) -> bool:
        """True for a parameter that is on or off."""
        return self.info.kind == "flag"

    @property
    def whole(self) -> bool:
        """True when only whole numbers are accepted."""
        return self.info.kind == "whole"

    def options(self, spec: Scenario) -> list[Any]:
        """Return what a list offers for a scenario: words, and where it is ``listed`` numbers up to its domains."""
        offered: list[Any] = [word for word in self.words if word != "table" or spec.plan.table]
        if self.listed:
            offered += range(int(self.low), len(spec.domains) + 1)
        return offered

    def bounds(self) -> tuple[float, float]:
        """Return the smallest and largest number that the page accepts."""
        low, high = self.info.low, self.info.high
        return (-math.inf if low is None else low, min(self.most, math.inf if high is None else high))

    def shown(self, spec: Scenario) -> Any:
        """Return the value that the control shows for a scenario: a number, a word, infinity, or true or false."""
        value = spec.values[self.key]
        return self.high if value == "all" and not self.listed else value

    def parsed(self, given: Any) -> Any:
        """Return the entered text as a value of the parameter; None when the value is not accepted."""
        if self.flag:
            return given if isinstance(given, bool) else None
        if isinstance(given, str):
            return given if given in self.words else None
        if self.words and not self.listed:
            return None
        if isinstance(given, bool) or not isinstance(given, int | float) or math.isnan(given):
            return None
        if math.isinf(given):
            return math.inf if self.endless and given > 0 else None
        if self.whole and given != int(given):
            return None
        low, high = self.bounds()
        if not low <= given <= high or (self.info.above and given == low):
            return None
        return int(given) if self.whole else float(given)


@functools.cache
def _table() -> dict[str, ParameterInfo]:
    return {info.key: info for info in parameters()}


def parameter(key: str) -> ParameterInfo:
    """Return the entry of a parameter in the table; KeyError for an unknown key."""
    return _table()[key]


def _window(stage: str, *, length: bool) -> tuple[Control, ...]:
    start = Control(f"stages.{stage}.start", 0, 104, 1)
    return (start, Control(f"stages.{stage}.length", 0, 156, 1, endless=True)) if length else (start,)


GROUPS: dict[str, tuple[Control, ...]] = {
    "instruction": (
        Control("instruction.intensity", 0, 4),
        Control("instruction.wording"),
        Control("instruction.renewal", 0, 2),
    ),
    "trend": _window("trend", length=True),
    "authority": (
        Control("stages.authority.rank"),
        Control("stages.authority.coverage"),
        Control("stages.authority.meetings_per_year", 0, 200, 1),
        Control("agenda.span", 0, 20, 0.5, endless=True),
        Control("departments.conflict"),
        Control("transmission.follow"),
        Control("execution.oversight"),
        *_window("authority", length=True),
    ),
    "publicity": (
        Control("scouting.breadth"),
        Control("scouting.depth"),
        Control("scouting.strength"),
        *_window("publicity", length=True),
    ),
    "settlement": (
        Control("plan.kind"),
        Control("agenda.domains", 1, 8, 1, most=50, listed=True),
        Control("plan.per_county", 1, 8, 1, most=50),
        Control("plan.keep_point"),
        Control("plan.pilot_share", 0, 0.5, 0.01),
        Control("execution.capacity", 0.5, 10, 0.1),
        Control("execution.budget", 0.002, 0.2, 0.002, endless=True),
        Control("execution.routine", 0, 0.1, 0.005),
        *_window("settlement", length=False),
    ),
    "leverage": (
        Control("citizens.coverage"),
        Control("execution.spotlight", 0, 6, 0.25),
        Control("bodies.rule"),
        Control("effect.coproduce", 0, 2),
        Control("leverage.horizontal"),
        Control("leverage.downward"),
        Control("evaluation.rollout", 0, 0.5, 0.01),
        Control("diffusion.adopt"),
        *_window("leverage", length=False),
    ),
    "synergies": tuple(
        Control(f"synergies.{name}") for name in ("political", "self_governance", "law", "moral", "smart")
    ),
    "city": (
        Control("structure.towns"),
        Control("structure.citizens", 400, MOST_CITIZENS, 100, most=MOST_CITIZENS),
        Control("rivals.rate", 0, 6, 0.25),
        Control("turnover.rate", 0, 2, 0.05),
    ),
}

#: Parameters of a stage's group that act although the stage is switched off; all others of the group then do nothing.
LASTING = frozenset(
    {
        "departments.conflict",
        "scouting.breadth",
        "scouting.strength",
        "plan.pilot_share",
        "execution.capacity",
        "execution.budget",
        "citizens.coverage",
        "execution.spotlight",
        "bodies.rule",
        "effect.coproduce",
        "leverage.horizontal",
        "evaluation.rollout",
        "diffusion.adopt",
    }
)
SWITCHES = {stage: f"stages.{stage}.intensity" for stage in STAGES}
KEYS = frozenset(control.key for group in GROUPS.values() for control in group) | set(SWITCHES.values())


def is_on(spec: Scenario, stage: str) -> bool:
    """Tell whether a stage does anything: its intensity is not 0 by switch."""
    return bool(spec.values[SWITCHES[stage]] != 0)


def switched(original: Scenario, stage: str, on: bool) -> Any:
    """Return the intensity that switches a stage off, or on again as it was in the scenario."""
    if not on:
        return 0.0
    value = original.values[SWITCHES[stage]]
    if value == 0:
        return "computed" if stage == "authority" else 1.0
    return value


def marks(source: str) -> list[str]:
    """Return the marks of a source text: P the paper, S a study, A an assumption."""
    found = [part.strip()[:1] for part in source.split(";")]
    return list(dict.fromkeys(mark for mark in found if mark in "PSA" and mark)) or ["A"]
