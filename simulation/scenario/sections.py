"""Every other table of a scenario file, one line per parameter."""

from __future__ import annotations

import math
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from simulation.scenario.fields import (
    LONGEST,
    Labels,
    Names,
    Table,
    flag,
    number,
    other,
    share,
    whole,
    whole_or_word,
    word,
)
from simulation.scenario.modes import Modes
from simulation.scenario.windows import Length

MOST_CITIZENS = 2_000_000_000
WEEKS_PER_YEAR = 52

_Count = Annotated[int, Field(ge=1, le=MOST_CITIZENS)]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=-10, le=10)]
Ratio = Annotated[float, Field(gt=0, le=1000)]
_Communities = Annotated[
    Annotated[int, Field(ge=1, le=10_000_000)] | None,
    BeforeValidator(lambda given: None if given == "auto" else given),
]

# Read off the folder and not imported: a new plan kind is one file there, and agents stand downstream of the schema.
PLAN_KINDS = tuple(
    sorted(entry.name for entry in pkgutil.iter_modules([str(Path(__file__).parents[1] / "agents" / "plans")]))
)
if TYPE_CHECKING:
    PlanKind = str
else:
    PlanKind = Literal[PLAN_KINDS]


class Domain(Labels):
    """A field of governance, with the units that the case matches to it and the departments in charge of it."""

    matched: Names = ()
    lead: str | None = None
    supporting: Names = ()

    @property
    def departments(self) -> tuple[str, ...]:
        """Keys of the departments that belong to the domain, the lead first."""
        return self.supporting if self.lead is None else (self.lead, *self.supporting)


class Structure(Table):
    """The places, and how many of their citizens are simulated."""

    file: str | None = other(None, "text", "a CSV file, relative to the scenario's folder", optional=True)
    units: Annotated[tuple[dict[str, Any], ...], Field(strict=False)] | None = other(
        None, "rows", "instead of file", optional=True
    )
    citizens: _Count | Literal["all"] = whole_or_word(20_000, 1, MOST_CITIZENS, "citizens", "A", ("all",))
    communities: _Communities = whole_or_word(None, 1, 10_000_000, "communities", "A: citizens / 40", ("auto",))
    towns: Literal["given", "none"] = word("given", ("given", "none"), "P: 107 towns; A: their part")
    severity: Literal["matched", "facts"] = word("matched", ("matched", "facts"), "A")
    facts: dict[str, dict[str, Share]] = other({}, "facts", "S: statistics and maps; A: values")
    weights: dict[str, dict[str, Weight]] = other({}, "weights", "A")
    severity_noise: float = number(0.1, 0, 10, "severity", "A")
    severity_matched: float = share(0.85, "P: matches; A: value")
    severity_low: float = share(0.2, "A")
    severity_high: float = share(0.55, "A")
    severities: dict[str, dict[str, Share]] | None = other(None, "severities", "coding of a case", optional=True)
    capacities: dict[str, Ratio] | None = other(None, "capacities", "coding of a case", optional=True)
    zeal: dict[str, Share] | None = other(None, "shares", "coding of a case", optional=True)


class Instruction(Table):
    """The written instruction (批示) that starts the story."""

    intensity: float = number(1, 0, 1000, "instructions", "P: a provincial secretary's = 1")
    wording: float = share(0.7, "A")
    renewal: float = number(0.5, 0, 10, "instructions", "A")
    week: int = whole(0, 0, LONGEST, "week", "P: March 2020")
    domain: str | None = other(None, "text", "P: nimby; default the first domain", optional=True)
    cities: Names = other((), "names", "P: Zhaoqing; empty: every city")


class Transmission(Table):
    """Transmission of momentum from stage to stage."""

    compiled = ("gate_base",)

    base: float = share(0.47, "A: a plausible world")
    interlock: float = share(0.39, "A: a plausible world")
    rivalry_units: float = share(0.32, "A: a plausible world")
    rivalry_domains: float = share(0.8, "A")
    rivalry_sites: float = share(0.84, "A: a plausible world")
    assure: float = number(0.16, 0, 1, "per week", "A: a plausible world")
    doubt: float = number(0.012, 0, 1, "per week", "A")
    follow: float = share(0.25, "A")
    zeal_low: float = share(0.6, "A")
    zeal_high: float = share(1, "A")
    relay: float = number(1.2, 0, 10, "ratio", "A: a plausible world")
    escalation: float = number(0, 0, 10, "ratio", "S: mixed evidence; A: value")
    meeting_cost: float = number(0.002, 0, 1, "share of capacity per yearly meeting", "A")

    @property
    def gate_base(self) -> float:
        """``base`` under the name by which compiled code reads it: a numpy record has a ``base`` of its own."""
        return self.base


