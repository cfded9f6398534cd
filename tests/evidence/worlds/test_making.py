"""One small search from end to end, on the model: every step happens, and a second call runs nothing again."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import numpy as np
import pytest

from simulation.evidence.worlds import making
from simulation.evidence.worlds.budget import QUICK, runs
from simulation.evidence.worlds.centre import from_the_centre
from simulation.evidence.worlds.checking import judge
from simulation.evidence.worlds.measuring import DIGITS
from simulation.evidence.worlds.space import space
from simulation.files.errors import InputError
from simulation.scenario import load_scenario

# `tests/command/test_worlds.py` makes a smaller set from end to end.
pytestmark = [pytest.mark.slow, pytest.mark.thorough]

FEW = ("departments.turf", "stages.settlement.convert", "execution.noise", "execution.w_need", "citizens.learn")
BUDGET = replace(QUICK, first=30, later=10, cities=8, candidates=40, looked_at=40, at_once=20, wanted=8, trajectories=2)
QUIET = {"workers": 0, "progress": "quiet"}


def few_parameters():
    return {name: one for name, one in space().items() if name in FEW}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The set, its folder, and what was told on the way."""
    folder, told = tmp_path_factory.mktemp("worlds"), []

    def say(key, **values):
        told.append((key, values))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "space", few_parameters)
        found = making.make(folder, budget=BUDGET, seed=2, report=say, **QUIET)
        yield found, folder, told


def test_members_are_good_enough_on_the_cities_that_they_were_checked_on(made):
    found, _, _ = made
    targets = list(found.asked.targets.values())
    assert len(found.values) == len(found.unit) == len(found.means) > 1
    assert (judge(targets, found.means[1:], found.errors[1:]) <= 1).all()


def test_members_are_all_that_were_good_enough_twice_the_second_time_on_cities_of_their_own(made):
    found, _, _ = made
    targets, again = list(found.asked.targets.values()), found.again
    assert np.array_equal(again.unit, found.checked.many.unit[found.checked.good])
    stay = again.unit[judge(targets, again.means, again.errors) <= 1]
    assert {row.tobytes() for row in stay} == {row.tobytes() for row in found.unit}


def test_members_are_distinct_lie_inside_the_priors_and_run_as_they_are_written(made):
    found, _, _ = made
    assert len({tuple(one.values()) for one in found.values}) == len(found.values)
    base = load_scenario("zhaoqing")
    for one in found.values:
        assert one.keys() == found.asked.parameters.keys()
        for name, value in one.items():
            prior = found.asked.parameters[name]
            assert prior.low <= value <= prior.high
            assert value == float(f"{value:.{DIGITS}g}")
        assert base.with_values(one).values.items() >= one.items()


def test_the_default_is_central(made):
    found, _, _ = made
    order = from_the_centre(found.unit)
    assert 0 in order[: making._CENTRES]
    assert all(value == pytest.approx(float(f"{value:.2g}"), rel=0.1) for value in found.values[0].values())


def test_the_steps_are_told_and_their_runs_counted(made):
    found, folder, told = made
    assert [key for key, _ in told] == ["screened", "wave", "wave", "checked", "last"]
    assert [values["vectors"] for key, values in told if key == "wave"] == [30, 40]
    assert found.runs.keys() == {"screen", "wave", "few", "many", "last"}
    for stage, number in found.runs.items():
        assert number == sum(rows(path) for path in folder.glob(f"{stage}-*.sqlite")), stage
    per_vector = sum(runs(found.asked.settings, BUDGET.wave).values())
    assert found.runs["wave"] == 40 * per_vector


def test_the_same_call_finds_its_runs_and_the_same_worlds(made, monkeypatch):
    found, folder, _ = made

    def must_not_run(*_):
        raise AssertionError

    monkeypatch.setattr("simulation.evidence.measuring.Setting.measure", must_not_run)
    again = making.make(folder, budget=BUDGET, seed=2, **QUIET)
    assert again.values == found.values
    assert np.array_equal(again.means, found.means)
    assert again.runs == found.runs


def test_findings_that_nothing_meets_are_told_as_input_errors(made, monkeypatch):
    _, folder, _ = made
    monkeypatch.setattr("simulation.evidence.worlds.checking.HOPELESS", -1.0)
    with pytest.raises(InputError, match="no candidate"):
        making.make(folder, budget=replace(BUDGET, candidates=BUDGET.at_once), seed=2, **QUIET)


def rows(store):
    db = sqlite3.connect(store)
    try:
        return db.execute("SELECT count(*) FROM runs").fetchone()[0]
    finally:
        db.close()
