"""What every institutional agent shares: it is a view on one row of the model's arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulation.model import MomentumModel
    from simulation.world.state import State


class Row:
    """A named row of the state."""

    model: MomentumModel
    index: int
    name: str

    @property
    def state(self) -> State:
        """The model's arrays."""
        return self.model.state

    def label(self, lang: str = "en") -> str:
        """Return the name as people read it, in 'en' or 'zh'."""
        return self.model.hierarchy.label(self.name, lang)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"
