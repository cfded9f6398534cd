"""Screening by elementary effects, on functions whose effects are known."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.evidence.expression import Expression
from simulation.evidence.targets import Target
from simulation.evidence.worlds.screening import LEVELS, MOVES_FINDING, MOVES_OUTCOME, screen, trajectories

NAMES = ["a", "b", "idle"]


def target(name, low=0.0, high=0.0, tolerance=1.0):
    return Target(name, "made", Expression.parse("x", ["x"]), low, high, tolerance, "made")


def screened(function, targets, outcomes=(), usual=None, number=20):
    """Screen; the means at the defaults, where they are asked for, lie outside every range unless given."""
    usual = np.full(len(targets), 1e6) if usual is None else np.asarray(usual)
    found = screen(NAMES, {one.name: one for one in targets}, list(outcomes), function, usual, number=number, seed=3)
    return found.set_index("parameter")


def test_a_design_moves_one_parameter_at_a_time_by_two_thirds_and_each_once_per_trajectory():
    unit = trajectories(5, 7, seed=1).reshape(7, 6, 5)
    steps = np.diff(unit, axis=1)
    assert ((steps != 0).sum(axis=2) == 1).all()
    assert np.abs(steps).sum(axis=2) == pytest.approx(LEVELS / (2 * (LEVELS - 1)))
    assert ((steps != 0).sum(axis=1) == 1).all()
    assert not np.array_equal(unit.reshape(-1, 5), trajectories(5, 7, seed=2))


def test_the_effect_on_a_finding_of_a_linear_model_is_its_slope_in_tolerances():
    table = screened(lambda unit: 6 * unit[:, :1] - 2 * unit[:, 1:2], [target("y", tolerance=2.0)])
    assert table["y"].to_numpy() == pytest.approx([3.0, 1.0, 0.0])
    assert table["matters"].tolist() == [slope >= MOVES_FINDING for slope in (3.0, 1.0, 0.0)]


def test_the_effect_on_an_outcome_is_in_standard_deviations_of_that_outcome():
    def model(unit):
        return 1000 * unit[:, :1] + 0.001 * unit[:, 1:2]

    spread = model(trajectories(3, 20, 3)).std()
    table = screened(model, [target("y", -1e9, 1e9)], ["y"])
    assert table["y"].to_numpy() == pytest.approx([1000 / spread, 0.001 / spread, 0.0])
    assert table["matters"].to_dict() == {"a": True, "b": False, "idle": False}
    assert table.loc["a", "y"] > MOVES_OUTCOME


def test_a_parameter_whose_effects_cancel_out_matters_all_the_same():
    # The mean effect of b is 0, since its sign depends on a.
    table = screened(lambda unit: 8 * (unit[:, :1] - 0.5) * (unit[:, 1:2] - 0.5), [target("y")], number=60)
    assert table.loc["b", "y"] > MOVES_FINDING
    assert table["matters"].to_dict() == {"a": True, "b": True, "idle": False}


def test_a_parameter_matters_that_moves_one_of_several_findings():
    table = screened(lambda unit: np.column_stack([0 * unit[:, 0], 9 * unit[:, 1]]), [target("x"), target("y")])
    assert table["x"].to_numpy() == pytest.approx([0, 0, 0])
    assert table["matters"].to_dict() == {"a": False, "b": True, "idle": False}


def test_a_parameter_that_moves_nothing_does_not_matter_although_some_runs_are_undefined():
    def model(unit):
        return np.where(unit[:, 1:2] > 0.9, np.nan, 5 * unit[:, :1])

    table = screened(model, [target("y")])
    assert np.isfinite(table["y"]).all()
    assert not table.loc["idle", "matters"]
    assert table.loc["a", "matters"]


def test_a_finding_met_with_room_to_spare_is_out_of_reach_only_beyond_that_room():
    room = screened(lambda unit: 6 * unit[:, :1], [target("y", 0.0, 10.0)], usual=[4.0])
    assert room.loc["a", "y"] == pytest.approx(6 / (1 + 4))
    endless = screened(lambda unit: 6 * unit[:, :1], [target("y", 0.0, np.inf)], usual=[2.0])
    assert endless.loc["a", "y"] == pytest.approx(6 / (1 + 2))
