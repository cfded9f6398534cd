"""``regime``: more than one stable outcome, by two starting conditions (hysteresis) or between seeds (two modes)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from simulation.experiments.design.distributions import Value
from simulation.files.errors import InputError, told
from simulation.hypotheses.evidence import EFFECT, MODES, NOTHING, Contrast, Evidence, Matrix, Rule, weigh
from simulation.hypotheses.kinds.base import Kind, Setting, check_apart
from simulation.hypotheses.modes import distances, silverman_p, split

_HALF = 2
_FEWEST_FOR_MODES = 60


class Regime(Kind):
    """The claim that the end of a system depends on its start, although later conditions are the same.

    - hysteresis: every value of the factor is run from a low and from a high start. The claim is that the high branch
      (the factor coming down) ends above the low one (going up), by more than the smallest effect, at the value where
      the pilot sees the widest gap.
    - modes: the scenario's seeds fall into two groups: Silverman's test rejects one mode, and the groups' means lie
      more than the smallest effect apart; tested at the value where the pilot's groups lie farthest apart.

    Attributes
    ----------
    factor, values
        The lasting condition: a dotted key and its values, rising.
    low, high : table
        The two starts (hysteresis): keys that act early only.
    by : 'hysteresis' or 'modes'
        As above.
    """

    name: ClassVar[str] = "regime"
    directions: ClassVar[tuple[str, ...]] = ("increase", "none")
    factor: str
    values: list[float | int]
    low: dict[str, Any] = Field(default_factory=dict)
    high: dict[str, Any] = Field(default_factory=dict)
    by: Literal["hysteresis", "modes"] = "hysteresis"

    @property
    def fewest(self) -> int:
        """Two modes can be seen only in a large sample."""
        return _FEWEST_FOR_MODES if self.by == "modes" else super().fewest

    def check(self, expected: str) -> None:
        """Refuse equal starts and values that do not rise."""
        super().check(expected)
        if self.by == "hysteresis" and self.low == self.high:
            raise InputError(told("error.regime.starts"), key="high", given=self.high)
        if self.by == "modes" and expected == "none":
            raise InputError(told("error.regime.absent"), key="expected", given=expected)
        rising = all(left < right for left, right in zip(self.values, self.values[1:], strict=False))
        if not self.values or not rising:
            raise InputError(told("error.values.rise"), key="values", given=self.values)
        check_apart(self.values)

    def arms(self) -> dict[str, Setting]:
        """Return the low and the high branch, value by value; for modes one arm per value."""
        if self.by == "modes":
            return {f"{value:g}": {self.factor: value} for value in self.values}
        return {
            f"{value:g} {branch}": {self.factor: value, **start}
            for branch, start in (("↑", self.low), ("↓", self.high))
            for value in self.values
        }

    def axis(self) -> tuple[str | None, list[Value]]:
        """Return the factor and its values."""
        return self.factor, list(self.values)

    def look(self, pilot: Matrix, expected: str) -> dict[str, Any]:
        """Find the value with the widest gap."""
        if self.by == "modes":
            gaps = np.array([split(column)[1] for column in pilot.T])
        else:
            low, high = np.split(pilot.mean(axis=0), _HALF)
            gaps = high - low
        at = int(np.argmax(gaps))
        return {"at": at, "value": self.values[at]}

    def contrasts(self, looked: dict[str, Any], expected: str) -> list[Contrast]:
        """Return high start − low start at the value looked at (for modes: the outcome there, to plan with)."""
        at, count = int(looked.get("at", 0)), len(self.values)
        role = NOTHING if expected == "none" else EFFECT
        if self.by == "modes":
            found = np.zeros(count)
            found[at] = 1.0
            return [Contrast(MODES, found, role)]
        return [self._gap(at, "gap", role)]

    def effects(self, looked: dict[str, Any], expected: str) -> list[Contrast]:
        """Return the gap; two modes are no mean that could be compared."""
        return [] if self.by == "modes" else super().effects(looked, expected)

    def _gap(self, at: int, name: str, role: str = EFFECT) -> Contrast:
        found = np.zeros(_HALF * len(self.values))
        found[at], found[len(self.values) + at] = -1.0, 1.0
        return Contrast(name, found, role)

    def evidence(self, outcomes: Matrix, looked: dict[str, Any], expected: str, rule: Rule) -> list[Evidence]:
        """Test the gap, or the two modes."""
        if self.by == "hysteresis":
            return super().evidence(outcomes, looked, expected, rule)
        return [modes_evidence(outcomes[:, int(looked.get("at", 0))], rule)]

    def details(self, outcomes: Matrix, rule: Rule) -> list[Evidence]:
        """Return the gap at every value: the loop between the way up and the way down."""
        if self.by == "modes":
            return []
        gaps = [self._gap(at, f"{value:g}") for at, value in enumerate(self.values)]
        return [weigh(gap, outcomes, rule) for gap in gaps]


def modes_evidence(values: Matrix, rule: Rule) -> Evidence:
    """Return the distance between two groups of outcomes, tested against the smallest effect.

    Support takes both: the distance is shown above the smallest effect, and Silverman's test rejects one mode. Two
    tight groups can be found in any sample, so that refutation, by the distance alone, is conservative.
    """
    apart = split(values)[1]
    drawn = distances(values, rule.seed)
    low, high = np.quantile(drawn, [rule.alpha / 2, 1 - rule.alpha / 2])
    wider = (int((drawn >= rule.smallest).sum()) + 1) / (len(drawn) + 1)
    closer = (int((drawn <= rule.smallest).sum()) + 1) / (len(drawn) + 1)
    return Evidence(
        name=MODES,
        estimate=apart,
        low=float(low),
        high=float(high),
        p_support=min(1.0, max(silverman_p(values, rule.seed), 2 * closer)),
        p_refute=min(1.0, 2 * wider),
        bound=rule.smallest,
    )
