"""The task: whatever an experiment runs many times. Its form is stated here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

type Metrics = Mapping[str, float | None]
"""Name of a metric to its number in one run; None or NaN where it is undefined."""
type Series = Mapping[str, Sequence[float]]
"""Name of a weekly series to its numbers in one run, one number per week."""
type Results = Metrics | tuple[Metrics, Series]
"""The metrics of a run; beside them its weekly series, if it has any."""


class Task(Protocol):
    """Anything that can be called with parameters and a seed: a plain function is a task.

    A task may offer the hooks of ``Hooks`` too. Each hook stands alone: one that is missing is done without.
    """

    def __call__(self, parameters: dict[str, Any], seed: int, /) -> Results:
        """Run once; equal parameters and seeds give equal numbers.

        Parameters
        ----------
        parameters : dict
            Name of a factor to its value in this run.
        seed : int
            Seed of the run, in [0, 2**53).

        Returns
        -------
        Results
            Metrics, or metrics and weekly series.
        """
        ...


class Hooks(Protocol):
    """The hooks that a task may offer beside the call."""

    @property
    def identity(self) -> Mapping[str, Any]:
        """Plain data that says what the task is: a store goes on only with the same."""
        ...

    def warm_up(self) -> None:
        """Do what the first run would otherwise spend its time on."""
        ...

    def names(self) -> Iterable[str]:
        """Return the names that a factor may have."""
        ...

    def check(self, key: str, value: Any) -> None:
        """Raise InputError unless the task accepts ``value`` for ``key``."""
        ...

    def check_point(self, values: Mapping[str, Any]) -> None:
        """Raise InputError unless the task accepts these values together; quick, because every point is checked."""
        ...


def warm_up(task: Task) -> None:
    """Let a task do the work that would slow its first run down, if the task offers this."""
    prepare = getattr(task, "warm_up", None)
    if prepare is not None:
        prepare()


def identify(task: Task) -> dict[str, Any]:
    """Return plain data that describes a task; for a function its module and name."""
    described = getattr(task, "identity", None)
    if described is not None:
        return dict(described)
    name = getattr(task, "__qualname__", type(task).__qualname__)
    return {"task": f"{getattr(task, '__module__', '')}.{name}"}


class Around:
    """A task around another one: it warms up with it and is known by it, unless it says more.

    Parameters
    ----------
    task : Task
        The task inside.
    """

    def __init__(self, task: Task) -> None:
        self.task = task

    def warm_up(self) -> None:
        """Warm up the task inside."""
        warm_up(self.task)

    @property
    def identity(self) -> dict[str, Any]:
        """The identity of the task inside."""
        return identify(self.task)
