"""Stand-ins for a network or thresholds that were given to a run, in a model loaded from its state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NoReturn

from simulation.files.errors import InputError, told


@dataclass(frozen=True)
class OnlySaved:
    """Stand-in for a network or thresholds that were given to a run of which only a state is left.

    A run from the first week that is to have them is refused.

    Parameters
    ----------
    name : {'network', 'thresholds'}
        The argument of `MomentumModel`.
    """

    name: str

    def _refuse(self) -> NoReturn:
        raise InputError(told("error.state.given"), key=self.name, allowed=told("error.state.given.allowed"))

    @property
    def nodes(self) -> NoReturn:
        """Raise InputError where a network is asked for its citizens."""
        self._refuse()

    def __array__(self, *_: Any, **__: Any) -> NoReturn:
        self._refuse()
