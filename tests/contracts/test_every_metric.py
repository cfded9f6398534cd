"""Contracts that every metric keeps: a new one is under contract at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from kit.cities import finished, small_city
from kit.strategies import scenarios

from simulation.metrics import METRICS, weekly
from simulation.results import RunResult
from simulation.scenario import Scenario


@pytest.mark.parametrize("name", METRICS)
def test_every_metric_says_what_it_is(name: str) -> None:
    entry = METRICS[name]
    assert entry.name == name
    assert entry.compute.__doc__
    assert entry.unit
    assert entry.low < entry.high


@settings(max_examples=40)
@given(scenarios(weeks=70))
def test_every_metric_stays_in_its_range(spec: Scenario) -> None:
    for name, series in weekly(finished(spec, seed=4).outcome()).items():
        entry = METRICS[name]
        assert series.shape == (70,)
        told = series[~np.isnan(series)]
        slack = 1e-12 * max(1.0, np.abs(told).max(initial=0.0))
        assert (told >= entry.low - slack).all(), name
        assert (told <= entry.high + slack).all(), name


def test_metrics_agree_with_the_cells_they_summarise() -> None:
    model = finished(small_city({"weeks": 110, "evaluation.proven_at": 0.6}), 6)
    result = RunResult.of(model)
    cells, summary = result.cells, result.summary
    people = dict(
        zip(np.array(model.hierarchy.communities)[model.sample.communities], model.sample.weights, strict=True)
    )
    weight = cells.community.map(people) * cells.severity
    assert summary["effectiveness"] == pytest.approx((cells.effect * weight).sum() / weight.sum())
    core = cells[cells.domain == model.spec.point]
    assert summary["core_effect"] == pytest.approx(np.average(core.effect, weights=core.community.map(people)))
    sites = cells[cells.site_since.notna()]
    assert summary["surface"] == pytest.approx(len(sites) / len(cells))
    assert summary["site_effect"] == pytest.approx(sites.effect.mean())
    assert summary["breadth"] == (sites.groupby("domain").effect.mean() > 0.4).sum() > 0
    share = cells.groupby("domain").apply(lambda t: (t.effect * t.community.map(people)).sum(), include_groups=False)
    assert summary["focus"] == pytest.approx(((share / share.sum()) ** 2).sum())
    by_county = [model.state.mean_effect[unit.index].mean() for unit in model.units if not unit.is_department]
    gaps = np.abs(np.subtract.outer(by_county, by_county)).mean() / (2 * np.mean(by_county))
    assert summary["equity"] == pytest.approx(1 - gaps)
    assert 0 < summary["surface"] < 1


def test_metrics_agree_with_the_agents_they_count() -> None:
    model = finished(small_city({"weeks": 70, "plan.per_county": 3, "execution.oversight": 0.1}), 2)
    summary = RunResult.of(model).summary
    modes = [unit.mode(domain) for unit in model.units for domain in unit.domains]
    for mode in ("substantive", "adaptive", "symbolic", "selective"):
        assert summary[mode] == pytest.approx(modes.count(mode) / len(modes))
    assert summary["symbolic"] + summary["adaptive"] > 0
    assert summary["participation"] == pytest.approx(model.citizens.get("took_part").mean())
    assert summary["trust"] == pytest.approx(model.citizens.get("trust").mean(), rel=1e-6)
    assert summary["awareness"] == pytest.approx(model.citizens.get("awareness").mean(), rel=1e-6)
    # participation by cell, counted again from the citizens themselves
    took, home, concern = (model.citizens.get(name) for name in ("took_part", "community", "concern"))
    for k, d in np.ndindex(model.state.participation.shape):
        here = (home == k) & (concern == d)
        assert model.state.participation[k, d] == pytest.approx(took[here].mean() if here.any() else 0)
    reported, true, sites = model.evaluation()
    gap = ((reported - true) * sites).sum() / sites.sum()
    assert summary["reporting_gap"] == pytest.approx(gap)
    assert gap > 0
    ledger = RunResult.of(model).ledger
    for account in ("adaptive", "symbolic", "selective", "overload", "idle", "stretch", "undirected"):
        assert summary[f"lost_{account}"] == pytest.approx(ledger[ledger.account == account].amount.sum())
    assert summary["delivered"] == pytest.approx(ledger[ledger.kind == "delivered"].amount.sum())
