"""The five stages' activities: their windows, their speed of build-up and their rates."""

from __future__ import annotations

import math
from typing import Annotated, Literal

from pydantic import BeforeValidator

from simulation.scenario.fields import LONGEST, Table, number, share, word

_WEEKS = "A: weeks; P: order and overlap"
_HOLD = "A: 8-26 weeks' hold on attention"

#: Infinity, which JSON cannot write, as the text "inf".
Length = Annotated[float, BeforeValidator(lambda given: math.inf if given == "inf" else given)]
#: No number: computed from rank, coverage and meetings.
Intensity = Annotated[float | None, BeforeValidator(lambda given: None if given == "computed" else given)]


class Stage(Table):
    """The parameters that the five stages have in common."""

    start: float
    length: Length
    build: float
    relax: float
    convert: float
    fade: float

    @property
    def end(self) -> float:
        """Week on the city's clock in which the window closes by the calendar; infinite if it never does."""
        return self.start + self.length


class PlainStage(Stage):
    """A stage whose intensity is given as a number."""

    intensity: float

    @property
    def effective_intensity(self) -> float:
        """Intensity of the activity while its window is open, in [0, 1]."""
        return self.intensity


class Trend(PlainStage):
    """Stage 1, 趋势: political mobilisation builds consensus on the instruction."""

    start: float = number(0, 0, LONGEST, "week", _WEEKS)
    length: Length = number(26, 0, math.inf, "weeks", "A")
    intensity: float = share(1, "P: high-level meetings; A: value")
    build: float = number(0.25, 0, 1, "per week", "A")
    relax: float = number(0.03, 0, 1, "per week", "A")
    convert: float = number(0.20, 0, 1, "per week", "A")
    fade: float = number(0.02, 0, 1, "per week", _HOLD)


class Authority(Stage):
    """Stage 2, 权势: leading groups, whose head's rank counts, coordinate peers."""

    start: float = number(4, 0, LONGEST, "week", _WEEKS)
    length: Length = number(math.inf, 0, math.inf, "weeks", "A")
    intensity: Intensity = number(None, 0, 1, "share", "computed from the five below", words=("computed",))
    rank: Literal["secretary", "deputy", "none"] = word(
        "secretary", ("secretary", "deputy", "none"), "P: kinds; secretary 1, none 0"
    )
    deputy: float = share(0.62, "A: a plausible world")
    coverage: float = share(1, "P: members from every department")
    meetings_per_year: float = number(68, 0, 1000, "per year", "P: weekly, monthly, quarterly")
    meetings_half: float = number(14.0, 0, 1000, "per year", "A: a plausible world", above=True)
    build: float = number(0.15, 0, 1, "per week", "A: a plausible world")
    relax: float = number(0.042, 0, 1, "per week", "A: a plausible world")
    convert: float = number(0.20, 0, 1, "per week", "A")
    fade: float = number(0.033, 0, 1, "per week", _HOLD)

    @property
    def effective_intensity(self) -> float:
        """The number given, else rank factor × coverage × m/(m + meetings_half) for m meetings per year."""
        if self.intensity is not None:
            return self.intensity
        rank = {"secretary": 1.0, "deputy": self.deputy, "none": 0.0}[self.rank]
        return rank * self.coverage * self.meetings_per_year / (self.meetings_per_year + self.meetings_half)


class Publicity(PlainStage):
    """Stage 3, 声势: sites are selected, scouted and fixed; grassroots cadres gain confidence."""

    start: float = number(8, 0, LONGEST, "week", _WEEKS)
    length: Length = number(52, 0, math.inf, "weeks", "A")
    intensity: float = share(1, "P: 88 requirements audited; A: value")
    build: float = number(0.20, 0, 1, "per week", "A")
    relax: float = number(0.02, 0, 1, "per week", "A")
    convert: float = number(0.12, 0, 1, "per week", "A: a plausible world")
    fade: float = number(0.02, 0, 1, "per week", _HOLD)


class Settlement(PlainStage):
    """Stage 4, 定势: a plan settles which unit explores which domain."""

    start: float = number(16, 0, LONGEST, "week", _WEEKS)
    length: Length = number(math.inf, 0, math.inf, "weeks", "A")
    intensity: float = share(1, "P: the 1+N rules; A: value")
    build: float = number(0.30, 0, 1, "per week", "A")
    relax: float = number(0.01, 0, 1, "per week", "A")
    convert: float = number(0.12, 0, 1, "per week", "A: a plausible world")
    fade: float = number(0.005, 0, 1, "per week", _HOLD)


class Leverage(PlainStage):
    """Stage 5, 借势: many actors take part, and momentum turns into effect."""

    start: float = number(20, 0, LONGEST, "week", _WEEKS)
    length: Length = number(math.inf, 0, math.inf, "weeks", "A")
    intensity: float = share(1, "P: seven kinds of body; A: value")
    build: float = number(0.20, 0, 1, "per week", "A")
    relax: float = number(0.02, 0, 1, "per week", "A")
    convert: float = number(0.22, 0, 1, "per week", "A: a plausible world")
    fade: float = number(0.065, 0, 1, "per week", _HOLD)


class Stages(Table):
    """The five windows, in the theory's order; they may overlap."""

    compiled = ("when_ready",)

    opening: Literal["calendar", "ready"] = word("calendar", ("calendar", "ready"), "A")
    ready_at: float = share(0.3, "A")
    trend: Trend = Trend()
    authority: Authority = Authority()
    publicity: Publicity = Publicity()
    settlement: Settlement = Settlement()
    leverage: Leverage = Leverage()

    def in_order(self) -> tuple[PlainStage | Authority, ...]:
        """Return the five stages, first to fifth."""
        return (self.trend, self.authority, self.publicity, self.settlement, self.leverage)

    @property
    def when_ready(self) -> float:
        """1 where a stage opens when the one before is ready, 0 where by the calendar."""
        return float(self.opening == "ready")


#: Names of the five stages, in the theory's order; a stage's place here is its column in the arrays.
STAGES: tuple[str, ...] = tuple(name for name, field in Stages.model_fields.items() if isinstance(field.default, Stage))
TREND, AUTHORITY, PUBLICITY, SETTLEMENT, LEVERAGE = range(len(STAGES))
