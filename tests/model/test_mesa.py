"""The model is an ordinary Mesa model: data collection, agent sets, running, copying, all through Mesa itself."""

from __future__ import annotations

import copy
import pickle

import mesa
import numpy as np
import pytest
from kit.cities import finished, small_city
from mesa.datacollection import DataCollector

from simulation import MomentumModel
from simulation.agents.bodies import Body
from simulation.agents.citizens import Citizen, CitizenSet
from simulation.agents.city import CityLeadershipGroup
from simulation.agents.county import CountyPilot
from simulation.agents.province import ProvincialLeader
from simulation.agents.town import TownGovernment


@pytest.fixture
def model() -> MomentumModel:
    made = MomentumModel(small_city({"citizens.b0": -1.5}), rng=4)
    made.run_for(30)
    return made


def test_it_is_a_mesa_model_and_time_runs_with_its_weeks(model: MomentumModel) -> None:
    assert isinstance(model, mesa.Model)
    assert model.time == model.week == 30
    model.step()
    model.run_for(4)
    assert model.time == model.week == 35
    assert model.running
    model.run_for(25)
    assert not model.running


def test_institutions_are_registered_and_citizens_are_a_type(model: MomentumModel) -> None:
    assert set(model.agent_types) == {ProvincialLeader, CityLeadershipGroup, CountyPilot, TownGovernment, Body, Citizen}
    assert set(model.agents_by_type) == set(model.agent_types)
    assert len(model.agents) == 1 + 1 + 4 + 4  # each unit has a staff of its own
    assert len(model.agents_by_type[CountyPilot]) == 4
    assert len(model.agents_by_type[Citizen]) == len(model.citizens) == 320
    assert len(model.agents_by_type[Body]) == len(model.bodies) == 7 * len(model.ground.population)
    ids = [agent.unique_id for agent in (*model.agents, *model.citizens, *model.bodies)]
    assert len(set(ids)) == len(ids)


def test_mesa_collects_model_agent_and_type_data(model: MomentumModel) -> None:
    collector = DataCollector(
        model_reporters={"effectiveness": "effectiveness", "level": lambda m: m.cities[0].levels[0]},
        agent_reporters={"name": "name"},
        agenttype_reporters={
            CountyPilot: {"load": "load", "confidence": lambda unit: unit.confidence},
            CityLeadershipGroup: {"momentum": "momentum"},
            Citizen: {"trust": "trust", "took": lambda citizen: citizen.took_part},
        },
    )
    trust = []
    for _ in range(3):
        model.step()
        collector.collect(model)
        trust.append(model.citizens.get("trust"))
    frame = collector.get_model_vars_dataframe()
    assert frame.effectiveness.iloc[-1] == model.effectiveness > 0
    assert len(collector.get_agent_vars_dataframe()) == 3 * 10
    citizens = collector.get_agenttype_vars_dataframe(Citizen)
    assert len(citizens) == 3 * 320
    assert citizens.trust.to_numpy() == pytest.approx(np.concatenate(trust))
    assert citizens.took.any()
    units = collector.get_agenttype_vars_dataframe(CountyPilot)
    assert units.load.to_numpy()[-4:].tolist() == [unit.load for unit in model.units]
    assert len(collector.get_agenttype_vars_dataframe(CityLeadershipGroup)) == 3


def test_agent_sets_answer(model: MomentumModel) -> None:
    units = model.agents_by_type[CountyPilot]
    departments = units.select(lambda unit: unit.is_department)
    assert [unit.name for unit in departments] == ["Bureau"]
    assert len(units.select(at_most=2)) == 2
    assert units.get("name") == ["Ash", "Birch", "Cedar", "Bureau"]
    assert units.agg("load", max) == max(units.get("load"))
    assert units.map("label", "en") == units.get("name")
    groups = units.groupby("is_department")
    assert {key: len(group) for key, group in groups} == {False: 3, True: 1}
    seen: list[str] = []
    units.do(lambda unit: seen.append(unit.name))
    assert seen == units.get("name")
    assert len(model.agents.select(agent_type=CountyPilot)) == 4
    assert model.agents.groupby(type).count()[CityLeadershipGroup] == 1


def test_citizens_are_mesa_agents_over_columns(model: MomentumModel) -> None:
    citizens = model.citizens
    citizen = citizens[12]
    assert isinstance(citizen, mesa.Agent)
    assert citizen.model is model
    citizen.trust = 0.25
    assert model.population.trust[12] == 0.25
    model.population.awareness[12] = 0.5
    assert citizen.awareness == 0.5
    assert citizen.domain == list(model.spec.domains)[citizen.concern]
    assert citizen == citizens[12]
    assert citizen != citizens[13]
    assert len({citizen, citizens[12], citizens[13]}) == 2
    assert citizen in citizens
    assert citizens[-1] == citizens[319]
    assert [c.index for c in citizens[2:5]] == [2, 3, 4]
    with pytest.raises(IndexError):
        citizens[320]


