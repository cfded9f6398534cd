"""The base of every institutional agent: a view on one row of the model's arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

import mesa

if TYPE_CHECKING:
    from simulation.model import MomentumModel
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

    def label(self, lang: str = "en") -> str:
        """Return the name as people read it, in 'en' or 'zh'."""
        return self.model.hierarchy.label(self.name, lang)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"
