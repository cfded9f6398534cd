"""Entities and their state (ODD 1.2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .citizens import Citizens

NEVER = -1
STAGES = ("trend", "authority", "publicity", "settlement", "leverage")
MODES = ("substantive", "adaptive", "symbolic", "selective")
SUBSTANTIVE, ADAPTIVE, SYMBOLIC, SELECTIVE = range(4)
KINDS = (
    "party-unit",
    "residents-council",
    "owners-and-property",
    "social-organisation",
    "volunteers",
    "business-circle",
    "experts",
)

Parameters = Mapping[str, Any]
Numbers = defaultdict[str, float]


def zeros() -> Numbers:
    """Return numbers by domain that start at 0."""
    return defaultdict(float)


@dataclass(eq=False)
class Community:
    """k: a village or residents' community that is simulated."""

    name: str
    county: Unit
    town: str | None
    pilot: str | None
    persons: float
    citizens: int
    platforms: float = 0.0
    bodies: set[str] = field(default_factory=set)
    bodies_active: float = 0.0
    places: list[Place] = field(default_factory=list)
    effect: Numbers = field(default_factory=zeros)
    before: dict[str, float] = field(default_factory=dict)
    participation: Numbers = field(default_factory=zeros)
    push: Numbers = field(default_factory=zeros)
    trust: float = 0.0
    site_since: dict[str, int] = field(default_factory=dict)
    first_pilot: dict[str, bool] = field(default_factory=dict)
    matured: dict[str, float] = field(default_factory=dict)

    def covered(self, d: str) -> bool:
        """Return whether any unit has a site of the domain here."""
        return any(d in place.open for place in self.places)

    def has_pilot(self, d: str) -> bool:
        """Return whether any unit has a pilot site of the domain here."""
        return any(d in place.pilot for place in self.places)


@dataclass(eq=False)
class Place:
    """j: a community in the jurisdiction of a unit."""

    community: Community
    unit: Unit
    executor: Executor
    rank: dict[str, int] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    pilot: set[str] = field(default_factory=set)
    L: Numbers = field(default_factory=zeros)


@dataclass(eq=False)
class Executor:
    """x: a town, or the staff of a unit."""

    name: str
    unit: Unit
    tiers: int
    places: list[Place] = field(default_factory=list)
    mode: dict[str, int] = field(default_factory=dict)
    routine: Numbers = field(default_factory=zeros)
    sites: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))


@dataclass(eq=False)
class Unit:
    """u: a county, or a department that is given domains."""

    name: str
    city: City
    is_department: bool
    places: list[Place] = field(default_factory=list)
    executors: list[Executor] = field(default_factory=list)
    severity: dict[str, float] = field(default_factory=dict)
    scouted: dict[str, float] = field(default_factory=dict)
    zeal: float = 1.0
    capacity: float = 0.0
    group: float = 0.0
    confidence: float = 0.0
    engaged: bool = False
    B: float = 0.0
    Q: Numbers = field(default_factory=zeros)
    has: dict[str, int] = field(default_factory=dict)
    share: dict[str, float] = field(default_factory=dict)
    sites: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    mean_effect: Numbers = field(default_factory=zeros)

    @property
    def persons(self) -> float:
        """W of the unit's places."""
        return sum(place.community.persons for place in self.places)

    def severest(self) -> str:
        """Return the domain of largest severity, the first of equals."""
        return max(self.severity, key=self.severity.__getitem__)


@dataclass(eq=False)
class Department:
    """m: a municipal department as an agent."""

    name: str
    unit: Unit | None
    belongs: list[str]
    leads: set[str]
    joins: set[str] = field(default_factory=set)


@dataclass(eq=False)
class City:
    """c: a city with its leading group."""

    name: str
    province: str
    units: list[Unit] = field(default_factory=list)
    departments: list[Department] = field(default_factory=list)
    S: float = 0.0
    A: float = 0.0
    level: list[float] = field(default_factory=lambda: [1.0] + [0.0] * 5)
    gate: list[float] = field(default_factory=lambda: [0.0] * 6)
    origin: int = NEVER
    opened: list[int] = field(default_factory=lambda: [NEVER] * 6)
    strength: float = 0.0
    named: set[str] = field(default_factory=set)
    wording: float = 0.0
    plan_week: int = NEVER
    attention: float = 1.0
    active: set[str] = field(default_factory=set)
    co_operation: dict[str, float] = field(default_factory=dict)
    reported_enough: set[str] = field(default_factory=set)
    proven: set[str] = field(default_factory=set)
    best: float = 0.0
    arrivals: list[int] = field(default_factory=list)
    booked: defaultdict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))
    total: defaultdict[tuple[str, int], float] = field(default_factory=lambda: defaultdict(float))

    @property
    def counties(self) -> list[Unit]:
        """The units that are counties."""
        return [u for u in self.units if not u.is_department]

    @property
    def executors(self) -> list[Executor]:
        """The executors of all units."""
        return [x for u in self.units for x in u.executors]

    def point(self, world: World) -> str:
        """Return the model's point if a signal named it to the city, else the first domain so named."""
        if world.point in self.named or not self.named:
            return world.point
        return next(d for d in world.domains if d in self.named)

    def tau(self, d: str) -> float:
        """Return how far the signals cover a domain."""
        return 1.0 if d in self.named else self.wording

    def members(self, d: str) -> list[Department]:
        """Return the departments that belong to a domain."""
        return [m for m in self.departments if d in m.belongs]


@dataclass(eq=False)
class World:
    """Everything; `p` holds the parameters, after those that rescale others."""

    p: Parameters
    seed: int
    domains: list[str]
    point: str
    cities: list[City]
    communities: list[Community]
    intensity: list[float]
    citizens: Citizens = field(init=False)
    t: int = 0

    @property
    def units(self) -> list[Unit]:
        """The units of all cities."""
        return [u for c in self.cities for u in c.units]

    @property
    def counties(self) -> list[Unit]:
        """The counties of all cities."""
        return [u for c in self.cities for u in c.counties]

    @property
    def executors(self) -> list[Executor]:
        """The executors of all units."""
        return [x for u in self.units for x in u.executors]

    @property
    def places(self) -> list[Place]:
        """The places of all units."""
        return [place for u in self.units for place in u.places]

    def pilots(self, unit: Unit) -> int:
        """Return n0, the number of pilot sites that a domain of the unit gets."""
        return max(1, int(self.p["plan.pilot_share"] * len(unit.places) + 0.5))

    def fresh_co_operation(self, city: City, d: str) -> float:
        """Return K of a domain that becomes active between analyses."""
        return 1.0 - self.p["departments.conflict"] if city.members(d) else 1.0
