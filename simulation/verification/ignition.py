"""Ignition: when a programme keeps itself going on local need, and where it settles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simulation.verification import Row
from simulation.verification._kit import PLAIN, after, small_city

WEEKS = 3000


def _stock(unlock: float, instruction: float, **more: Any) -> float:
    """Return Q long after the signal has ended: constant confidence, full yield, no effect, severity 1."""
    values = PLAIN | {
        "execution.h": 2.0,
        "execution.unlock": unlock,
        "execution.q_half": 0.05,
        "stages.settlement.convert": 0.05,
        "stages.settlement.fade": 0.005,
        "instruction.intensity": instruction,
        "effect.gain": 0.0,
        "transmission.assure": 0.0,
    }
    return float(after(small_city(values | more, weeks=WEEKS), WEEKS).state.Q[0, 0])


def threshold() -> list[Row]:
    """With h = 2 a programme sustains itself iff unlock·severity·gconf ≥ 2·(convert₄ + fade₄)·q_half."""
    loss, half = 0.05 + 0.005, 0.05
    least = 2 * loss * half
    need = 1.2 * least
    upper = need / (2 * loss) + math.sqrt((need / (2 * loss)) ** 2 - half**2)
    lower = need / (2 * loss) - math.sqrt((need / (2 * loss)) ** 2 - half**2)
    return [
        Row("ignition_above", upper, _stock(need, 4.0), 1e-9),
        Row("ignition_edge", 1.0, float(_stock(1.001 * least, 4.0) > half)),
        Row("ignition_below", 0.0, _stock(0.95 * least, 4.0), 1e-9),
        Row("ignition_too_small", 0.0, _stock(need, 0.1 * lower), 1e-9),
    ]


def no_threshold() -> list[Row]:
    """With h = 1 any small stock grows: Q settles at unlock/(convert₄ + fade₄) − q_half."""
    unlock = 1.2 * 0.055 * 0.05
    return [Row("ignition_h1", unlock / 0.055 - 0.05, _stock(unlock, 0.001, **{"execution.h": 1.0}), 1e-9)]


def lapse() -> list[Row]:
    """Without authority and routine a programme needs 1/(1 − lapse) times as much need to sustain itself."""
    loss, half, share = 0.05 + 0.005, 0.05, 0.6
    least = 2 * loss * half / (1.0 - share)
    alone = {"execution.lapse": share, "execution.routine": 0.0, "stages.authority.intensity": 0.0}
    upper = half * (1.2 + math.sqrt(1.2**2 - 1.0))
    return [
        Row("lapse_above", upper, _stock(1.2 * least, 4.0, **alone), 1e-9),
        Row("lapse_below", 0.0, _stock(0.95 * least, 4.0, **alone), 1e-9),
    ]


def no_signal() -> list[Row]:
    """Without instruction, horizontal and downward leverage nothing ever happens."""
    from simulation.scenario import load_scenario

    model = after(load_scenario("classroom").with_values({"instruction.intensity": 0.0}), 104)
    record = model.outcome().record
    most = float(np.max([record.stock.max(), record.booked.max(), record.effect.max()]))
    return [Row("no_signal", 0.0, most)]
