"""Citizens as Mesa agents: each is a view on columns, made on demand, so that millions of citizens cost no objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import mesa
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simulation.model import MomentumModel

COLUMNS = ("concern", "salience", "trust", "awareness", "threshold", "took_part", "community")
WRITABLE = ("concern", "salience", "trust", "awareness", "threshold", "took_part")


class Citizen(mesa.Agent):
    """One citizen: a view on a row of the columns, who decides whether to take part.

    Two views of one row compare equal. Attributes read and write the columns: ``concern`` (column of the domain),
    ``salience``, ``trust``, ``awareness`` in [0, 1], ``threshold``, ``took_part``; ``community`` is read only. Other
    attributes cannot be set, because no column would keep them.
    """

    __slots__ = ("index",)

    def __init__(self, model: MomentumModel, index: int) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "index", int(index))
        object.__setattr__(self, "pos", None)
        object.__setattr__(self, "unique_id", model.citizens.first_id + int(index))

    def __getattr__(self, name: str) -> Any:
        if name in COLUMNS:
            return self.model.citizens.column(name)[self.index].item()
        raise AttributeError(f"a citizen has no attribute '{name}'; columns are {', '.join(COLUMNS)}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in WRITABLE:
            raise AttributeError(f"cannot set '{name}' on a citizen; columns are {', '.join(WRITABLE)}")
        self.model.citizens.set(name, value, [self.index])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Citizen) and other.model is self.model and other.index == self.index

    def __hash__(self) -> int:
        return hash((id(self.model), self.index))

    def __repr__(self) -> str:
        return f"Citizen({self.index})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Citizen, (self.model, self.index))

    @property
    def domain(self) -> str:
        """Key of the domain of concern."""
        return list(self.model.spec.domains)[self.concern]

    @property
    def contacts(self) -> list[Citizen]:
        """The other citizens whose participation the citizen sees."""
        return [self.model.citizens[i] for i in self.model.citizens.contacts_of(self.index)]

    def remove(self) -> None:
        """Raise: citizens neither die nor move in this model."""
        raise TypeError("citizens cannot be removed: the model keeps one row for each")


class CitizenSet:
    """All citizens, or a selection: like a Mesa ``AgentSet``, over columns.

    ``len``, iteration, ``in``, ``[i]``, `get`, `set`, `select`, `groupby`, `agg`, `do`, `map`.
    """

    def __init__(self, model: MomentumModel, rows: NDArray[np.int64] | None = None) -> None:
        self.model = model
        self._rows = rows

    @property
    def first_id(self) -> int:
        """Unique id of the first citizen; ids follow those of the institutions."""
        return self.model.agent_id_counter

    @property
    def rows(self) -> NDArray[np.int64]:
        """Row numbers of the citizens in the set."""
        return np.arange(len(self.model.population)) if self._rows is None else self._rows

    def __len__(self) -> int:
        return len(self.model.population) if self._rows is None else len(self._rows)

    def __iter__(self) -> Iterator[Citizen]:
        return (Citizen(self.model, row) for row in self.rows)

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, Citizen) or agent.model is not self.model:
            return False
        return self._rows is None or bool((self._rows == agent.index).any())

    def __getitem__(self, item: int | slice) -> Any:
        if isinstance(item, slice):
            return [Citizen(self.model, row) for row in self.rows[item]]
        if not -len(self) <= item < len(self):
            raise IndexError(f"citizen {item} of {len(self)}")
        return Citizen(self.model, self.rows[item])

    def column(self, name: str) -> NDArray[Any]:
        """Return a column of all citizens (a view where it is stored as such)."""
        population = self.model.population
        if name == "community":
            return population.home
        if name in COLUMNS:
            return np.asarray(getattr(population, name))
        raise AttributeError(f"no column '{name}'; columns are {', '.join(COLUMNS)}")

    def get(self, names: str | list[str]) -> Any:
        """Return a column of the set as an array, or several as an array of shape (citizens, columns)."""
        if isinstance(names, str):
            column = self.column(names)
            return column.copy() if self._rows is None else column[self._rows]
        return np.stack([self.get(name) for name in names], axis=1)

    def set(self, name: str, value: Any, rows: Any = None) -> CitizenSet:
        """Write a column of the set: one value for all, or one value per citizen. Returns the set."""
        if name not in WRITABLE:
            raise AttributeError(f"cannot set '{name}'; columns are {', '.join(WRITABLE)}")
        where = self.rows if rows is None else np.asarray(rows)
        population = self.model.population
        if name == "took_part":
            population.set_took_part(where, value)
        else:
            column = getattr(population, name)
            if len(column) == 0:
                raise AttributeError(f"this model keeps no column '{name}': its participation rule does not use it")
            column[where] = value
            if name == "concern":
                population.count_concerned()
        return self

    def select(
        self,
        keep: NDArray[np.bool_] | Callable[[Citizen], bool] | None = None,
        at_most: float = float("inf"),
    ) -> CitizenSet:
        """Return the citizens for whom ``keep`` (a mask, or a function of a citizen) holds, at most so many."""
        rows = self.rows
        if callable(keep):
            rows = rows[np.fromiter((bool(keep(Citizen(self.model, row))) for row in rows), np.bool_, len(rows))]
        elif keep is not None:
            rows = rows[np.asarray(keep, dtype=np.bool_)]
        if at_most <= 1.0 and isinstance(at_most, float):
            at_most = int(at_most * len(self))
        return CitizenSet(self.model, rows if at_most == float("inf") else rows[: int(at_most)])

    def groupby(self, by: str | Callable[[Citizen], Any]) -> dict[Any, CitizenSet]:
        """Return the set split by a column or a function of a citizen: value to `CitizenSet`."""
        values = self.get(by) if isinstance(by, str) else np.array([by(citizen) for citizen in self])
        rows = self.rows
        return {value.item(): CitizenSet(self.model, rows[values == value]) for value in np.unique(values)}

    def agg(self, name: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> Any:
        """Return ``func`` of a column (or several functions' values)."""
        values = self.get(name)
        return func(values) if callable(func) else [each(values) for each in func]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> CitizenSet:
        """Call a method (or function) of each citizen, in order. Returns the set."""
        self.map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a method (or function) of each citizen gives, in order."""
        if isinstance(method, str):
            return [getattr(citizen, method)(*args, **kwargs) for citizen in self]
        return [method(citizen, *args, **kwargs) for citizen in self]

    def contacts_of(self, row: int) -> NDArray[np.int64]:
        """Return the row numbers of a citizen's contacts."""
        from simulation.citizens.network import contacts_of

        return contacts_of(self.model.population.contacts, int(self.model.population.home[row]), row)

    def remove(self, agent: Any = None) -> None:
        """Raise: citizens neither die nor move in this model."""
        raise TypeError("citizens cannot be removed: the model keeps one row for each")

    def __repr__(self) -> str:
        return f"<CitizenSet of {len(self)}>"
