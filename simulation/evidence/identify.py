"""Identification: parameters and products of parameters that the findings pin down; findings that conflict."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulation.evidence.abc import Posterior
from simulation.experiments.design.distributions import Range
from simulation.experiments.statistics import quantile

type Array = NDArray[np.float64]

PINNED = 0.5
"""Posterior ÷ prior variance below which a parameter or product counts as pinned down."""
_GRID = 2001
_NULL = 1000
_CRITICAL = 2.33
"""One-sided 1 % point of the normal distribution."""
_SHOWN = 0.2
"""Exponents of a product below this share of the largest are not written out."""


def parameter_table(posterior: Posterior, priors: Mapping[str, Range]) -> list[dict[str, Any]]:
    """Return one row per parameter: prior range, posterior median and 90 % interval, variance ratio, verdict.

    The ratio is of variances on the prior's own scale, where the prior is uniform: 1 when the findings say nothing,
    near 0 when they fix the parameter. ``pinned`` below .5; ``narrowed`` below what sampling alone would give once in a
    hundred times; else ``free``.
    """
    rows: list[dict[str, Any]] = []
    for place, (name, prior) in enumerate(priors.items()):
        u, w = posterior.unit[:, place], posterior.weights
        mean = float(w @ u)
        ratio = float(w @ (u - mean) ** 2) * 12
        # The sample variance of n uniform numbers has a standard error of √(.8/n) of itself.
        noise = 1 - _CRITICAL * math.sqrt(0.8 / posterior.effective_size)
        verdict = "pinned" if ratio < min(PINNED, noise) else "narrowed" if ratio < noise else "free"
        low, middle, high = (float(prior.at(quantile(u, w, order))) for order in (0.05, 0.5, 0.95))
        rows.append(
            {"parameter": name, "prior_low": prior.low, "prior_high": prior.high, "median": middle, "low": low,
             "high": high, "variance_ratio": ratio, "verdict": verdict}
        )  # fmt: skip
    return rows


def coordinates(posterior: Posterior, priors: Mapping[str, Range]) -> Array:
    """Return the vectors in logarithms (as they are where a prior reaches 0), in prior standard deviations."""
    return np.array([standardised(prior, posterior.unit[:, place]) for place, prior in enumerate(priors.values())]).T


def standardised(prior: Range, unit: Array) -> Array:
    """Return quantiles of a prior in logarithms (as they are where it reaches 0), in its standard deviations."""
    known = _transformed(prior, (np.arange(_GRID) + 0.5) / _GRID)
    return np.asarray((_transformed(prior, unit) - known.mean()) / known.std(), dtype=np.float64)


def _transformed(prior: Range, unit: Array) -> Array:
    values = np.array([float(prior.at(float(u))) for u in unit])
    return np.log(values) if prior.low > 0 else values


def product_table(posterior: Posterior, priors: Mapping[str, Range]) -> list[dict[str, Any]]:
    """Return the principal directions of the posterior in log-parameters, the stiffest first.

    A direction Σ cᵢ·ln θᵢ that hardly varies means that the findings fix the product Π θᵢ^cᵢ. ``variance_ratio`` is
    its posterior variance in units of the prior's; ``verdict`` is ``pinned`` when that lies below .5 and below what a
    sample of this size from the prior would show once in a hundred times (``smallest_by_chance``), else ``free``.
    """
    names = list(priors)
    z = coordinates(posterior, priors)
    w = posterior.weights
    centred = z - w @ z
    values, vectors = np.linalg.eigh(centred.T @ (centred * w[:, None]))
    # With fewer vectors than parameters some variances are 0, and come out of the decomposition just below it.
    values = np.maximum(values, 0.0)
    chance = smallest_by_chance(len(names), posterior.effective_size)
    rows = []
    for value, vector in zip(values, vectors.T, strict=True):
        signed = vector * np.sign(vector[np.argmax(np.abs(vector))])
        rows.append(
            {"product": product(names, signed, priors), "variance_ratio": float(value),
             "verdict": "pinned" if value < min(PINNED, chance) else "free",
             **{name: float(c) for name, c in zip(names, signed, strict=True)}}
        )  # fmt: skip
    return rows


def smallest_by_chance(parameters: int, size: float) -> float:
    """Return the 1 % quantile of the smallest eigenvalue of the covariance of so many independent unit normal vectors.

    Some direction of any sample varies less than the others: with as many parameters as a tenth of the vectors the
    smallest eigenvalue is about .5 although nothing is known.
    """
    number = int(size)
    if number <= parameters + 1:
        return 0.0
    rng = np.random.default_rng([parameters, number])
    sample = rng.standard_normal((_NULL, number, parameters))
    sample -= sample.mean(axis=1, keepdims=True)
    smallest = np.linalg.eigvalsh(np.swapaxes(sample, 1, 2) @ sample / number)[:, 0]
    return float(np.quantile(smallest, 0.01))


def product(names: Sequence[str], direction: Array, priors: Mapping[str, Range]) -> str:
    """Return a direction as a product of powers; exponents are in prior standard deviations."""
    largest = float(np.abs(direction).max())
    order = np.argsort(-np.abs(direction), kind="stable")
    parts = []
    for place in order:
        exponent = float(direction[place])
        if abs(exponent) < _SHOWN * largest:
            continue
        name = names[place]
        parts.append(f"{name}^{exponent:+.2f}" if priors[name].low > 0 else f"exp({exponent:+.2f}·{name})")
    return " · ".join(parts)


def conflict_table(names: Sequence[str], distances: Array) -> list[dict[str, Any]]:
    """Return one row per pair of targets that no vector meets together, and per target that no vector meets.

    Parameters
    ----------
    names : sequence of str
        Targets.
    distances : array, shape (vectors, targets)
        Distance of every vector tried from each target's range, in tolerances.

    Returns
    -------
    list of dict
        ``first``, ``second`` (empty for a target that no vector meets), ``nearest``: the smallest distance reached, of
        the worse of the two.
    """
    rows: list[dict[str, Any]] = []
    best = distances.min(axis=0)
    for place, name in enumerate(names):
        if best[place] > 1:
            rows.append({"first": name, "second": "", "nearest": float(best[place])})
    for first, second in itertools.combinations(range(len(names)), 2):
        joint = float(np.maximum(distances[:, first], distances[:, second]).min())
        if joint > 1 and best[first] <= 1 and best[second] <= 1:
            rows.append({"first": names[first], "second": names[second], "nearest": joint})
    return rows
