"""Draws: the hash in numpy and in compiled code is one function, and its numbers are what they are called."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulation.agents.modes import choose
from simulation.citizens.population import median_of_nine
from simulation.compute import randomness
from simulation.compute.kernel import kernel
from simulation.verification import Row

N = 200_000


@kernel
def _scalars(base: Any, uniforms: Any, normals: Any, trusts: Any) -> None:
    nine = np.empty(9)
    for i in range(len(base)):
        uniforms[i] = randomness.uniform1(randomness.mix1(base[i]))
        normals[i] = randomness.normal1(base[i])
        for n in range(9):
            nine[n] = randomness.uniform1(randomness.mix1(base[i] + randomness.GOLDEN * np.uint64(n + 1)))
        trusts[i] = median_of_nine(nine)


@kernel
def _choices(values: Any, noise: float, counts: Any, n: int) -> None:
    for i in range(n):
        counts[choose(values, noise, (i + 0.5) / n)] += 1


def one_function() -> list[Row]:
    """Compiled scalar draws equal those in numpy, and have the moments of their distributions."""
    base = randomness.keys(0, "verification", np.arange(N, dtype=np.uint64))
    uniforms, normals, trusts = np.empty(N), np.empty(N), np.empty(N)
    _scalars(base, uniforms, normals, trusts)
    same_uniform = np.abs(uniforms - randomness.uniform(randomness.mix(base))).max()
    same_normal = np.abs(normals - randomness.normal(base)).max()
    root = np.sqrt(N)
    return [
        Row("hash_uniform", 0.0, float(same_uniform)),
        Row("hash_normal", 0.0, float(same_normal), 1e-12),
        Row("uniform_mean", 0.5, float(uniforms.mean()), float(4 / np.sqrt(12) / root)),
        Row("normal_mean", 0.0, float(normals.mean()), float(4 / root)),
        Row("normal_variance", 1.0, float(normals.var()), float(4 * np.sqrt(2) / root)),
        Row("trust_mean", 0.5, float(trusts.mean()), float(4 * np.sqrt(1 / 44) / root)),
        # Beta(5, 5) has variance 1/44 and fourth central moment 3·(1/44)²·11/13, hence this standard error.
        Row("trust_variance", 1 / 44, float(trusts.var()), float(4 / 44 * np.sqrt(3 * 11 / 13 - 1) / root)),
    ]


def logit_choice() -> list[Row]:
    """Over all draws a mode is chosen as often as its logit probability says."""
    values, noise, n = np.array([0.3, -0.2, 0.5, 0.1]), 0.5, 100_000
    counts = np.zeros(4, np.int64)
    _choices(values, noise, counts, n)
    weights = np.exp(values / noise)
    return [Row("logit_choice", 0.0, float(np.abs(counts / n - weights / weights.sum()).max()), 1 / n)]


def rivals() -> list[Row]:
    """Campaigns that arrive at rate λ and last T leave an attention of (1 − e^(−λT))/(λT) on average."""
    from simulation.model import MomentumModel
    from simulation.scenario import load_scenario

    rate, length, weeks = 4.0, 13, 20_000
    spec = load_scenario("classroom").with_values({"rivals.rate": rate, "rivals.length": length, "weeks": weeks})
    attention = MomentumModel(spec, rng=0).ground.undivided[length:, 0]
    load = rate / 52 * length
    expected = (1 - np.exp(-load)) / load
    # Attention is correlated over about one campaign, so that many weeks count as one.
    error = attention.std() * np.sqrt(length / len(attention))
    return [Row("attention", float(expected), float(attention.mean()), float(4 * error))]
