"""Stage levels and other quantities that settle where gain and loss are equal."""

from __future__ import annotations

import numpy as np

from simulation.stages import publicity, settlement
from simulation.verification import Row
from simulation.verification._kit import PLAIN, STAGE_NAMES, after, small_city


def stage_levels() -> list[Row]:
    """Without interlock and with an open window a_k follows a geometric approach to build·w/(build·w + relax)."""
    model = after(
        small_city(
            {"transmission.interlock": 0.0}
            | {f"stages.{name}.length": "inf" for name in STAGE_NAMES}
            | {f"stages.{name}.start": 0 for name in STAGE_NAMES}
        ),
        156,
    )
    q, rows = model.parameters, []
    week = np.arange(1, 157)
    gaps = []
    for k in range(1, 6):
        gain = q.activity.build[k - 1] * q.activity.intensity[k - 1]
        rest = gain / (gain + q.activity.relax[k - 1])
        path = rest * (1 - (1 - gain - q.activity.relax[k - 1]) ** week)
        gaps.append(np.abs(model.record.level[:156, 0, k - 1] - path).max())
        rows.append(Row(f"level_{k}", float(rest), float(model.state.level[0, k - 1]), 1e-9))
    return [Row("level_path", 0.0, float(np.max(gaps)), 1e-12), *rows]


def left_out() -> list[Row]:
    """Leave a stage out: it keeps level 0 and its gate at base, and never blocks."""
    model = after(small_city({"stages.publicity.intensity": 0.0}), 156)
    base = float(model.parameters.transmission.gate_base)
    return [Row("left_out_gate", base, float(model.state.gate[0, 2]))]


def interlock() -> list[Row]:
    """With full interlock nothing rises on a stage that is left out."""
    model = after(small_city({"transmission.interlock": 1.0, "stages.trend.intensity": 0.0}), 156)
    return [Row("interlock_full", 0.0, float(model.state.level.max()))]


def confidence() -> list[Row]:
    """Under constant levels confidence settles at assure·a₃·strength / (assure·a₃·strength + doubt·(1 − α))."""
    model = after(small_city(), 1)
    p, s = model.parameters, model.state
    s.level[0], s.group[:] = (0.9, 0.6, 0.7, 0.5, 0.5), 0.6
    for _ in range(3000):
        publicity.assure(model.numbers, model.ground, s)
    gain = p.transmission.assure * 0.7 * p.scouting.strength
    return [Row("confidence", float(gain / (gain + p.transmission.doubt * 0.4)), float(s.confidence[0]), 1e-12)]


def routine() -> list[Row]:
    """Routine follows 1 − (1 − routine·a₄)ᵗ under substantive execution and (1 − unlearn)ᵗ of itself otherwise."""
    model = after(small_city(PLAIN), 1)
    p, s = model.parameters, model.state
    s.routine[:], s.level[0, 3] = 0.0, 0.8
    for _ in range(40):
        settlement.institutionalise(model.numbers, model.ground, s)
    grown = float(s.routine[0, 0])
    s.mode[0, 0] = 2
    for _ in range(60):
        settlement.institutionalise(model.numbers, model.ground, s)
    expected = 1 - (1 - p.execution.routine * 0.8) ** 40
    return [
        Row("routine_grown", float(expected), grown, 1e-12),
        Row("routine_lost", float(expected * (1 - p.execution.unlearn) ** 60), float(s.routine[0, 0]), 1e-12),
    ]


def effect() -> list[Row]:
    """Under a constant delivery effect settles at g/(g + loss), g = 1 − exp(−gain·G), loss = wear (+ rebound)."""
    from simulation.stages.effect import grow

    model = after(small_city({"effect.rebound": 0.05}), 1)
    p, s = model.parameters, model.state
    s.strongest[:] = 0.0
    g = 1 - np.exp(-p.effect.gain * 0.001)
    rows = []
    for name, authority, loss in (("rest", 1.0, p.effect.wear), ("unheld", 0.0, p.effect.wear + p.effect.rebound)):
        s.group[:] = authority
        for _ in range(3000):
            s.push[:] = 0.001
            grow(model.numbers, model.ground, s)
        rows.append(Row(f"effect_{name}", float(g / (g + loss)), float(s.effect[0, 0]), 1e-12))
    return rows
