"""Small sets of worlds around the default, as files in the form of the shipped one."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from simulation._version import EDITION
from simulation.scenario import load_scenario

KEYS = (
    "execution.q_half", "agenda.g_half", "departments.conflict", "agenda.cost", "execution.budget",
    "transmission.zeal_low",
)  # fmt: skip
_LOW, _HIGH = 0.75, 1.2


def vectors(number: int) -> list[dict[str, float]]:
    """Return the default world, and others whose values are 25 % lower to 20 % higher."""
    default = {key: load_scenario("zhaoqing").values[key] for key in KEYS}
    rng = np.random.default_rng(0)
    others = [
        {key: float(f"{value * rng.uniform(_LOW, _HIGH):.5g}") for key, value in default.items()}
        for _ in range(number - 1)
    ]
    return [default, *others]


def about(number: int) -> dict[str, Any]:
    """Return what the file beside a set says."""
    default, *others = vectors(number)
    finding = {
        "low": 0.4, "high": 0.58, "tolerance": 0.04, "default": 0.47, "median": 0.5, "share_met": 0.9, "low90": 0.42,
        "high90": 0.6, "error": 0.01,
    }  # fmt: skip
    verdicts = ("pinned", "narrowed", "free")
    return {
        "edition": EDITION,
        "made": "2026-11-27",
        "command": "make worlds",
        "code": "0123456789abcdef",
        "seed": 0,
        "cities": 300,
        "runs": {"screen": 1000, "wave": 99_000},
        "screened": 90,
        "looked_at": 700,
        "rechecked": 260,
        "left": [0.3, 0.05],
        "findings": {"trial-rollout": finding, "scale-up": finding | {"high": float("inf")}},
        "parameters": {
            key: {
                "prior_low": default[key] / 2, "prior_high": default[key] * 2, "median": default[key],
                "low": min(one[key] for one in others), "high": max(one[key] for one in others),
                "variance_ratio": 0.9 - 0.1 * place, "verdict": verdicts[place % 3], "scale": "log",
            }
            for place, key in enumerate(KEYS)
        },
        "products": [
            {"product": f"{KEYS[0]}^+0.80 · {KEYS[3]}^-0.60", "variance_ratio": 0.12, "verdict": "pinned"},
            {"product": f"{KEYS[1]}^+1.00", "variance_ratio": 0.9, "verdict": "free"},
        ],
    }  # fmt: skip


def save(path: Path, number: int, *, beside: bool = True) -> Path:
    """Write a set, with or without the file beside it; return the table's path."""
    with path.open("w", encoding="utf-8", newline="") as handle:
        table = csv.writer(handle, lineterminator="\n")
        table.writerow(KEYS)
        table.writerows([world[key] for key in KEYS] for world in vectors(number))
    if beside:
        path.with_suffix(".toml").write_text(tomli_w.dumps(about(number)), encoding="utf-8")
    return path