def test_only_declared_columns_are_accepted(model: MomentumModel) -> None:
    with pytest.raises(AttributeError, match="mood"):
        model.citizens[0].mood = 1
    with pytest.raises(AttributeError, match="mood"):
        _ = model.citizens[0].mood
    with pytest.raises(AttributeError, match="community"):
        model.citizens[0].community = 1
    for call in (lambda: model.citizens.get("mood"), lambda: model.citizens.set("mood", 1)):
        with pytest.raises(AttributeError, match="mood"):
            call()


def test_citizens_cannot_be_removed(model: MomentumModel) -> None:
    with pytest.raises(TypeError, match="cannot be removed"):
        model.citizens[0].remove()
    with pytest.raises(TypeError, match="cannot be removed"):
        model.citizens.remove(model.citizens[0])


def test_citizen_sets_select_group_and_summarise(model: MomentumModel) -> None:
    citizens, trust = model.citizens, model.citizens.get("trust")
    high = citizens.select(trust > 0.6)
    assert len(high) == (trust > 0.6).sum() > 0
    assert (high.get("trust") > 0.6).all()
    assert [c.index for c in citizens.select(lambda c: c.trust > 0.6)] == [c.index for c in high]
    assert high[0] in high
    assert citizens[int(np.flatnonzero(trust <= 0.6)[0])] not in high
    assert len(high.select(high.get("concern") == 1)) == ((trust > 0.6) & (citizens.get("concern") == 1)).sum()
    assert len(citizens.select(at_most=7)) == 7
    groups = citizens.groupby("concern")
    assert sum(len(group) for group in groups.values()) == 320
    assert all((group.get("concern") == value).all() for value, group in groups.items())
    assert citizens.agg("trust", np.mean) == pytest.approx(trust.mean())
    assert citizens.agg("trust", [np.min, np.max]) == [trust.min(), trust.max()]
    assert citizens.map(lambda c: c.trust)[:3] == trust[:3].tolist()
    assert citizens.get(["trust", "salience"]).shape == (320, 2)
    seen: list[int] = []
    high.do(lambda c: seen.append(c.index))
    assert seen == high.rows.tolist()
    high.set("trust", 0.5)
    assert (model.population.trust[high.rows] == 0.5).all()
    assert (citizens.get("trust") == 0.5).sum() == len(high)


def test_what_is_got_is_a_copy_and_what_is_set_counts(model: MomentumModel) -> None:
    copied = model.citizens.get("trust")
    copied[:] = 0
    assert model.citizens.get("trust").min() > 0
    model.citizens.set("concern", 2)
    assert (model.population.concerned[:, :2] == 0).all()
    assert model.population.concerned.sum() == 320
    model.step()
    took = model.citizens.get("took_part")
    home = model.citizens.get("community")
    for k in range(len(model.state.participation)):
        assert model.state.participation[k, 2] == pytest.approx(took[home == k].mean())


def _go_on(model: MomentumModel) -> tuple[bytes, ...]:
    model.run_for(20)
    return tuple(np.ascontiguousarray(series[:50]).tobytes() for series in model.record)


def test_copies_made_midway_continue_identically(model: MomentumModel) -> None:
    pickled, copied = pickle.loads(pickle.dumps(model)), copy.deepcopy(model)
    before = model.state.Q.copy()
    first = _go_on(copied)
    assert np.array_equal(model.state.Q, before)  # nothing is shared
    assert _go_on(pickled) == first
    assert _go_on(model) == first
    assert _go_on(finished(small_city({"citizens.b0": -1.5, "weeks": 30}), 4)) == first
    for other in (pickled, copied):
        assert [agent.unique_id for agent in other.agents] == [agent.unique_id for agent in model.agents]
        assert other.units[0].model is other
        assert isinstance(other.citizens, CitizenSet)
        assert other.citizens[5].model is other
        assert other.citizens[5] != model.citizens[5]


def test_a_citizen_can_be_pickled_and_copied(model: MomentumModel) -> None:
    citizen = pickle.loads(pickle.dumps(model.citizens[3]))
    assert (citizen.index, citizen.trust) == (3, model.citizens[3].trust)
    assert copy.copy(model.citizens[3]) == model.citizens[3]


def test_the_seed_may_be_any_that_mesa_takes() -> None:
    assert MomentumModel(small_city(), rng=np.int64(5)).seed == 5
    assert MomentumModel(small_city(), rng=0).seed == 0
    one, other = (MomentumModel(small_city(), rng=np.random.default_rng(3)) for _ in range(2))
    assert one.seed == other.seed
    assert MomentumModel(small_city()).seed != MomentumModel(small_city()).seed