class Scouting(Table):
    """Selecting, scouting and fixing sites: breadth, depth, strength."""

    breadth: float = share(1, "P: all units; A: value")
    depth: float = share(0.8, "P: kind; A: value")
    strength: float = share(0.8, "P: kind; A: value")
    scout_error: float = number(0.32, 0, 10, "severity", "A: a plausible world")


class Plan(Table):
    """The plan, which is drawn up when stage 4 opens and says which unit explores which domain."""

    compiled = ("to_all", "point_alone", "kept")

    kind: PlanKind = word("division", PLAN_KINDS, "P: division of labour")
    per_county: int = whole(1, 1, 1000, "domains", "P")
    keep_point: bool = flag(False, "P: the plan of 2020 gives the point to one unit")
    pilot_share: float = share(0.06, "A")
    sites: Literal["drawn", "better-off"] = word("better-off", ("drawn", "better-off"), "S: trial-rollout; A: form")
    table: dict[str, Names] | None = other(None, "assignment", "P: the ten pilots", optional=True)

    @property
    def to_all(self) -> float:
        """1 where a domain that enters later goes to every engaged unit, else 0."""
        return float(self.kind == "uniform")

    @property
    def point_alone(self) -> float:
        """1 where no domain but the point can enter, else 0."""
        return float(self.kind == "point")

    @property
    def kept(self) -> float:
        """1 where every unit that has the point keeps it beside what the plan gives, else 0."""
        return float(self.keep_point)


class Execution(Table):
    """Execution of assigned domains by units."""

    oversight: float = share(0.8, "A")
    capacity: float = number(1.92, 0, 1000, "load", "A", above=True)
    coverage: float = number(1, 0, 10, "exponent", "A")
    q_half: float = number(0.015, 0, 1000, "instructions", "A: a plausible world", above=True)
    h: float = number(1.1, 1, 20, "exponent", "A: a plausible world")
    revise: float = share(0.53, "A: a plausible world")
    noise: float = number(0.35, 0, 100, "utility", "A: a plausible world", above=True)
    analysis_every: int = whole(4, 1, 520, "weeks", "P: a monthly analysis")
    routine: float = number(0.029, 0, 1, "per week", "A: a plausible world")
    unlearn: float = number(0.01, 0, 1, "per week", "A")
    routine_saves: float = share(0.6, "A: a plausible world")
    w_press: float = number(3.3, 0, 100, "utility", "A: a plausible world")
    w_need: float = number(0.75, 0, 100, "utility", "A: a plausible world")
    w_peer: float = number(0.6, 0, 100, "utility", "A: a plausible world")
    w_load: float = number(0.83, 0, 100, "utility", "A: a plausible world")
    w_over: float = number(5.9, 0, 100, "utility", "A: a plausible world")
    w_effort: float = number(0.45, 0, 100, "utility", "A: a plausible world")
    unlock: float = number(0.025, 0, 10, "instructions per week", "A: a plausible world")
    fuel: float = number(0.45, 0, 10, "exponent", "A: a plausible world")
    q_ref: float = number(0.097, 0, 1000, "instructions", "A: a plausible world", above=True)
    budget: Length = number(0.057, 0, math.inf, "instructions per week", "A: a plausible world", above=True)
    spotlight: float = number(3.2, 0, 1000, "ratio", "S: trial-rollout; A: a plausible world")
    lapse: float = share(0, "A: an alternative")
    modes: Modes = Modes()


class Effect(Table):
    """The change of delivered momentum into governance effect."""

    gain: float = number(41.0, 0, 1_000_000, "per instruction", "A: a plausible world")
    wear: float = number(0.053, 0, 1, "per week", "A: a plausible world")
    routine_protects: float = share(0.53, "A: a plausible world")
    rebound: float = number(0, 0, 1, "per week", "A: an alternative")
    alone: float = share(0.057, "A: a plausible world")
    coproduce: float = number(0.5, 0, 10, "ratio", "A")


