"""A trial carries everything about its hypothesis; a battery is a list of them."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import claim, shifted

from simulation.hypotheses import Battery, Hypothesis

TEST = {"pilot": 10, "max_replicates": 20}


@pytest.fixture(name="battery")
def _battery(tmp_path):
    both = [
        Hypothesis.load(claim(id=name, kind="difference", treatment={"shift": 1.2}, test=TEST), shifted)
        for name in "AB"
    ]
    return Battery(both, store=tmp_path, workers=0, progress="quiet")


def test_a_battery_holds_one_trial_per_hypothesis_from_the_start(battery):
    assert [trial.hypothesis for trial in battery.trials] == battery.hypotheses
    assert all(len(trial.arms(None)) == 2 for trial in battery.trials)


def test_a_trial_carries_its_plan_its_samples_and_its_finding(battery):
    plans = battery.plan()
    assert battery.plan() == plans
    findings = battery.test()
    for trial in battery.trials:
        name = trial.hypothesis.id
        assert trial.plan is plans[name]
        assert trial.samples.shape == (trial.plan.replicates, len(trial.arms(None)))
        assert trial.finding is findings[name]
        assert trial.finding.parts is trial.parts
        np.testing.assert_array_equal(trial.finding.outcomes, trial.samples)
    first, second = battery.trials
    assert first.pool is second.pool


def test_a_trial_that_is_scaled_down_keeps_five_replicates(battery):
    battery.plan()
    trial = battery.trials[0]
    before = trial.cost
    trial.scale(1e-9)
    assert trial.plan.replicates == 5
    assert trial.cost < before


@pytest.mark.parametrize("how", ["quick", "scaled"])
def test_the_power_that_a_plan_states_is_that_of_the_replicates_that_run(tmp_path, how):
    one = Hypothesis.load(claim(id="A", kind="difference", treatment={"shift": 1.2}), shifted)
    battery = Battery([one], store=tmp_path, workers=0, progress="quiet", quick=how == "quick")
    battery.plan()
    trial = battery.trials[0]
    if how == "scaled":
        trial.scale(1e-9)
    plan = trial.plan
    assert plan.replicates < plan.wanted
    shown = 1 - sum(1 - need.power(plan.replicates, plan.alpha) for need in plan.needs)
    assert plan.power == max(0.0, shown)
    assert plan.power < one.common.test.power
