"""``difference``: one or more treatments against a control, paired on common random numbers."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import Field

from simulation.files.errors import InputError, told
from simulation.hypotheses.evidence import EFFECT, NOTHING, Contrast
from simulation.hypotheses.kinds.base import MOST_ARMS, Kind, Setting, direction, weights


class Difference(Kind):
    """The metric under each treatment minus that under the control; a claim needs all of its treatments.

    Attributes
    ----------
    control : table
        Dotted keys to values; empty: the scenario as it is.
    treatment : table
        One treatment.
    treatments : table of tables
        Several treatments, by name: each must show the effect.
    """

    name: ClassVar[str] = "difference"
    directions: ClassVar[tuple[str, ...]] = ("increase", "decrease", "none")
    control: dict[str, Any] = Field(default_factory=dict)
    treatment: dict[str, Any] | None = None
    treatments: dict[str, dict[str, Any]] | None = None

    def check(self, expected: str) -> None:
        """Refuse a missing treatment and one that equals the control."""
        super().check(expected)
        if (self.treatment is None) == (self.treatments is None) or self.treatments == {}:
            raise InputError(told("error.difference.one"), key="treatment")
        if len(self._treated()) >= MOST_ARMS:
            raise InputError(
                told("error.difference.many"), key="treatments", allowed=told("error.fewer_than", most=MOST_ARMS)
            )
        for label, setting in self._treated().items():
            if setting == self.control:
                key = "treatment" if self.treatments is None else f"treatments.{label}"
                raise InputError(told("error.difference.equal"), key=key, given=setting)
        if "control" in (self.treatments or {}):
            raise InputError(told("error.difference.name"), key="treatments.control")

    def _treated(self) -> dict[str, Setting]:
        return self.treatments or {"treatment": self.treatment or {}}

    def arms(self) -> dict[str, Setting]:
        """Return the control and the treatments."""
        return {"control": self.control, **self._treated()}

    def contrasts(self, looked: dict[str, Any], expected: str) -> list[Contrast]:
        """Return treatment − control for each treatment."""
        arms = list(self.arms())
        role = NOTHING if expected == "none" else EFFECT
        return [
            Contrast(label, weights(arms, {label: 1.0, "control": -1.0}), role, direction(expected))
            for label in arms[1:]
        ]
