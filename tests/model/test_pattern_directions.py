"""The directions of the pattern table (model §9) in the world chosen by hand, with intervals that exclude zero.

The published ratios were made with its constants. In the default world some of these mechanisms are hardly at work;
``test_default_directions.py`` states what holds there.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pytest
from kit.cities import finished
from scipy.stats import t

from simulation import load_scenario

SEEDS = 12
METRICS = ("effectiveness", "core_effect", "depth", "pilot_effect", "symbolic", "surface", "agenda")
#: Intensity of a leading group under the city's Party secretary, as `zhaoqing-by-hand` computes it.
SECRETARY = 68 / (68 + 12)


def _weak(share: float, **values: Any) -> dict[str, Any]:
    """Return the change to a leading group of a share of the secretary's intensity; ``domains`` is its agenda."""
    domains = {"agenda.domains": values.pop("domains")} if "domains" in values else {}
    return {"stages.authority.intensity": share * SECRETARY, **domains, **values}


CAMPAIGN = {"stages.authority.length": 40.0, "stages.publicity.length": 40.0}
ENDLESS = {"execution.budget": math.inf}
REVERSED = dict(
    zip(
        (f"stages.{stage}.start" for stage in ("leverage", "settlement", "publicity", "authority", "trend")),
        (0, 4, 8, 16, 20),
        strict=True,
    )
)
VARIANTS: dict[str, dict[str, Any]] = {
    "baseline": {},
    "agenda 1": {"agenda.domains": 1},
    "agenda 4": {"agenda.domains": 4},
    "agenda all": {"agenda.domains": "all"},
    "rank .6": _weak(0.6),
    "rank .6, agenda 4": _weak(0.6, domains=4),
    "rank .6, agenda all": _weak(0.6, domains="all"),
    "rank .6, over-confident": _weak(0.6) | {"agenda.optimism": 2.0},
    "rank .4, agenda 2": _weak(0.4, domains=2),
    "rank .4, agenda all": _weak(0.4, domains="all"),
    "rank .4, agenda 4, attention endless": _weak(0.4, domains=4) | {"agenda.span": math.inf},
    "rank .4, agenda all, attention endless": _weak(0.4, domains="all") | {"agenda.span": math.inf},
    "rank .3": _weak(0.3),
    "rank .3, no conflict": _weak(0.3) | {"departments.conflict": 0.0},
    "no conflict": {"departments.conflict": 0.0},
    "no authority": _weak(0.0),
    "no authority, no conflict": _weak(0.0) | {"departments.conflict": 0.0},
    "instruction .1": {"instruction.intensity": 0.1},
    "narrow wording": {"instruction.wording": 0.0},
    "two each": {"plan.per_county": 2},
    "four each": {"plan.per_county": 4},
    "eight each": {"plan.per_county": 8},
    "all at once": {"plan.kind": "uniform"},
    "by lot": {"plan.kind": "random"},
    "resources endless": ENDLESS,
    "eight each, resources endless": ENDLESS | {"plan.per_county": 8},
    "keep the point": {"plan.keep_point": True},
    "no oversight": {"execution.oversight": 0.0},
    "campaign": CAMPAIGN | {"execution.routine": 0.0},
    "campaign with routine": CAMPAIGN,
    "no adoption": {"diffusion.adopt": 0.0},
    "pilots only": {"evaluation.rollout": 0.0, "diffusion.adopt": 0.0},
    "reversed": REVERSED,
    "no towns": {"structure.towns": "none"},
}


@functools.cache
def _outcomes(variant: str) -> dict[str, np.ndarray]:
    """Return each metric of a variant, one number per seed."""
    spec = load_scenario("zhaoqing-by-hand").with_values({"structure.citizens": 3000, **VARIANTS[variant]})
    models = [finished(spec, seed) for seed in range(SEEDS)]
    return {name: np.array([model.metric(name) for model in models]) for name in METRICS}


