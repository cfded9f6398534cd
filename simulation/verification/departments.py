"""Departments: how many co-operate in the long run, and what is lost where they do not."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from scipy.stats import binom

from simulation import load_scenario
from simulation.agents.department import co_operate
from simulation.scenario.windows import AUTHORITY
from simulation.verification import Row
from simulation.verification._kit import after, small_city

#: Level of authority at which departments decide here.
LEVEL = 0.5


def _shares(departments: int, months: int, *, field: float, peers: float, joined: bool = False) -> np.ndarray:
    """Return the share of one domain's departments that co-operate, month by month, under constant authority.

    The log odds of co-operation are ``field`` + ``peers``·(2·share of the others − 1).
    """
    noise = 0.5
    values = {
        "departments.noise": noise,
        "departments.w_authority": (field * noise + 1.0) / LEVEL,
        "departments.turf": 1.0,
        "departments.w_busy": 0.0,
        "departments.w_join": peers * noise,
    }
    model = after(small_city(values, departments=departments), 1)
    g, s = model.ground, model.state
    s.level[:, AUTHORITY], s.attention[:], s.active[:], s.joins[:] = LEVEL, 1.0, True, joined
    found = np.empty(months)
    for month in range(months):
        co_operate(model.numbers, g, s, month)
        found[month] = s.joins.mean()
    return found


def without_peers() -> list[Row]:
    """Departments that do not look at each other co-operate with probability σ(field)."""
    departments, months, field = 40, 500, 0.7
    share = float(expit(field))
    error = np.sqrt(share * (1 - share) / (departments * months))
    got = float(_shares(departments, months, field=field, peers=0.0).mean())
    return [Row("join_alone", share, got, float(4 * error))]


def with_peers() -> list[Row]:
    """Four departments that look at each other are a Markov chain of the number that co-operates."""
    departments, months, field, peers = 4, 8000, 0.4, 0.6
    numbers = np.arange(departments + 1)
    inside, outside = (
        expit(field + peers * (2 * np.clip(others, 0, None) / (departments - 1) - 1))
        for others in (numbers - 1, numbers)
    )
    chain = np.array(
        [
            np.convolve(
                binom.pmf(np.arange(k + 1), k, inside[k]),
                binom.pmf(np.arange(departments - k + 1), departments - k, outside[k]),
            )
            for k in numbers
        ]
    )
    values, vectors = np.linalg.eig(chain.T)
    rest = np.real(vectors[:, np.argmax(np.real(values))])
    share = float(rest @ numbers / rest.sum() / departments)
    found = _shares(departments, months, field=field, peers=peers)
    batches = found.reshape(80, -1).mean(axis=1)
    return [Row("join_chain", share, float(found.mean()), float(4 * batches.std(ddof=1) / np.sqrt(len(batches))))]


def two_states() -> list[Row]:
    """Many departments that follow each other settle where x = σ(field + peers·(2x − 1)), by their start."""
    departments, field, peers = 1000, 0.1, 3.0
    rows = []
    for key, joined, guess in (("join_low", False, (0.0, 0.3)), ("join_high", True, (0.7, 1.0))):
        share = float(brentq(lambda x: expit(field + peers * (2 * x - 1)) - x, *guess))
        got = float(_shares(departments, 60, field=field, peers=peers, joined=joined)[20:].mean())
        slope = 2 * peers * share * (1 - share)
        # Deviations follow an autoregression of this slope; its mean over 40 months has this standard error.
        error = np.sqrt(share * (1 - share) / departments / 40) / (1 - slope)
        rows.append(Row(key, share, got, float(5 * error)))
    return rows


def no_conflict() -> list[Row]:
    """With conflict 0 departments make no difference: the results are those of a city without any."""
    spec = load_scenario("zhaoqing").with_values({"structure.citizens": 1000})
    alone: dict[str, Any] = {
        name: {"en": domain.en, "zh": domain.zh, "matched": domain.matched} for name, domain in spec.domains.items()
    }
    bare = after(spec.with_values({"domains": alone}), 156)
    peaceful, plain = (after(spec.with_values(values), 156) for values in ({"departments.conflict": 0.0}, {}))
    gap = np.abs(peaceful.record.effect[:156] - bare.record.effect[:156]).max()
    return [
        Row("no_conflict", 0.0, float(gap)),
        Row("conflict_matters", 1.0, float(np.abs(plain.record.effect[:156] - bare.record.effect[:156]).max() > 0.01)),
    ]
