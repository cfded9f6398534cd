"""How much of a result is the factors' and how much the seeds'."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest

from simulation.experiments.noise import decompose


def test_one_point_has_no_variance_between_points():
    noise = decompose(pd.DataFrame({"point": [0, 0], "replicate": [0, 1], "y": [1.0, 2.0]}), "y")
    assert (noise.parameters, noise.seeds, noise.left, noise.replicates) == (0.0, 0.0, 0.0, 2)
    assert math.isnan(noise.chance)


def test_variance_components_of_a_known_table():
    rng = np.random.default_rng(3)
    points, seeds = rng.normal(0, 3, 400), rng.normal(0, 2, 100)
    table = points[:, None] + seeds + rng.normal(0, 1, (400, 100))
    runs = pd.DataFrame(
        [(p, r, table[p, r]) for p, r in itertools.product(range(400), range(100))],
        columns=["point", "replicate", "y"],
    )
    noise = decompose(runs, "y")
    assert noise.parameters == pytest.approx(points.var(ddof=1), rel=0.02)
    assert noise.seeds == pytest.approx(seeds.var(ddof=1), rel=0.02)
    assert noise.chance == pytest.approx(1, rel=0.02)
    assert sum(noise.record()[f"{key}.share"] for key in ("parameters", "seeds", "chance")) == pytest.approx(1)
