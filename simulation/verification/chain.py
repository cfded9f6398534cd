"""The linear chain: without gates, losses and feedback the five stocks are a chain of five compartments."""

from __future__ import annotations

import numpy as np

from simulation.ledger.accounts import BROADCAST_1, DELIVERED, PASSED_2
from simulation.verification import Row
from simulation.verification._kit import PLAIN, STAGE_NAMES, after, small_city

RATES = (0.20, 0.15, 0.25, 0.05, 0.10)


def _chain(rates: tuple[float, ...], weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Return stocks (weeks, 5) and deliveries (weeks,) that the model gives for one instruction."""
    values = dict(PLAIN)
    for stage, rate in zip(STAGE_NAMES, rates, strict=True):
        values |= {f"stages.{stage}.convert": rate, f"stages.{stage}.fade": 0.0}
    model = after(small_city(values, weeks=weeks), weeks)
    return model.record.stock[:, 0], model.outcome().record.booked[:, 0, DELIVERED]


def linear_chain() -> list[Row]:
    """Stocks follow xₜ = Mᵗx₀ with the transition matrix of the five rates."""
    stocks, _ = _chain(RATES, 156)
    matrix = np.diag([1 - rate for rate in RATES]) + np.diag(RATES[:-1], -1)
    path = [np.eye(5)[0]]
    for _ in stocks:
        path.append(matrix @ path[-1])
    return [Row("linear_chain", 0.0, float(np.abs(stocks - path[1:]).max()), 1e-12)]


def delivery_times() -> list[Row]:
    """With every rate .2 the week of delivery is a sum of five geometric waits: mean 25, variance 100."""
    _, delivered = _chain((0.2,) * 5, 400)
    week = np.arange(1, len(delivered) + 1)
    mean = float((week * delivered).sum() / delivered.sum())
    variance = float((week**2 * delivered).sum() / delivered.sum() - mean**2)
    return [
        Row("delivery_total", 1.0, float(delivered.sum()), 1e-9),
        Row("delivery_mean", 25.0, mean, 1e-6),
        Row("delivery_variance", 100.0, variance, 1e-4),
    ]


def rivalry() -> list[Row]:
    """Rivalry 1 divides a signal (nothing is booked as broadcast), rivalry 0 copies it to each of n units."""
    counties = tuple("ABCDE")
    rows = []
    for share, expected in ((1.0, 0.0), (0.0, 4.0), (0.4, 5**0.6 - 1)):
        values = PLAIN | {"transmission.rivalry_units": share}
        ledger = after(small_city(values, counties=counties), 10).record.booked[:10, 0].sum(axis=0)
        rows.append(
            Row(f"rivalry_{share:g}".replace(".", ""), expected, float(ledger[BROADCAST_1] / ledger[PASSED_2]), 1e-12)
        )
    return rows