class Citizens(Table):
    """Citizens, their participation and their contacts."""

    rule: Literal["logit", "threshold", "none"] = word("logit", ("logit", "threshold", "none"), "A")
    network: Literal["small-world", "complete"] = word("small-world", ("small-world", "complete"), "A")
    contacts: int = whole(8, 2, 1000, "citizens", "A: even")
    rewire: float = share(0.05, "A")
    across: float = share(0.01, "A")
    threshold_low: float = number(0, -1, 2, "share", "A: Granovetter 1978")
    threshold_high: float = number(1, -1, 2, "share", "A: Granovetter 1978")
    b0: float = number(-3.7, -100, 100, "log odds", "A: a plausible world")
    b_salience: float = number(3.2, -100, 100, "log odds", "A: a plausible world")
    b_social: float = number(2.5, -100, 100, "log odds", "A")
    b_trust: float = number(1.2, -100, 100, "log odds", "A: a plausible world")
    b_platform: float = number(0.8, -100, 100, "log odds", "A")
    inform: float = number(0.08, 0, 1, "per week", "A")
    contact: float = number(0.01, 0, 1, "per week", "A")
    coverage: float = share(0.5, "A; P: Chutou's is 1")
    spread: float = number(0.10, 0, 1, "per week", "A")
    forget: float = number(0.01, 0, 1, "per week", "A")
    learn: float = number(0.05, 0, 1, "per week", "A")
    expect: float = number(1.3, 0, 10, "ratio to effect", "A")
    salience_spread: float = number(0.15, 0, 10, "severity", "A")


class Synergies(Table):
    """The five synergies, all practised in the case (P); 0 leaves one out of the model."""

    political: float = share(0, "P: name; A: effect")
    self_governance: float = share(0, "P: name; A: effect")
    law: float = share(0, "P: name; A: effect")
    moral: float = share(0, "P: name; A: effect")
    smart: float = share(0, "P: name; A: effect")
    political_oversight: float = share(0.3, "A")
    self_governance_platform: float = number(1, 0, 10, "share of b_platform", "A")
    law_oversight: float = number(1, 0, 10, "share of w_over", "A")
    moral_trust: float = number(0.5, 0, 10, "share of b_trust", "A")
    smart_reports: float = share(1, "A")
    smart_scouting: float = share(0.5, "A")


class Evaluation(Table):
    """Quarterly review of reported results, and roll-out."""

    compiled = ("proof_kept", "by_authority")

    review_every: int = whole(13, 1, 520, "weeks", "P: a quarterly summary")
    proven_at: float = share(0.44, "A: a plausible world")
    proof: Literal["once", "kept"] = word("kept", ("once", "kept"), "A")
    rollout: float = number(0.22, 0, 1, "share per quarter", "A: a plausible world")
    rollout_with: Literal["authority", "co-operation"] = word("co-operation", ("authority", "co-operation"), "A")
    inflate: float = share(0.13, "A: a plausible world; S: checked against false-reports")
    collude: float = number(0, 0, 100, "ratio", "S: mixed evidence; A: value")

    @property
    def proof_kept(self) -> float:
        """1 where a domain must report enough at two reviews in a row, and still at a roll-out; else 0."""
        return float(self.proof == "kept")

    @property
    def by_authority(self) -> float:
        """1 where roll-out goes by the level of authority, 0 where by the departments' co-operation."""
        return float(self.rollout_with == "authority")


class Diffusion(Table):
    """Adoption of proven domains: learning, coercion, imitation, competition."""

    adopt: float = share(0.7, "A")
    learn: float = share(0.35, "A")
    coerce: float = share(0.3, "A")
    follow: float = share(0.2, "A")
    salient: float = share(0.15, "A")
    compete: float = share(0.1, "A")
    ignite: float = number(0.5, 0, 100, "ratio to q_half", "A")
    room: float = share(0.7, "A")
    adds: float = number(0.31, 0, 100, "load", "A: a plausible world")


class LeverageDirections(Table):
    """Leverage sideways and downward; upward is the review's renewal."""

    horizontal: float = share(0, "P: kind; A: value")
    expert_help: float = number(0.01, 0, 10, "instructions per week", "A")
    expert_scouting: float = share(0.5, "A")
    downward: float = share(0, "P: kind; A: value")
    downward_at: float = share(0.25, "A")


class Rivals(Table):
    """Rival campaigns that divide attention."""

    campaigns: float = number(0, 0, 1000, "campaigns", "A")
    rate: float = number(0, 0, 52, "per year", "A")
    length: int = whole(13, 1, LONGEST, "weeks", "A")


class Turnover(Table):
    """Leaders who are replaced, and how much of what each had built the next one keeps."""

    compiled = ("weekly_chance",)

    rate: float = number(0, 0, 52, "per year", "A")
    confidence_kept: float = share(0.5, "A")
    routine_kept: float = share(0.5, "A")
    level_kept: float = share(0.5, "A")

    @property
    def weekly_chance(self) -> float:
        """Probability that a leader is replaced in a given week."""
        return float(1 - np.exp(-self.rate / WEEKS_PER_YEAR))
