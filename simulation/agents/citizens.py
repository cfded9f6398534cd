"""Citizens as Mesa agents: each is a view on columns, made on demand, so that millions of citizens cost no objects."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from simulation.agents.columns import ColumnSet, RowAgent

COLUMNS = ("concern", "salience", "trust", "awareness", "threshold", "took_part", "community")
WRITABLE = ("concern", "salience", "trust", "awareness", "threshold", "took_part")


class Citizen(RowAgent):
    """One citizen: a view on a row of the columns, who decides whether to take part.

    Two views of one row compare equal. Attributes read and write the columns: ``concern`` (column of the domain),
    ``salience``, ``trust``, ``awareness`` in [0, 1], ``threshold``, ``took_part``; ``community`` is read only. Other
    attributes cannot be set, because no column would keep them.
    """

    __slots__ = ()
    noun: ClassVar[str] = "citizen"
    kept_as: ClassVar[str] = "citizens"

    @property
    def domain(self) -> str:
        """Key of the domain of concern."""
        return list(self.model.spec.domains)[self.concern]

    @property
    def contacts(self) -> list[Citizen]:
        """The other citizens whose participation the citizen sees."""
        return [self.model.citizens[i] for i in self.model.citizens.contacts_of(self.index)]


class CitizenSet(ColumnSet[Citizen]):
    """All citizens, or a selection: like a Mesa ``AgentSet``, over columns.

    ``len``, iteration, ``in``, ``[i]``, `get`, `set`, `select`, `groupby`, `agg`, `do`, `map`.
    """

    kind = Citizen
    columns = COLUMNS
    writable = WRITABLE

    @property
    def size(self) -> int:
        """Number of all citizens."""
        return len(self.model.population)

    @property
    def first_id(self) -> int:
        """Unique id of the first citizen; ids follow those of the institutions."""
        return self.model.agent_id_counter

    def column(self, name: str) -> NDArray[Any]:
        """Return a column of all citizens (a view where it is stored as such)."""
        population = self.model.population
        if name == "community":
            return population.home
        if name in COLUMNS:
            return np.asarray(getattr(population, name))
        raise self._unknown(name)

    def _write(self, name: str, rows: NDArray[np.int64], value: Any) -> None:
        population = self.model.population
        if name == "took_part":
            population.set_took_part(rows, value)
            return
        column = getattr(population, name)
        if len(column) == 0:
            raise AttributeError(f"this model keeps no column '{name}': its participation rule does not use it")
        column[rows] = value
        if name == "concern":
            population.count_concerned()

    def contacts_of(self, row: int) -> NDArray[np.int64]:
        """Return the row numbers of a citizen's contacts."""
        from simulation.citizens.network import contacts_of

        return contacts_of(self.model.population.contacts, int(self.model.population.home[row]), row)
