"""Factors: what an experiment varies, each a name and the distribution of its values."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulation.experiments.design.distributions import Choices, Distribution, Range, Value, whole_ends, wrong_step
from simulation.files.errors import InputError, nearest, told
from simulation.files.reading import bounded
from simulation.scenario.settings import from_week, part_of_change

if TYPE_CHECKING:
    from simulation.experiments.running.protocol import Task

RESERVED = ("point", "identity", "replicate", "seed", "status", "error", "seconds", "host", "week")
"""Names of the store's own columns; no factor and no metric may have one of them."""


@dataclass(frozen=True)
class Factor:
    """A parameter that an experiment varies.

    Parameters
    ----------
    name : str
        Dotted key of the parameter; ``KEY@80`` for its value from week 80 on, ``changes.1.week`` for the week of the
        first change of the scenario.
    drawn : Distribution
        Its values: ``Choices``, each value once, or a linear ``Range``.
    """

    name: str
    drawn: Distribution

    def at(self, unit: float) -> Value:
        """Return the value at ``unit`` in [0, 1]."""
        return self.drawn.at(unit)

    def ends(self) -> tuple[Value, ...]:
        """Return every value that a check has to look at."""
        return self.drawn.ends()

    def values(self) -> Sequence[Value]:
        """Return all values in order, where they can be counted."""
        if isinstance(self.drawn, Choices):
            return self.drawn.values
        return range(int(self.drawn.low), int(self.drawn.high) + 1, self.drawn.step or 1)

    def count(self) -> int | None:
        """Return the number of values; None for a range of numbers that are not whole."""
        if isinstance(self.drawn, Choices):
            return len(self.drawn.values)
        if not self.drawn.integer:
            return None
        return (int(self.drawn.high) - int(self.drawn.low)) // (self.drawn.step or 1) + 1

    def restore(self, stored: Any) -> Value:
        """Return a value read from a store as it was given: SQLite keeps True as 1."""
        if isinstance(self.drawn, Range):
            return int(stored) if self.drawn.integer else float(stored)
        if any(isinstance(value, bool) for value in self.drawn.values) and stored in (0, 1):
            return bool(stored)
        return stored

    def spec(self) -> list[Value] | dict[str, Value]:
        """Return the factor as it is written in a design file."""
        if isinstance(self.drawn, Choices):
            return list(self.drawn.values)
        written: dict[str, Value] = {"low": self.drawn.low, "high": self.drawn.high}
        if self.drawn.integer:
            written["integer"] = True
        if self.drawn.step is not None:
            written["step"] = self.drawn.step
        return written


def parse_factor(name: str, given: Any, file: str | Path | None = None) -> Factor:
    """Return the factor that a design file or a dict describes.

    Parameters
    ----------
    name : str
        Dotted key of the parameter.
    given : list, dict or Factor
        ``[1, 2, 3]``, ``{low = 0.2, high = 1.0}``, ``{low = 1, high = 8, integer = true}`` or, for even numbers alone,
        ``{low = 2, high = 8, integer = true, step = 2}``.
    file : str or Path, optional
        Named in errors.

    Raises
    ------
    InputError
        When it is neither a list nor a range, is empty, repeats a value, is not finite, or has low ≥ high.
    """
    allowed = told("error.factor.allowed")

    def refuse(problem: str) -> InputError:
        return InputError(problem, file=file, key=f"factors.{name}", given=given, allowed=allowed)

    if isinstance(given, Factor):
        return given
    given = bounded({name: given}, file=file)[name]
    if name.lower() in RESERVED:
        raise refuse(told("error.factor.column"))
    if isinstance(given, Mapping):
        return _parse_range(name, given, refuse)
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise refuse(told("error.factor.none"))
    if not given:
        raise refuse(told("error.factor.empty"))
    values = tuple(_plain(value) for value in given)
    if not all(isinstance(value, bool | int | float | str) for value in values):
        raise refuse(told("error.factor.kinds"))
    if not all(math.isfinite(value) for value in values if isinstance(value, float)):
        raise refuse(told("error.factor.finite"))
    if len({(isinstance(value, str), value) for value in values}) < len(values):
        raise refuse(told("error.factor.twice"))
    return Factor(name, Choices(values))


def _parse_range(name: str, given: Mapping[str, Any], refuse: Callable[[str], InputError]) -> Factor:
    unknown = set(given) - {"low", "high", "integer", "step"}
    if unknown:
        raise refuse(told("error.range.part", name=min(unknown)))
    low, high, integer = _plain(given.get("low")), _plain(given.get("high")), given.get("integer", False)
    numbers = all(isinstance(end, int | float) and not isinstance(end, bool) for end in (low, high))
    if not numbers or not isinstance(integer, bool):
        raise refuse(told("error.range.two"))
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise refuse(told("error.range.order"))
    if integer and not whole_ends(low, high):
        raise refuse(told("error.range.whole"))
    step = _plain(given.get("step"))
    wrong = None if "step" not in given else wrong_step(step, low, high, integer)
    if wrong:
        raise refuse(wrong)
    return Factor(name, Range(low, high, integer=integer, step=step))


def _plain(value: Any) -> Any:
    """Turn a numpy scalar into Python's own number, so that it is stored and compared as one."""
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 0) == 0 else value


def check_factors(factors: Sequence[Factor], task: Task, file: str | Path | None = None) -> None:
    """Check every factor's name and values against those that the task accepts, before anything runs.

    A task without the hooks ``names`` and ``check``, such as a plain function, is not checked.

    Raises
    ------
    InputError
        For an unknown name (with the nearest valid one) or a value the task refuses.
    """
    if hasattr(task, "names"):
        valid = set(task.names())
        for factor in factors:
            _check_name(factor.name, valid, file)
    if hasattr(task, "check"):
        for factor in factors:
            for value in factor.ends():
                _check_value(task, factor.name, value, file)


def _check_name(name: str, valid: Set[str], file: str | Path | None) -> None:
    """Raise InputError unless a factor is a parameter of the task, such a one from a week on, or a part of a change."""
    later, part = from_week(name), part_of_change(name)
    plain = name if later is None else later[0]
    if part is not None:
        # Which changes there are, and what parts they have, is known to the scenario: `Task.check` asks it.
        plain = part[1].removeprefix("set.")
        if plain == part[1]:
            return
    if plain in valid:
        return
    near = nearest(plain, valid)
    raise InputError(
        told("error.no_such_parameter"),
        file=file,
        key=f"factors.{name}",
        given=name,
        suggestion=None if near is None else name.replace(plain, near),
    )


def _check_value(task: Any, name: str, value: Value, file: str | Path | None) -> None:
    try:
        task.check(name, value)
    except InputError as error:
        raise InputError(
            error.problem,
            file=file or error.file,
            key=f"factors.{name}",
            given=value,
            allowed=error.allowed,
            suggestion=error.suggestion,
        ) from None
