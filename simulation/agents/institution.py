"""The base of every institutional agent: a view on one row of the model's arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

import mesa

if TYPE_CHECKING:
    from simulation.model import MomentumModel
    from simulation.scenario import Scenario
    from simulation.world.parameters import Parameters
    from simulation.world.state import State


class Institution(mesa.Agent):
    """A named row of the state; the model makes one agent per name.

    Attributes
    ----------
    tier : str
        Under this name the hierarchy lists the names and the model keeps the agents (``model.cities``).
    index, name : int, str
        The agent's row and name.
    """

    tier: ClassVar[str] = ""
    model: MomentumModel

    def __init__(self, model: MomentumModel, index: int) -> None:
        super().__init__(model)
        self.index = index
        self.name = type(self).names(model)[index]

    @classmethod
    def names(cls, model: MomentumModel) -> Sequence[str]:
        """Return the names of all agents of the kind; by default those of its tier in the hierarchy."""
        found: Sequence[str] = getattr(model.hierarchy, cls.tier)
        return found

    @property
    def state(self) -> State:
        """The model's arrays."""
        return self.model.state

    @property
    def parameter_row(self) -> int:
        """Row of the parameters in force for it; 0 where nothing else is said."""
        return 0

    @property
    def parameters(self) -> Parameters:
        """The numbers in force for it now, as compiled rules read them."""
        return cast("Parameters", self.model.numbers[self.parameter_row])

    @property
    def spec(self) -> Scenario:
        """The scenario as changes have it for this place now: for decisions that are not compiled."""
        return self.model.held.specs[self.parameter_row]

    def label(self, lang: str = "en") -> str:
        """Return the name as people read it, in 'en' or 'zh'."""
        return self.model.hierarchy.label(self.name, lang)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"
