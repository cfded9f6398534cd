"""Directions that the default world shows, over common seeds: effects are large beside the spread of paired seeds."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from kit.cities import finished
from scipy.stats import t

from simulation import load_scenario

SEEDS, CITIZENS = 4, 3000
METRICS = ("effectiveness", "core_effect", "symbolic", "surface", "agenda")


@functools.cache
def _outcomes(scenario: str) -> dict[str, np.ndarray]:
    """Return each metric of a shipped scenario, one number per seed."""
    spec = load_scenario(scenario).with_values({"structure.citizens": CITIZENS})
    models = [finished(spec, seed) for seed in range(SEEDS)]
    return {name: np.array([model.metric(name) for model in models]) for name in METRICS}


def _sure(one: str, other: str, metric: str = "effectiveness") -> float:
    """Return the lower end of the 95 % interval of the paired mean difference one − other."""
    difference = _outcomes(one)[metric] - _outcomes(other)[metric]
    return float(difference.mean() - t.ppf(0.975, SEEDS - 1) * difference.std(ddof=1) / np.sqrt(SEEDS))


def test_told_about_one_domain_the_default_world_takes_on_eight_and_a_narrow_wording_leaves_one() -> None:
    assert np.all(_outcomes("zhaoqing")["agenda"] == 8)
    assert np.all(_outcomes("narrow-wording")["agenda"] == 1)


@pytest.mark.parametrize("without", ["without-authority", "without-settlement", "weak-leading-group", "narrow-wording"])
def test_the_default_world_is_surely_more_effective_than_without_one_of_its_conditions(without: str) -> None:
    assert _sure("zhaoqing", without) > 0


def test_a_campaign_leaves_next_to_nothing_in_the_default_world() -> None:
    assert _outcomes("campaign")["effectiveness"].mean() < 0.1 * _outcomes("zhaoqing")["effectiveness"].mean()


def test_breadth_costs_the_core_in_the_default_world() -> None:
    assert _sure("narrow-wording", "zhaoqing", "core_effect") > 0


def test_without_oversight_execution_turns_symbolic_in_the_default_world() -> None:
    assert _sure("no-oversight", "zhaoqing", "symbolic") > 0.08


def test_a_deputy_in_charge_takes_on_hardly_less_in_the_default_world() -> None:
    # Not so in the world by hand, where rank decides how much a city takes on.
    assert _outcomes("zhaoqing")["agenda"].mean() - _outcomes("deputy-in-charge")["agenda"].mean() < 1.5


@pytest.mark.parametrize("less", ["random", "no-oversight", "without-publicity"])
def test_a_match_oversight_and_publicity_surely_add_to_effect_in_the_default_world(
    less: str,
) -> None:
    assert _sure("zhaoqing", less) > 0.01


def test_keeping_the_point_everywhere_surely_helps_the_core_in_the_default_world() -> None:
    assert _sure("keep-the-point", "zhaoqing", "core_effect") > 0
