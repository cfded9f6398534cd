"""Sets of citizens refuse unknown columns and rows, and select citizens as requested."""

from __future__ import annotations

import numpy as np
import pytest
from kit.cities import SMALL, small_city

from simulation import MomentumModel, RunResult, load_scenario
from simulation.agents.citizens import Citizen


@pytest.fixture(scope="module")
def model() -> MomentumModel:
    return MomentumModel(small_city(), rng=4)


def test_a_column_that_there_is_not_is_refused_with_those_that_there_are(model: MomentumModel) -> None:
    with pytest.raises(AttributeError, match=r"no column 'mood'; columns are .*trust"):
        model.citizens.get("mood")
    with pytest.raises(AttributeError, match=r"cannot set 'community'; columns are .*trust"):
        model.citizens.set("community", 0)
    with pytest.raises(AttributeError, match="keeps no column 'threshold'"):
        model.citizens.set("threshold", 0.5)


@pytest.mark.parametrize("place", [320, -321])
def test_a_citizen_beyond_the_last_is_refused(model: MomentumModel, place: int) -> None:
    with pytest.raises(IndexError, match=f"citizen {place} of 320"):
        _ = model.citizens[place]


def test_citizens_of_another_model_and_other_things_are_not_in_the_set(model: MomentumModel) -> None:
    other = MomentumModel(small_city(), rng=4)
    assert other.citizens[3] not in model.citizens
    assert "citizen" not in model.citizens
    few = model.citizens.select(at_most=10)
    assert model.citizens[9] in few
    assert model.citizens[10] not in few


def test_a_share_or_a_number_of_those_who_satisfy_is_chosen_in_order(model: MomentumModel) -> None:
    trust = model.citizens.get("trust")
    high = np.flatnonzero(trust > 0.5)
    assert [c.index for c in model.citizens.select(trust > 0.5)] == high.tolist()
    assert [c.index for c in model.citizens.select(lambda c: c.trust > 0.5, at_most=5)] == high[:5].tolist()
    assert len(model.citizens.select(at_most=0.25)) == 80


def test_a_function_or_a_method_is_called_of_each_in_order(model: MomentumModel) -> None:
    few = model.citizens.select(at_most=7)
    assert few.map(lambda citizen, more: citizen.index + more, 100) == list(range(100, 107))
    assert few.agg("trust", [np.min, np.max]) == [few.get("trust").min(), few.get("trust").max()]
    by_concern = model.citizens.groupby(lambda citizen: citizen.index % 2)
    assert {key: len(found) for key, found in by_concern.items()} == {0: 160, 1: 160}
    assert all(isinstance(citizen, Citizen) for citizen in by_concern[0])


def test_nobody_can_be_removed(model: MomentumModel) -> None:
    with pytest.raises(TypeError, match="cannot be removed"):
        model.citizens.remove(model.citizens[0])
    assert repr(model.citizens) == "<CitizenSet of 320>"


def test_citizens_are_counted_among_the_kinds_of_agent() -> None:
    model = MomentumModel(load_scenario("classroom").with_values(SMALL), rng=0)
    assert model.agents_by_type[Citizen] is model.citizens
    assert len(model.citizens) == SMALL["structure.citizens"]
    assert set(model.agents_by_type) == set(model.agent_types)


def test_a_citizens_method_can_be_asked_for_by_name(small_run: RunResult) -> None:
    citizens = small_run.model.citizens
    assert citizens.map("__repr__") == [repr(citizen) for citizen in citizens]