def _sure(one: str, other: str, metric: str = "effectiveness") -> float:
    """Return the lower end of the 95 % interval of the paired mean difference one − other."""
    difference = _outcomes(one)[metric] - _outcomes(other)[metric]
    return float(difference.mean() - t.ppf(0.975, SEEDS - 1) * difference.std(ddof=1) / np.sqrt(SEEDS))


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("agenda 4", "agenda 1"),
        ("agenda all", "agenda 4"),
        ("baseline", "rank .6"),
        ("rank .6", "rank .3"),
        ("rank .3", "no authority"),
        ("rank .6", "rank .6, agenda 4"),
        ("rank .6, agenda 4", "rank .6, agenda all"),
        ("rank .6", "rank .6, over-confident"),
        ("rank .6, over-confident", "rank .6, agenda all"),
        ("rank .4, agenda 2", "rank .4, agenda all"),
        ("rank .4, agenda all, attention endless", "rank .4, agenda 4, attention endless"),
        ("rank .4, agenda all, attention endless", "rank .4, agenda all"),
        ("rank .3, no conflict", "rank .3"),
        ("no authority, no conflict", "no authority"),
        ("baseline", "instruction .1"),
        ("baseline", "narrow wording"),
        ("two each", "baseline"),
        ("four each", "baseline"),
        ("eight each", "baseline"),
        ("all at once", "baseline"),
        ("baseline", "by lot"),
        ("resources endless", "baseline"),
        ("eight each, resources endless", "resources endless"),
        ("keep the point", "baseline"),
        ("baseline", "no oversight"),
        ("baseline", "campaign with routine"),
        ("campaign with routine", "campaign"),
        ("no adoption", "pilots only"),
        ("no towns", "baseline"),
    ],
)
def test_effectiveness_is_surely_higher_in_the_world_by_hand(more: str, less: str) -> None:
    assert _sure(more, less) > 0


@pytest.mark.parametrize(
    ("one", "other", "most"),
    [("no conflict", "baseline", 0.02), ("no adoption", "baseline", 0.02), ("reversed", "baseline", 0.04)],
)
def test_effectiveness_hardly_differs_in_the_world_by_hand(one: str, other: str, most: float) -> None:
    # Lower ends of both differences: the whole interval lies within ± most.
    assert _sure(one, other) > -most
    assert _sure(other, one) > -most


def test_a_strong_group_gains_from_breadth_while_its_core_pays_in_the_world_by_hand() -> None:
    assert _sure("agenda all", "agenda 1") > 0.05
    assert _sure("agenda 1", "agenda all", "core_effect") > 0.1
    assert _sure("keep the point", "baseline", "core_effect") > 0.05


def test_overreach_of_a_weak_group_hurts_its_core_too_in_the_world_by_hand() -> None:
    assert _sure("rank .6", "rank .6, over-confident", "core_effect") > 0.05
    assert _sure("rank .4, agenda 2", "rank .4, agenda all", "core_effect") > 0.1


def test_the_agenda_shrinks_with_rank_instruction_and_wording_in_the_world_by_hand() -> None:
    for more, less in (
        ("baseline", "rank .6"),
        ("rank .6", "rank .3"),
        ("rank .3", "no authority"),
        ("baseline", "instruction .1"),
        ("baseline", "narrow wording"),
        ("rank .6, over-confident", "rank .6"),
    ):
        assert _sure(more, less, "agenda") > 0, (more, less)
    assert np.all(_outcomes("narrow wording")["agenda"] == 1)


def test_without_oversight_execution_turns_symbolic_in_the_world_by_hand() -> None:
    assert _sure("no oversight", "baseline", "symbolic") > 0.08


def test_without_roll_out_and_adoption_the_pilots_flourish_alone_in_the_world_by_hand() -> None:
    assert _outcomes("pilots only")["pilot_effect"].mean() > 0.6
    assert _sure("baseline", "pilots only", "surface") > 0.1


def test_a_campaign_leaves_next_to_nothing_and_routine_little_in_the_world_by_hand() -> None:
    whole = _outcomes("baseline")["effectiveness"].mean()
    assert _outcomes("campaign")["effectiveness"].mean() < 0.1 * whole
    assert _outcomes("campaign with routine")["effectiveness"].mean() < 0.3 * whole
