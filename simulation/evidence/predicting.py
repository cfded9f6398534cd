"""Predicting facts held out: the runs of a world, and a world's value of each fact from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.beginnings import BEGINNINGS, Beginnings
from simulation.evidence.holdouts import HoldoutForm, HoldoutsFile, all_holdouts
from simulation.evidence.measuring import Setting
from simulation.experiments.design.design_file import flatten
from simulation.experiments.running.task import warm_model

type Array = NDArray[np.float64]

LEAST_DEFINED = 0.5
"""Share of a world's runs in which a quantity must be defined to have a value there."""


class Predicting:
    """A task: run each setting once under the run's seed, and return what facts held out are predicted from.

    Parameters
    ----------
    asked : HoldoutsFile, optional
        The facts; the shipped file by default.
    values : mapping, optional
        Parameters set in every setting: fewer citizens or weeks, for a trial.
    """

    def __init__(self, asked: HoldoutsFile | None = None, values: Mapping[str, Any] | None = None) -> None:
        self.asked = asked or all_holdouts()
        more = dict(values or {})
        self.settings = {
            name: Setting(name, form.scenario, flatten(form.values) | more)
            for name, form in self.asked.settings.items()
        }
        self.places = self.asked.known_places

    def __call__(self, parameters: Mapping[str, Any], seed: int) -> dict[str, float]:
        """Return fact and part (``KEY``, ``KEY weight``, ``KEY square``) → value; NaN where undefined."""
        from simulation.model import MomentumModel

        values: dict[str, float] = {}
        for name, setting in self.settings.items():
            model = MomentumModel(spec=setting.scenario(parameters, seed), rng=seed)
            model.compute(model.spec.weeks)
            begun = Beginnings.of(model, self.places)
            for key, one in self.asked.holdouts.items():
                if one.setting == name:
                    for part, expression in one.expressions.items():
                        known = {quantity: BEGINNINGS[quantity](begun) for quantity in expression.names}
                        values[column(key, part)] = expression.value(known)
        return values

    @property
    def columns(self) -> list[str]:
        """Names of all that a run returns."""
        return [column(key, part) for key, one in self.asked.holdouts.items() for part in one.expressions]

    def warm_up(self) -> None:
        """Import and compile the model."""
        warm_model()

    @property
    def identity(self) -> dict[str, Any]:
        """The settings and the question; a store continues only with the same ones."""
        where = {f"settings.{name}": setting.identity for name, setting in self.settings.items()}
        return where | {"question": self.asked.question}


def column(key: str, part: str) -> str:
    """Return the name of a part of a fact's prediction among a run's results."""
    return key if part == "value" else f"{key} {part}"


def pooled(values: Iterable[float], weights: Iterable[float], squares: Iterable[float] | None = None) -> float:
    """Return a world's value from those of its runs; NaN unless it is defined in half of them.

    Parameters
    ----------
    values, weights : iterable of float
        Each run's mean of something, and of how many: the value is their weighted mean.
    squares : iterable of float, optional
        Each run's mean of its square: the value is then the share of its variance that lies between runs, η², less the
        share that chance gives, (runs − 1)/(number − 1), ÷ (1 − that share).
    """
    mean, weight = np.asarray(list(values), np.float64), np.asarray(list(weights), np.float64)
    square = None if squares is None else np.asarray(list(squares), np.float64)
    defined = np.isfinite(mean) & (weight > 0) & (True if square is None else np.isfinite(square))
    if not len(mean) or defined.sum() < LEAST_DEFINED * len(mean):
        return float("nan")
    mean, weight = mean[defined], weight[defined]
    number = weight.sum()
    centre = float((weight * mean).sum() / number)
    if square is None:
        return centre
    whole = float((weight * square[defined]).sum() - number * centre**2)
    # Rounding leaves something of a variance that is none.
    if whole <= 1e-9 * number * max(1.0, centre**2) or number <= len(mean):
        return float("nan")
    chance = (len(mean) - 1) / (number - 1)
    between = float((weight * (mean - centre) ** 2).sum()) / whole
    return (between - chance) / (1 - chance)


def value_and_error(runs: Mapping[str, Sequence[float]], key: str, one: HoldoutForm) -> tuple[float, float]:
    """Return a fact's value in one world and its standard error, by leaving out each run in turn.

    Parameters
    ----------
    runs : mapping of str to sequence of float
        A column of results to one value per run.
    key : str
        Of the fact.
    one : HoldoutForm
        The fact.
    """
    parts = {part: np.asarray(runs[column(key, part)], np.float64) for part in one.expressions}
    values = parts["value"]
    weights = parts.get("weight", np.ones_like(values))
    squares = parts.get("square")
    left_out = np.array(
        [
            pooled(*(np.delete(part, place) for part in (values, weights, *([] if squares is None else [squares]))))
            for place in range(len(values))
        ]
    )
    number = len(values)
    whole = pooled(values, weights, squares)
    if number < 2 or not np.isfinite(left_out).all():
        return whole, float("nan")
    return whole, float(np.sqrt((number - 1) / number * ((left_out - left_out.mean()) ** 2).sum()))
