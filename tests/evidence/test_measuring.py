"""Measuring findings in a run."""

from __future__ import annotations

import math

import numpy as np

from simulation import load_scenario
from simulation.evidence.measuring import read
from simulation.metrics import METRICS, summary
from simulation.model import MomentumModel


def test_a_metric_that_is_never_defined_has_no_peak():
    model = MomentumModel(spec=load_scenario("classroom").with_values({"structure.citizens": 200}), rng=0)
    model.run_for(1)
    outcome = model.outcome()
    undefined = [name for name, metric in METRICS.items() if np.isnan(metric.compute(outcome)).all()]
    assert undefined
    for name in undefined:
        assert math.isnan(read(outcome, summary(outcome), f"{name}.peak"))
    assert math.isfinite(read(outcome, summary(outcome), "effectiveness.peak"))
