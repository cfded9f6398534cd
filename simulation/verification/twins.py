"""Two implementations of one rule, and two ways of running it, give the same numbers."""

from __future__ import annotations

import itertools
from typing import Any

import networkx
import numpy as np

from simulation import load_scenario
from simulation.agents.plans import PlanTask, plan_kinds
from simulation.citizens import reference, week
from simulation.model import MomentumModel
from simulation.verification import Row
from simulation.verification._kit import after


def _gap(one: MomentumModel, other: MomentumModel) -> float:
    """Return the largest difference between two models' citizens and between their participation."""
    columns = ("trust", "awareness", "took_part")
    gaps = [np.abs(one.citizens.get(name) * 1.0 - other.citizens.get(name) * 1.0).max() for name in columns]
    return float(np.max([*gaps, np.abs(one.state.participation - other.state.participation).max()]))


def _both_ways(spec: Any, **options: Any) -> float:
    """Run half a year, then twenty weeks of citizens alone, compiled and in numpy; return the largest difference."""
    compiled, plain = after(spec, 30, **options), after(spec, 30, **options)
    gaps = []
    for t in range(30, 50):
        for run, model in ((week.run_week, compiled), (reference.run_week, plain)):
            run(model.numbers, model.ground, model.state, model.population, spec.citizens.rule, t)
        gaps.append(_gap(compiled, plain))
    return float(np.max(gaps))


def compiled_week() -> list[Row]:
    """Compare the compiled citizens' week with its statement in numpy: every rule, every kind of network."""
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": 2000})
    graph = networkx.gnm_random_graph(2000, 8000, seed=1)
    rows = [
        Row("week_small_world", 0.0, _both_ways(spec), 1e-6),
        Row("week_complete", 0.0, _both_ways(spec.with_values({"citizens.network": "complete"})), 1e-6),
        Row("week_graph", 0.0, _both_ways(spec, network=graph), 1e-6),
    ]
    threshold = spec.with_values({"citizens.rule": "threshold", "citizens.threshold_low": -0.2})
    return [*rows, Row("week_threshold", 0.0, _both_ways(threshold), 1e-6)]


def threads() -> list[Row]:
    """One thread and two threads give exactly the same citizens."""
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": 2000})
    one, two = after(spec, 30), after(spec, 30)
    for t in range(30, 34):
        for count, model in ((1, one), (2, two)):
            week.run_week(model.numbers, model.ground, model.state, model.population, "logit", t, threads=count)
    return [Row("threads", 0.0, _gap(one, two))]


def repeated() -> list[Row]:
    """One scenario and one seed give exactly the same record; another seed gives another record."""
    spec = load_scenario("classroom")
    one, again, other = after(spec, 104), after(spec, 104), after(spec, 104, seed=1)
    series = zip(one.record._asdict().values(), again.record._asdict().values(), strict=True)
    same = float(np.max([np.abs(a * 1.0 - b).max(initial=0.0) for a, b in series]))
    return [Row("repeated", 0.0, same), Row("other_seed", 1.0, float(one.effectiveness != other.effectiveness))]


def best_plan() -> list[Row]:
    """No assignment reaches more perceived severity than the division of labour does."""
    rng, shortfall = np.random.default_rng(0), []
    for _ in range(20):
        perceived = rng.random((5, 5))
        task = PlanTask(tuple("abcde"), tuple("vwxyz"), np.arange(5), 0, perceived, rng.random((5, 5)), 1, {})
        got = perceived[plan_kinds()["division"](task)].sum()
        best = max(perceived[range(5), list(order)].sum() for order in itertools.permutations(range(5)))
        shortfall.append(best - got)
    return [Row("best_plan", 0.0, float(np.max(shortfall)), 1e-12)]
