"""The scene: everything that a view is given to draw."""

from __future__ import annotations

from dataclasses import dataclass

from simulation.app.branch_points import BranchPoint, branch_points
from simulation.app.spread import Spread
from simulation.app.track import Track
from simulation.model import MomentumModel
from simulation.text import say
from simulation.world.executors import TOWN


@dataclass(frozen=True)
class Scene:
    """One or two runs, and how they are shown.

    Attributes
    ----------
    track, other : Track, Track or None
        The run, and the one it is compared with.
    names : tuple of str
        How the two are called.
    lang : str
        ``en`` or ``zh``.
    city : int
        Index of the city that is drawn.
    picked : str
        ``unit:3``, ``community:7``, ``town:2``, ``department:1``, ``group:0`` or empty.
    narrow : bool
        Draw for a phone.
    off : dict of str to float
        Change of effectiveness when a mechanism is switched off, by ledger account or mechanism, where it is known.
    fans : tuple of Spread or None
        The two runs under other seeds, where they are known and asked for.
    """

    track: Track
    other: Track | None = None
    names: tuple[str, str] = ("A", "B")
    lang: str = "en"
    city: int = 0
    picked: str = ""
    narrow: bool = False
    off: dict[str, float] | None = None
    fans: tuple[Spread | None, Spread | None] = (None, None)

    @property
    def model(self) -> MomentumModel:
        """The model of the run."""
        return self.track.model

    @property
    def chosen_city(self) -> int:
        """The city drawn, kept to those that the model has."""
        return min(self.city, len(self.model.hierarchy.cities) - 1)

    def points(self) -> tuple[BranchPoint, ...]:
        """Return the branch points of the run."""
        return branch_points(self.track, self.lang)

    def units(self) -> range:
        """Return the indices of the city's units."""
        first, last = self.model.ground.city_unit[self.chosen_city : self.chosen_city + 2]
        return range(int(first), int(last))

    def towns(self, unit: int) -> list[int]:
        """Return the executors of a unit that works through towns; none for one that works through its own staff."""
        g = self.model.world
        first, last = g.unit_executor[unit : unit + 2]
        return list(range(int(first), int(last))) if (g.executor_tier[first:last] == TOWN).any() else []

    def place(self, name: str) -> str:
        """Return a place's name as people read it."""
        return self.model.hierarchy.label(name, self.lang)

    def domain(self, index: int) -> str:
        """Return a domain's label."""
        key, entry = list(self.model.spec.domains.items())[index]
        return entry.label(self.lang) or key

    def say(self, key: str, **values: object) -> str:
        """Return a label of the page."""
        return say(f"app.{key}", self.lang, **values)

    def word(self, key: str) -> str:
        """Return a label that the whole program shares: stages, modes, accounts."""
        return say(key, self.lang)
