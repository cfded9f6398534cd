"""The sites of units: pilots first, then in the drawn order or by advantage; a closed site leaves nothing open."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from kit.cities import counties, finished, make, small_city, zhaoqing
from kit.kernels import in_python

from simulation import MomentumModel
from simulation.results import RunResult
from simulation.world.sites import mark_site
from simulation.world.state import NEVER


def _pilots(model: MomentumModel) -> np.ndarray:
    """Return which communities have an open pilot site of a unit that has the domain, worked out from the sites."""
    s, g = model.state, model.ground
    unit = np.repeat(np.arange(len(g.pilots)), np.diff(g.unit_place))
    pilot = s.open & (g.site_rank < g.pilots[unit][:, None]) & s.has[unit]
    found = np.zeros_like(s.pilot)
    np.logical_or.at(found, g.place_community, pilot)
    return found


@pytest.mark.parametrize(
    "spec", [zhaoqing(), small_city({"weeks": 100, "evaluation.proven_at": 0.1, "plan.pilot_share": 0.3})]
)
def test_pilots_are_the_sites_that_units_began_with(spec: Any) -> None:
    # The department's first sites on the point are closed by the plan; a county's roll-out that reaches the same
    # communities later does not make pilots of them.
    model = finished(spec, 1)
    pilots = _pilots(model)
    assert np.array_equal(model.state.pilot & model.state.covered, pilots)
    later = model.state.covered & ~pilots
    assert later.any()
    summary, effect = RunResult.of(model).summary, model.state.effect
    assert summary["pilot_effect"] == pytest.approx(effect[pilots].mean())


def test_a_site_is_covered_exactly_where_some_unit_has_it_open() -> None:
    model = MomentumModel(
        small_city({"leverage.downward": 0.6, "citizens.b0": 0.0, "evaluation.proven_at": 0.1}), rng=1
    )
    for _ in range(90):
        model.step()
        covered = np.zeros_like(model.state.covered)
        np.logical_or.at(covered, model.ground.place_community, model.state.open)
        assert np.array_equal(covered, model.state.covered)
        assert (model.state.site_since[covered] >= 0).all()
        assert not model.state.participation[~covered].any()


def _row(name: str, **cells: Any) -> dict[str, Any]:
    return {"unit": name, "parent": "Ash", "tier": "community", "kind": "resident", "population": 50, **cells}


def test_named_pilots_come_first() -> None:
    rows = [*counties("Ash", communities=6), _row("Chosen", pilot="water"), _row("Plain")]
    model = MomentumModel(make(structure={"units": rows, "citizens": "all"}, domains={"noise": {}, "water": {}}), rng=2)
    names = np.array(model.hierarchy.communities)[model.ground.place_community]
    ranks = model.ground.site_rank[names == "Chosen"][0]
    assert ranks[1] == 0
    orders = {int(MomentumModel(model.spec, rng=seed).ground.site_rank[names == "Chosen"][0, 0]) for seed in range(12)}
    assert len(orders) > 3  # elsewhere its place in the order is drawn


@pytest.mark.parametrize("turned", [False, True])
def test_the_better_off_tend_to_come_first_whatever_the_order_of_the_file(turned: bool) -> None:
    communities = [_row(f"Place {n}", platforms=[0.2, 0.9, 0.2, 0.5, 0.9, 0.2][n]) for n in range(6)]
    county = {"unit": "Ash", "parent": "City", "tier": "county"}

    def order(listed: list[dict[str, Any]], seed: int) -> list[str]:
        spec = make(
            {"plan.sites": "better-off"},
            structure={"units": [*counties()[:2], county, *listed], "citizens": "all"},
        )
        model = MomentumModel(spec, rng=seed)
        names = np.array(model.hierarchy.communities)[model.ground.place_community]
        return names[np.argsort(model.ground.site_rank[:, 0])].tolist()

    # The score is a draw less the share of bodies: .9 beats .2 with probability 1 − .3²/2.
    assert order(communities[::-1] if turned else communities, 3) == order(communities, 3)
    orders = [order(communities, seed) for seed in range(60)]
    before = np.mean([found.index("Place 1") < found.index("Place 0") for found in orders])
    assert abs(before - (1 - 0.3**2 / 2)) < 5 * np.sqrt(0.045 * 0.955 / 60)
    first = np.mean([{"Place 1", "Place 4"} & set(found[:2]) != set() for found in orders])
    assert first > 0.95
    assert len({tuple(found) for found in orders}) > 2


def test_severities_of_nought_leave_effectiveness_undefined_without_a_warning() -> None:
    values = {"structure.severity_low": 0.0, "structure.severity_high": 0.0, "structure.severity_matched": 0.0}
    summary = RunResult.of(finished(small_city(values | {"weeks": 30}))).summary
    assert np.isnan(summary["effectiveness"])
    assert 0 <= summary["core_effect"] <= 1


def test_severities_are_the_matches_the_draws_and_the_means_of_counties() -> None:
    model = MomentumModel(small_city(), rng=6)
    severity = {unit.name: model.ground.severity[unit.index] for unit in model.units}
    assert severity["Ash"][0] == severity["Birch"][1] == severity["Bureau"][2] == 0.85
    county = np.array([severity[name] for name in ("Ash", "Birch", "Cedar")])
    drawn = np.delete(county.ravel(), [0, 4])
    assert ((drawn >= 0.2) & (drawn <= 0.55)).all()
    np.testing.assert_allclose(severity["Bureau"][:2], county[:, :2].mean(axis=0), rtol=1e-12)


def test_citizens_are_drawn_as_the_model_says() -> None:
    model = MomentumModel(small_city(citizens=30_000), rng=6)
    citizens, g = model.citizens, model.ground
    county = g.community_county[citizens.get("community")]
    concern, salience, trust = (citizens.get(name) for name in ("concern", "salience", "trust"))
    for u in range(3):
        people = county == u
        share = np.bincount(concern[people], minlength=3) / people.sum()
        exact = g.severity[u] / g.severity[u].sum()
        assert np.abs(share - exact).max() < 5 * np.sqrt(0.25 / people.sum())
        for d in range(3):
            here = salience[people & (concern == d)].astype(float)
            noise = np.random.default_rng(0).normal(g.severity[u, d], 0.15, 200_000)
            expected = np.clip(noise, 0, 1)
            assert here.mean() == pytest.approx(expected.mean(), abs=5 * 0.15 / np.sqrt(len(here)))
            assert here.std() == pytest.approx(expected.std(), rel=0.1)
    # Beta(5, 5): mean 1/2, variance 1/44, and its quartiles.
    from scipy.stats import beta, kstest

    assert kstest(trust, beta(5, 5).cdf).pvalue > 1e-4
    assert not citizens.get("awareness").any()


def test_a_site_that_opens_again_keeps_its_first_week() -> None:
    ground = SimpleNamespace(place_community=np.array([0]))
    shape = (1, 1)
    state = SimpleNamespace(
        covered=np.zeros(shape, bool),
        pilot=np.zeros(shape, bool),
        site_since=np.full(shape, NEVER),
        first_pilot=np.zeros(shape, bool),
    )
    in_python(mark_site)(ground, state, 0, 0, 3, False)
    state.covered[0, 0] = False
    in_python(mark_site)(ground, state, 0, 0, 8, True)
    assert state.site_since[0, 0] == 3
    assert state.covered[0, 0]
    assert state.pilot[0, 0]
