"""An emulator: what a finding would measure under a vector that was not run, and how little that is known."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from simulation.files.errors import InputError, told
from simulation.files.extras import require_extra

type Array = NDArray[np.float64]

FEWEST = 20
"""Vectors below which nothing is emulated."""
_FOR_SCALES = 800
"""Vectors that the kernel is fitted on: the time grows with the third power of their number."""
_AT_ONCE = 20_000
_LEAST_NOISE = 1e-10
"""Keeps a covariance matrix positive definite where noise is given as nothing."""
_ROUGH = 0.2
"""Length over which what strays from a smooth function is alike: well below the distance between vectors drawn."""
_LEAST_WEIGHT = 0.1
"""Weight of a parameter without a linear effect, beside 1 for the one with the largest: it may still interact."""


class Emulator:
    """A Gaussian process over the unit cube: a linear trend, bends and interactions, and noise, the same everywhere.

    Bends are looked for along the parameters that have a linear effect: one length scale per parameter would take
    more vectors than are run, and most parameters move a finding hardly at all.

    Parameters
    ----------
    unit : array, shape (n, k)
        Vectors of the unit cube that were run, at least ``FEWEST`` with a value.
    values : array, shape (n,)
        A finding's mean under each; vectors without a value (NaN) are left out.
    seed : int
        Chooses the vectors that the kernel is fitted on.
    variances : array, shape (n,), optional
        Monte Carlo variance of each value. By default noise is taken to be the same everywhere, and is estimated. With
        them the finding itself may stray from a smooth function: runs of a vector tell how far it does there, and
        nearly nothing of others.

    Raises
    ------
    InputError
        When scikit-learn is not installed.
    InputError
        When fewer than ``FEWEST`` vectors have a value.
    """

    def __init__(self, unit: Array, values: Array, seed: int = 0, variances: Array | None = None) -> None:
        require_extra("worlds", told("worlds.emulator"))
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.gaussian_process import GaussianProcessRegressor
        from sklearn.gaussian_process.kernels import RBF, ConstantKernel, DotProduct, WhiteKernel
        from sklearn.linear_model import RidgeCV

        known = np.isfinite(values)
        if known.sum() < FEWEST:
            raise InputError(told("error.worlds.few_values", number=int(known.sum()), least=FEWEST))
        unit, values = unit[known], values[known]
        slopes = np.abs(RidgeCV(np.logspace(-3, 3, 13)).fit(unit, values).coef_)
        self.weights = np.maximum(slopes / (slopes.max() or 1.0), _LEAST_WEIGHT)
        self.centre, self.scale = float(values.mean()), float(values.std()) or 1.0
        scaled, inputs = (values - self.centre) / self.scale, self._inputs(unit)
        wide = (1e-5, 1e5)
        line = ConstantKernel(0.1, wide) * DotProduct(1.0, wide)
        bend = ConstantKernel(0.3, wide) * RBF(1.0, (0.1, 1e2))
        some = np.random.default_rng(seed).permutation(len(unit))[:_FOR_SCALES]
        given = np.zeros(len(unit)) if variances is None else variances[known] / self.scale**2
        with warnings.catch_warnings():
            # Where a finding neither bends nor varies by chance, that part of the kernel rightly goes to its bound.
            warnings.simplefilter("ignore", ConvergenceWarning)
            last = WhiteKernel(0.3, (1e-6, 10))
            if variances is not None:
                last = ConstantKernel(0.1, (1e-6, 10)) * RBF(_ROUGH, "fixed")
            alpha = given[some] + _LEAST_NOISE
            fitted = GaussianProcessRegressor(line + bend + last, alpha=alpha, random_state=0)
            fitted.fit(inputs[some], scaled[some])
        kernel, alpha = fitted.kernel_, given + _LEAST_NOISE
        if variances is None:
            # As alpha, and not in the kernel, noise is left out of what is predicted: the mean over runs is wanted.
            kernel, alpha = kernel.k1, kernel.k2.noise_level
        self.process = GaussianProcessRegressor(kernel, alpha=alpha, optimizer=None).fit(inputs, scaled)

    def _inputs(self, unit: Array) -> Array:
        return (2 * unit - 1) * self.weights

    def predict(self, unit: Array) -> tuple[Array, Array]:
        """Return mean and variance of the finding under vectors of the unit cube, both of shape (n,)."""
        mean, deviation = np.empty(len(unit)), np.empty(len(unit))
        for first in range(0, len(unit), _AT_ONCE):
            part = slice(first, first + _AT_ONCE)
            scaled, spread = self.process.predict(self._inputs(unit[part]), return_std=True)
            mean[part] = self.centre + self.scale * scaled
            deviation[part] = spread
        return mean, (self.scale * deviation) ** 2
