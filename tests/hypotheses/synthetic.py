"""Tasks with known effects, and claims about them."""

from __future__ import annotations

import math
import random

import numpy as np

from simulation.hypotheses import Battery


def claim(**changes):
    """Return the table of a hypothesis about ``shifted``."""
    table = {
        "id": "T1",
        "claim": {"en": "The treatment raises y", "zh": "处理使 y 上升"},
        "source": "a test",
        "kind": "difference",
        "scenario": "zhaoqing",
        "metric": "y",
        "smallest_effect": 0.5,
        "refuted_if": {"en": "it does not", "zh": "并不上升"},
        "control": {"shift": 0.0},
        "treatment": {"shift": 1.2},
    }
    table.update(changes)
    return {key: value for key, value in table.items() if value is not None}


def shifted(setting, seed):
    """Return y = shift·(1 − off) + a seed's luck, shared by all arms, + a little of the arm's own."""
    luck = random.Random(seed).gauss(0, 1)
    own = random.Random(f"{seed} {sorted(setting.items())}").gauss(0, 0.3)
    return {"y": setting.get("shift", 0.0) * (1 - setting.get("off", 0.0)) + luck + own}


def hill(setting, seed):
    """Return an inverted U with its top at x = 3, flat with ``flat``."""
    noise = random.Random(f"{seed} {sorted(setting.items())}").gauss(0, 0.2)
    return {"y": -((setting["x"] - 3) ** 2) * (1 - setting.get("flat", 0.0)) / 4 + noise}


def sometimes(setting, seed):
    """Return nothing measurable for a third of the seeds, and fail for a few."""
    if seed % 10 == 0:
        raise ValueError("bad luck")
    return {"y": math.nan if seed % 3 == 0 else shifted(setting, seed)["y"]}


def outcomes(rng, means, n, common=1.0, own=1.0):
    """Return outcomes (n, arms) whose arms share a part of their noise."""
    shared = rng.normal(0, common, (n, 1))
    return np.asarray(means) + shared + rng.normal(0, own, (n, len(means)))


#: The fewest replicates with which anything can be planned.
FEW = {"pilot": 5, "max_replicates": 5}


def battery(folder, *hypotheses, **options):
    """Return a battery that runs in this process and keeps its stores in a folder."""
    return Battery(hypotheses, store=folder, workers=0, progress="quiet", **options)
