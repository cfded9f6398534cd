"""Participation against closed forms: complete mixing, trees, rings, pairs, random graphs."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import poisson

from simulation.citizens.week import run_week
from simulation.model import MomentumModel
from simulation.verification import Row
from simulation.verification._kit import small_city

WATTS_THRESHOLD = 0.18


def _crowd(n: int, values: dict[str, Any], **options: Any) -> MomentumModel:
    """Return one community of n citizens whose concern has a site, gates open; nobody has taken part yet."""
    model = MomentumModel(small_city({"transmission.base": 1.0} | values, persons=n), rng=0, **options)
    model.state.covered[:] = True
    model.state.gate[:] = 1.0
    return model


def _weeks(model: MomentumModel, weeks: int, first: int = 0) -> list[float]:
    """Let the citizens alone live some weeks; return the share who took part in each."""
    shares = []
    for week in range(first, first + weeks):
        rule = model.spec.citizens.rule
        run_week(model.numbers, model.ground, model.state, model.population, rule, week)
        shares.append(float(model.state.took_part[0]))
    return shares


def _logit(a: float, b: float, **more: Any) -> dict[str, Any]:
    names = ("b_salience", "b_trust", "b_platform")
    silent = {f"citizens.{name}": 0.0 for name in names}
    return silent | {"citizens.b0": a, "citizens.b_social": b, "citizens.network": "complete"} | more


def granovetter() -> list[Row]:
    """Thresholds k/99.5 of 100 people: all riot; raise one person's and one does (Granovetter 1978)."""
    ladder = np.arange(100) / 99.5
    stopped = ladder.copy()
    stopped[1] = ladder[2]
    rule = {"citizens.rule": "threshold", "citizens.network": "complete"}
    everyone = _weeks(_crowd(100, rule, thresholds=ladder), 120)[-1]
    alone = _weeks(_crowd(100, rule, thresholds=stopped), 120)[-1]
    return [Row("granovetter_all", 100, 100 * everyone, 1e-9), Row("granovetter_one", 1, 100 * alone, 1e-9)]


def logit_field(n: int = 100_000) -> list[Row]:
    """Under complete mixing participation settles at a fixed point of p = σ(a + b·p), by its start."""
    rows = []
    for key, a, b, start, guess in (
        ("field_low", -3.0, 6.0, 0, (0.0, 0.3)),
        ("field_high", -3.0, 6.0, 1, (0.7, 1.0)),
        ("field_single_low", -1.5, 3.0, 0, (0.3, 0.7)),
        ("field_single_high", -1.5, 3.0, 1, (0.3, 0.7)),
    ):
        model = _crowd(n, _logit(a, b))
        model.citizens.set("took_part", bool(start))
        got = float(np.mean(_weeks(model, 60)[20:]))
        p = float(brentq(lambda p, a=a, b=b: expit(a + b * p) - p, *guess))
        slope = b * p * (1 - p)
        # Deviations follow an autoregression of this slope; its mean over 40 weeks has this standard error.
        error = np.sqrt(p * (1 - p) / n / 40) / (1 - slope)
        rows.append(Row(key, p, got, float(5 * error)))
    return rows


def logit_pairs(pairs: int = 20_000) -> list[Row]:
    """Among pairs who see only each other participation is a Markov chain: p = σ(a)/(1 − σ(a + b) + σ(a))."""
    import networkx

    graph: Any = networkx.Graph((2 * i, 2 * i + 1) for i in range(pairs))
    got = float(np.mean(_weeks(_crowd(2 * pairs, _logit(-2.0, 3.0), network=graph), 140)[20:]))
    low, high = float(expit(-2.0)), float(expit(1.0))
    p = low / (1 - high + low)
    correlation = high - low
    error = np.sqrt(p * (1 - p) / (2 * pairs * 120) * (1 + correlation) / (1 - correlation))
    return [Row("logit_pairs", p, got, float(4 * error))]


def ring_and_grid() -> list[Row]:
    """From one seed a threshold of one neighbour spreads to 2t + 1 on a ring and 2t² + 2t + 1 on a grid."""
    import networkx

    rows = []
    for key, graph, need, expected in (
        ("ring", networkx.cycle_graph(101), 0.5, 2 * 20 + 1),
        ("grid", networkx.convert_node_labels_to_integers(networkx.grid_2d_graph(61, 61, periodic=True)), 0.25,
         2 * 20**2 + 2 * 20 + 1),
    ):  # fmt: skip
        n = graph.number_of_nodes()
        thresholds = np.full(n, need)
        thresholds[0] = 0.0
        model = _crowd(n, {"citizens.rule": "threshold"}, network=graph, thresholds=thresholds)
        rows.append(Row(f"spread_{key}", expected, n * _weeks(model, 21)[-1], 1e-6))
    return rows


def _cascade(mean_degree: float, *, n: int = 10_000, seeds: int = 10) -> float:
    """Return the share that ends up taking part on an Erdős–Rényi graph with a few seeds."""
    import networkx

    graph = networkx.fast_gnp_random_graph(n, mean_degree / (n - 1), seed=1)
    thresholds = np.full(n, WATTS_THRESHOLD)
    thresholds[np.linspace(0, n - 1, seeds).astype(int)] = 0.0
    model = _crowd(n, {"citizens.rule": "threshold"}, network=graph, thresholds=thresholds)
    shares = [0.0, *_weeks(model, 1)]
    while shares[-1] != shares[-2]:
        shares += _weeks(model, 1, first=len(shares))
    return shares[-1]


def watts() -> list[Row]:
    """Threshold .18: a few seeds set off a global cascade only for mean degrees from 1.02 to 5.76 (Watts 2002)."""
    neighbours = int(1 / WATTS_THRESHOLD)  # more than these, and one active neighbour is not enough

    def branching(z: float) -> float:
        return float(z * poisson.cdf(neighbours - 2, z) - 1)

    lower, upper = float(brentq(branching, 0.5, 2.0)), float(brentq(branching, 4.0, 8.0))
    rows = [Row("watts_lower", 1.02, lower, 0.01), Row("watts_upper", 5.76, upper, 0.01)]
    for key, z, expected in (("sparse", 0.7, 0), ("within_low", 1.5, 1), ("within_high", 4.5, 1), ("dense", 7.5, 0)):
        rows.append(Row(f"watts_{key}", expected, float(_cascade(z) > 0.3)))
    return rows
