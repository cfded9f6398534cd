"""The choice of one browser tab: enough to see the same again, and the content of its share link."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: Compare with the scenario as it is shipped, without the changes made on the page.
UNCHANGED = "unchanged"
LARGEST_SEED = 2**53 - 1
#: Before the number of a kept future, where it is compared.
KEPT = "future:"

#: Week to the values that are set in it, by dotted key. Never changed in place.
type Later = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Future:
    """A kept future (未来走向): what makes it, from which it is computed again when it is shown.

    Attributes
    ----------
    number : int
        1 to `simulation.app.futures.MOST`; each of a tab's futures has its own.
    name : str
        Given by the user; empty for the default one.
    scenario : str
        Name in the library.
    changes : dict
        Dotted key to value, from the first week.
    later : dict
        Week to dotted key to value, from that week on.
    """

    number: int
    name: str
    scenario: str
    changes: dict[str, Any]
    later: Later

    @property
    def id(self) -> str:
        """Its name among what can be compared."""
        return f"{KEPT}{self.number}"


@dataclass
class Choice:
    """The content of a share link: enough to see the same again.

    Attributes
    ----------
    scenario : str
        Name in the library.
    changes : dict
        Dotted key to value, on top of the scenario, from the first week. Never changed in place.
    seed, week : int
        Seed, and number of weeks that have been run.
    compare : str
        Empty, `UNCHANGED`, the name of a second scenario, or the ``id`` of a kept future.
    lang : str
        ``en`` or ``zh``.
    later : dict
        Week to dotted key to value, on top of ``changes``, from that week on.
    futures : tuple of Future
        The futures kept.
    """

    scenario: str = "zhaoqing"
    changes: dict[str, Any] = field(default_factory=dict)
    seed: int = 0
    week: int = 0
    compare: str = ""
    lang: str = "en"
    later: Later = field(default_factory=dict)
    futures: tuple[Future, ...] = ()

    @property
    def compared(self) -> Future | None:
        """The kept future that is compared; None for anything else."""
        return next((future for future in self.futures if future.id == self.compare), None)

    @property
    def changed(self) -> int:
        """Number of values that differ from the scenario, from the first or from a later week."""
        return len(self.changes) + sum(len(values) for values in self.later.values())
