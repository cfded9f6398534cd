"""The agenda and the attention that it divides."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from simulation import load_scenario
from simulation.agents.agenda import choose_agenda, divided, expected_authority, perceive, span_of, value_of
from simulation.verification import Row
from simulation.verification._kit import PLAIN, after, small_city
from simulation.world.parameters import Parameters
from simulation.world.state import State

#: Week in which the plan falls due here.
PLAN_WEEK = 16


def attention() -> list[Row]:
    """Attention is 1/(1 + (domains/span)²), min(1, span/domains) where it is kinked, and 1 for an endless span."""
    rows = []
    for key, values, expected in (
        ("smooth", {"agenda.span": 4.0}, 1 / (1 + (3 / 4) ** 2)),
        ("kink", {"agenda.span": 2.0, "agenda.attention": "kink"}, 2 / 3),
        ("kink_within", {"agenda.span": 4.0, "agenda.attention": "kink"}, 1.0),
    ):
        plain = PLAIN | {"agenda.save": 0.0, "stages.authority.intensity": 1.0, "plan.kind": "uniform"} | values
        model = after(small_city(plain, domains=("a", "b", "c"), weeks=40), 40)
        rows.append(Row(f"attention_{key}", expected, float(model.state.attention[0]), 1e-12))
    endless = load_scenario("zhaoqing").with_values({"structure.citizens": 600, "agenda.span": math.inf})
    model, lowest = after(endless, 0), 1.0
    for _ in range(104):
        model.step()
        lowest = min(lowest, float(model.state.attention.min()))
    return [*rows, Row("attention_endless", 1.0, lowest)]


def _worth(p: Parameters, s: State, values: Sequence[float], domains: Sequence[int]) -> float:
    """Return what a set of domains brings at the plan; no executor has routine yet, so each needs an attention of 1."""
    share = divided(p, float(len(domains)), span_of(p, s, 0, PLAN_WEEK) * p.agenda.optimism)
    gain = sum(values[d] for d in domains) * expected_authority(p, s, 0, PLAN_WEEK) * share
    return float(gain - p.agenda.cost * len(domains))


def best_agenda() -> list[Row]:
    """No set of domains that holds the point brings a leading group more than the agenda that it chooses."""
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": 300, "stages.settlement.start": PLAN_WEEK})
    shortfall, numbers = 0.0, set()
    for seed in range(12):
        model = after(spec.with_values({"instruction.intensity": 0.1 * 1.4**seed}), PLAN_WEEK, seed=seed)
        p, g, s = model.parameters, model.ground, model.state
        seen, chosen = np.zeros(g.severity.shape), s.active[0].copy()
        perceive(p, g, s, 0, seen)
        values = [float(value_of(p, g, s, 0, d, seen)) for d in range(len(chosen))]
        point = int(np.argmax(chosen))
        choose_agenda(p, g, s, 0, PLAN_WEEK, seen, chosen)
        others = [d for d in range(len(chosen)) if d != point]
        sets = [(point, *more) for size in range(len(others) + 1) for more in itertools.combinations(others, size)]
        best = max(_worth(p, s, values, domains) for domains in sets)
        shortfall = max(shortfall, best - _worth(p, s, values, np.flatnonzero(chosen).tolist()))
        numbers.add(int(chosen.sum()))
    return [Row("agenda_best", 0.0, shortfall, 1e-12), Row("agenda_varies", 1.0, float(len(numbers) > 2))]


def agenda_all() -> list[Row]:
    """Let credit alone move a group: it takes on everything, and the results are those of the agenda "all"."""
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": 600, "agenda.span": 1000.0})
    told, moved, usual = (
        after(spec.with_values(values), 104)
        for values in ({"agenda.domains": "all"}, {"agenda.credit": 1000.0}, {"agenda.cost": 1.0})
    )
    gap = np.abs(told.record.effect[:104] - moved.record.effect[:104]).max()
    return [
        Row("agenda_all", 0.0, float(gap)),
        Row("agenda_all_alive", 1.0, float(usual.record.active[103].sum() < told.record.active[103].sum())),
    ]


def agenda_point() -> list[Row]:
    """Without a signal, or with one that covers its own domain alone, the agenda stays at the point."""
    rows = []
    for key, values in (("no_signal", {"instruction.intensity": 0.0}), ("narrow", {"instruction.wording": 0.0})):
        spec = load_scenario("zhaoqing").with_values({"structure.citizens": 300, "diffusion.adopt": 0.0} | values)
        most = after(spec, 156).record.active[:156].sum(axis=2).max()
        rows.append(Row(f"agenda_{key}", 1.0, float(most)))
    return rows
