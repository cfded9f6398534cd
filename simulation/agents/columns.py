"""Agents without objects of their own: a set over columns, whose members are views made on demand."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self

import mesa
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from simulation.model import MomentumModel


class RowAgent(mesa.Agent):
    """A view on one row of the columns of a `ColumnSet`. Two views of one row compare equal.

    Columns are read and written as attributes. Other attributes cannot be set, because no column would keep them.
    """

    __slots__ = ("index",)

    #: What one of them is called, in messages.
    noun: ClassVar[str] = "agent"
    #: Name under which the model keeps the set of all of them.
    kept_as: ClassVar[str]

    def __init__(self, model: MomentumModel, index: int) -> None:
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "index", int(index))
        object.__setattr__(self, "pos", None)
        object.__setattr__(self, "unique_id", self.everybody.first_id + int(index))

    @property
    def everybody(self) -> ColumnSet[Any]:
        """The set of all agents of the kind."""
        found: ColumnSet[Any] = getattr(self.model, self.kept_as)
        return found

    def __getattr__(self, name: str) -> Any:
        columns = self.everybody.columns
        if name in columns:
            return self.everybody.column(name)[self.index].item()
        raise AttributeError(f"a {self.noun} has no attribute '{name}'; columns are {', '.join(columns)}")

    def __setattr__(self, name: str, value: Any) -> None:
        writable = self.everybody.writable
        if name not in writable:
            raise AttributeError(f"cannot set '{name}' on a {self.noun}; columns are {', '.join(writable)}")
        self.everybody.set(name, value, [self.index])

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.model is self.model and other.index == self.index

    def __hash__(self) -> int:
        return hash((type(self), id(self.model), self.index))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.index})"

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.model, self.index))

    def remove(self) -> None:
        """Raise: there is one row for each, and rows neither appear nor vanish."""
        raise TypeError(f"a {self.noun} cannot be removed: the model keeps one row for each")


class ColumnSet[Row: RowAgent](ABC):
    """All agents of a kind, or a selection: like a Mesa ``AgentSet``, over columns.

    ``len``, iteration, ``in``, ``[i]``, `get`, `set`, `select`, `groupby`, `agg`, `do`, `map`.
    """

    kind: ClassVar[type[RowAgent]]
    columns: ClassVar[tuple[str, ...]]
    writable: ClassVar[tuple[str, ...]]

    def __init__(self, model: MomentumModel, rows: NDArray[np.int64] | None = None) -> None:
        self.model = model
        self._rows = rows

    @property
    @abstractmethod
    def size(self) -> int:
        """Number of all agents of the kind."""

    @property
    @abstractmethod
    def first_id(self) -> int:
        """Unique id of the first of them; ids follow those of the institutions."""

    @abstractmethod
    def column(self, name: str) -> NDArray[Any]:
        """Return a column of all agents of the kind (a view where it is stored as such)."""

    @abstractmethod
    def _write(self, name: str, rows: NDArray[np.int64], value: Any) -> None:
        """Write a writable column in some rows."""

    def _unknown(self, name: str) -> AttributeError:
        return AttributeError(f"no column '{name}'; columns are {', '.join(self.columns)}")

    @property
    def rows(self) -> NDArray[np.int64]:
        """Row numbers of those in the set."""
        return np.arange(self.size) if self._rows is None else self._rows

    def _of(self, rows: NDArray[np.int64]) -> Self:
        return type(self)(self.model, rows)

    def _view(self, row: int) -> Row:
        return self.kind(self.model, row)

    def __len__(self) -> int:
        return self.size if self._rows is None else len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        return (self._view(row) for row in self.rows)

    def __contains__(self, agent: object) -> bool:
        if not isinstance(agent, self.kind) or agent.model is not self.model:
            return False
        return self._rows is None or bool((self._rows == agent.index).any())

    def __getitem__(self, item: int | slice) -> Any:
        if isinstance(item, slice):
            return [self._view(row) for row in self.rows[item]]
        if not -len(self) <= item < len(self):
            raise IndexError(f"{self.kind.noun} {item} of {len(self)}")
        return self._view(self.rows[item])

    def get(self, names: str | list[str]) -> Any:
        """Return a column of the set as an array, or several as an array of shape (agents, columns)."""
        if isinstance(names, str):
            column = self.column(names)
            return column.copy() if self._rows is None else column[self._rows]
        return np.stack([self.get(name) for name in names], axis=1)

    def set(self, name: str, value: Any, rows: Any = None) -> Self:
        """Write a column of the set: one value for all, or one value per agent. Returns the set."""
        if name not in self.writable:
            raise AttributeError(f"cannot set '{name}'; columns are {', '.join(self.writable)}")
        self._write(name, self.rows if rows is None else np.asarray(rows), value)
        return self

    def select(
        self, keep: NDArray[np.bool_] | Callable[[Row], bool] | None = None, at_most: float = float("inf")
    ) -> Self:
        """Return those for whom ``keep`` (a mask, or a function of an agent) holds, at most so many."""
        rows = self.rows
        if callable(keep):
            rows = rows[np.fromiter((bool(keep(self._view(row))) for row in rows), np.bool_, len(rows))]
        elif keep is not None:
            rows = rows[np.asarray(keep, dtype=np.bool_)]
        if at_most <= 1.0 and isinstance(at_most, float):
            at_most = int(at_most * len(self))
        return self._of(rows if at_most == float("inf") else rows[: int(at_most)])

    def groupby(self, by: str | Callable[[Row], Any]) -> dict[Any, Self]:
        """Return the set split by a column or a function of an agent: value to set."""
        values = self.get(by) if isinstance(by, str) else np.array([by(agent) for agent in self])
        rows = self.rows
        return {value.item(): self._of(rows[values == value]) for value in np.unique(values)}

    def agg(self, name: str, func: Callable[[Any], Any] | Iterable[Callable[[Any], Any]]) -> Any:
        """Return ``func`` of a column (or several functions' values)."""
        values = self.get(name)
        return func(values) if callable(func) else [each(values) for each in func]

    def do(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> Self:
        """Call a method (or function) of each agent, in order. Returns the set."""
        self.map(method, *args, **kwargs)
        return self

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> list[Any]:
        """Return what a method (or function) of each agent gives, in order."""
        if isinstance(method, str):
            return [getattr(agent, method)(*args, **kwargs) for agent in self]
        return [method(agent, *args, **kwargs) for agent in self]

    def remove(self, agent: Any = None) -> None:
        """Raise: there is one row for each, and rows neither appear nor vanish."""
        raise TypeError(f"a {self.kind.noun} cannot be removed: the model keeps one row for each")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)}>"
