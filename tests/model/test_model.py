"""The model between its first and its last week, small and large."""

from __future__ import annotations

import math

import pytest
from kit.cities import SMALL

from simulation import MomentumModel, load_scenario


def test_a_model_before_its_first_week_has_no_metric_and_names_the_domains_there_are() -> None:
    model = MomentumModel(load_scenario("classroom").with_values(SMALL), rng=0)
    assert math.isnan(model.metric("trust"))
    with pytest.raises(KeyError, match=next(iter(model.spec.domains))):
        model.domain_index("weather")


def test_a_province_of_a_hundred_cities_runs_and_balances():
    rows = [{"unit": "Province", "tier": "province"}]
    for c in range(100):
        rows.append({"unit": f"City {c}", "parent": "Province", "tier": "city"})
        rows += [
            {"unit": f"County {c}.{u}", "parent": f"City {c}", "tier": "county", "population": 1000, "residential": 2}
            for u in range(10)
        ]
    spec = {
        "weeks": 30,
        "structure": {"units": rows, "citizens": 4000, "communities": 2000},
        "domains": {"a": {}, "b": {}},
    }
    made = MomentumModel(load_scenario(spec), rng=0)
    for _ in range(30):  # the ledger is checked every week, and raises
        made.step()
    assert made.record.effect.shape == (30, 1000, 2)
    assert (made.state.plan_week >= 0).all()
    assert (made.record.effect[-1].reshape(100, 10, 2).max(axis=(1, 2)) > 0).all()
