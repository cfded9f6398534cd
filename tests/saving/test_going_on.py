"""A run that is stopped, saved, loaded and gone on with gives the bytes of one that never stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from continuing import at, end_of, small, stopped_at
from hypothesis import given
from hypothesis import strategies as st
from kit.cities import city_with_towns, small_city, zhaoqing
from kit.runs import data_of

import simulation
from simulation import InputError, MomentumModel, load_scenario
from simulation.saving import load_state, save_state
from simulation.scenario import shipped

REVIEW = 13


@pytest.mark.parametrize("name", shipped())
def test_every_scenario_goes_on_from_any_week_as_if_it_had_never_stopped(name, tmp_path):
    spec = small(name)
    straight = at(spec, spec.weeks)
    end = end_of(straight, tmp_path)
    planned = max(int(straight.state.plan_week.max()), 1)
    for week in sorted({0, 1, REVIEW, REVIEW + 1, planned - 1, planned, spec.weeks - 1, spec.weeks}):
        again = stopped_at(spec, week, tmp_path)
        again.compute(spec.weeks - week)
        assert end_of(again, tmp_path) == end, week


@pytest.mark.parametrize("name", ["classroom", "guangdong", "zhaoqing-table"])
def test_all_tables_are_the_same_bytes(name, tmp_path):
    spec = small(name)
    again = stopped_at(spec, 15, tmp_path)
    again.compute(spec.weeks - 15)
    simulation.RunResult.of(at(spec, spec.weeks)).save(tmp_path / "straight")
    simulation.RunResult.of(again).save(tmp_path / "again")
    straight = data_of(tmp_path / "straight")
    assert len(straight) > 5
    assert data_of(tmp_path / "again") == straight
    told = [json.loads((tmp_path / one / "provenance.json").read_text()) for one in ("straight", "again")]
    for one in told:
        del one["finished"], one["seconds"]
    assert told[0] == told[1]


@given(week=st.integers(0, 104))
def test_a_class_can_stop_in_any_week(week, tmp_path_factory):
    folder = tmp_path_factory.getbasetemp()
    again = stopped_at("classroom", week, folder)
    again.compute(104 - week)
    assert end_of(again, folder) == end_of(at("classroom", 104), folder)


def test_a_run_stops_and_goes_on_past_its_planned_end(tmp_path):
    values = {"rivals.rate": 2.0, "turnover.rate": 0.5, "weeks": 20}
    spec = small_city(values)
    end = end_of(at(spec, 150), tmp_path)
    for week in (20, 21, 50, 100):
        again = stopped_at(spec, week, tmp_path)
        assert not again.running
        again.compute(150 - week)
        assert end_of(again, tmp_path) == end, week


def test_changes_by_week_and_by_condition_go_on_through_a_saved_state(tmp_path):
    spec = small_city(
        {
            "changes": [
                {"week": 8, "length": 20, "set": {"execution.oversight": 0.1}},
                {"week": 12, "set": {"execution.analysis_every": 3, "rivals.rate": 2.0}},
                {"week": 15, "set": {"execution.capacity": 0.5}, "units": ["Ash"]},
                {"when": "effectiveness > 0", "set": {"evaluation.inflate": 0.1}, "length": 14, "repeat": True},
            ]
        }
    )
    end = end_of(at(spec, 60), tmp_path)
    assert end != end_of(at(spec.with_values({"changes": []}), 60), tmp_path)
    for week in (0, 7, 8, 9, 12, 15, 16, 26, 27, 28, 29, 40, 59):
        again = stopped_at(spec, week, tmp_path)
        again.compute(60 - week)
        assert end_of(again, tmp_path) == end, week


def test_a_change_made_by_hand_is_in_the_state(tmp_path):
    first = at(small_city(), 20)
    first.change({"execution.oversight": 0.1}, length=5)
    again = load_state(save_state(first, tmp_path / "state.npz"))
    for one in (first, again):
        one.compute(40)
    assert end_of(again, tmp_path) == end_of(first, tmp_path)


def test_saving_does_not_disturb_the_model(tmp_path):
    disturbed = at(small_city(), 0)
    for _ in range(60):
        save_state(disturbed, tmp_path / "state.npz")
        disturbed.step()
    assert end_of(disturbed, tmp_path) == end_of(at(small_city(), 60), tmp_path)


def test_two_states_of_one_model_are_the_same_bytes(tmp_path):
    first = at("classroom", 30)
    one, two = (save_state(first, tmp_path / name).read_bytes() for name in ("one.npz", "two.npz"))
    assert one == two == end_of(load_state(tmp_path / "one.npz"), tmp_path) == end_of(first.branch(), tmp_path)


def test_mesa_s_clock_stands_at_the_week_of_the_state(tmp_path):
    first, again = at("classroom", 30), stopped_at("classroom", 30, tmp_path)
    assert (again.week, again.time, again.steps, again.running) == (30, first.time, first.steps, True)
    again.step()
    assert (again.week, again.time, again.steps) == (31, 31.0, 31)
    assert not stopped_at("classroom", 104, tmp_path).running


@pytest.mark.parametrize("rule", ["logit", "threshold"])
def test_a_network_and_thresholds_that_were_given_are_in_the_state(rule, tmp_path):
    graph = nx.relabel_nodes(nx.barabasi_albert_graph(320, 3, seed=1), int)
    given = {"network": graph, "thresholds": np.linspace(0.0, 0.5, 320)}
    spec = small_city({"citizens.rule": rule})
    first = at(spec, 20, **given)
    again = stopped_at(spec, 20, tmp_path, **given)
    for one in (first, again):
        one.compute(40)
    assert again.record.took_part.any()
    assert end_of(again, tmp_path) == end_of(first, tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [("network", nx.cycle_graph(320)), ("thresholds", np.linspace(0.0, 0.5, 320))],
)
def test_a_loaded_run_says_what_was_given_and_cannot_be_run_again_without_it(name, value, tmp_path):
    again = stopped_at(small_city({"citizens.rule": "threshold"}), 20, tmp_path, **{name: value})
    assert {key for key, one in again.given.items() if one is not None} == {name}
    assert again.branch().given == again.given
    again.compute(5)
    made = simulation.RunResult.of(again)
    for anew in (made.without_changes, lambda: made.branch(22, {"execution.oversight": 0.1})):
        with pytest.raises(InputError, match=f"{name}.*cannot be run again"):
            anew()


def test_thresholds_as_drawn_are_not_in_the_state(tmp_path):
    spec = small_city({"citizens.rule": "threshold"})
    again = stopped_at(spec, 20, tmp_path)
    again.compute(40)
    assert end_of(again, tmp_path) == end_of(at(spec, 60), tmp_path)
    assert set(again.given.values()) == {None}
    with np.load(tmp_path / "state.npz", allow_pickle=False) as content:
        assert not [name for name in content.files if name.startswith("citizens.")]


@pytest.mark.parametrize(
    ("column", "value"), [("concern", 1), ("salience", 0.25), ("trust", 0.9), ("awareness", 0.3), ("took_part", 1)]
)
def test_citizens_that_were_changed_by_hand_are_in_the_state(column, value, tmp_path):
    first = at(small_city(), 20)
    first.citizens.set(column, value, [3, 77])
    again = load_state(save_state(first, tmp_path / "state.npz"))
    assert again.citizens.get(column)[[3, 77]].tolist() == pytest.approx([value, value])
    for one in (first, again):
        one.compute(40)
    assert end_of(again, tmp_path) == end_of(first, tmp_path)


def test_numbers_that_were_changed_by_hand_are_in_the_state(tmp_path):
    first = at(small_city(), 20)
    first.numbers[0].execution.oversight = 0.05
    again = load_state(save_state(first, tmp_path / "state.npz"))
    assert again.parameters.execution.oversight == 0.05
    for one in (first, again):
        one.compute(40)
    assert end_of(again, tmp_path) == end_of(first, tmp_path)


def test_a_structure_of_the_user_s_own_is_in_the_state(tmp_path):
    rows = load_scenario("zhaoqing").structure_content
    (tmp_path / "mine" / "places").mkdir(parents=True)
    own = tmp_path / "mine" / "places" / "my.csv"
    own.write_bytes(rows)
    (tmp_path / "mine" / "mine.toml").write_text(
        'extends = "zhaoqing"\nweeks = 30\n[structure]\nfile = "places/my.csv"\ncitizens = 600\n', encoding="utf-8"
    )
    spec = load_scenario(tmp_path / "mine" / "mine.toml")
    first, again = at(spec, 10), stopped_at(spec, 10, tmp_path)
    own.unlink()
    assert again.spec.own_structure == rows
    assert (again.spec.to_dict(), again.spec.name) == (spec.to_dict(), "mine")
    for one in (first, again):
        one.compute(20)
    assert again.record.effect.tobytes() == first.record.effect.tobytes()


def test_a_scenario_s_own_changes_are_told_after_loading_too(tmp_path):
    spec = load_scenario("classroom").with_values({"execution.oversight": 0.3})
    again = stopped_at(spec, 4, tmp_path)
    assert again.spec.overrides == spec.overrides == {"execution.oversight": 0.3}
    assert again.spec == spec
    assert again.spec.origins == spec.origins


@pytest.mark.slow
def test_a_state_goes_on_alike_on_one_thread_and_on_two(tmp_path):
    spec = zhaoqing({"weeks": 40}, citizens=210_000)
    first = at(spec, 20, threads=2)
    save_state(first, tmp_path / "state.npz")
    first.compute(20)
    for threads in (1, 2):
        again = load_state(tmp_path / "state.npz", threads=threads)
        again.compute(20)
        assert end_of(again, tmp_path) == end_of(first, tmp_path)


PLAIN = """
import sys
from simulation import MomentumModel
from simulation.saving import load_state, save_state
spec, folder = "classroom", sys.argv[1]
def at(week):
    made = MomentumModel(load(sys.argv[2]), rng=5)
    made.compute(week)
    return made
import json
from simulation import load_scenario
def load(text):
    return load_scenario(json.loads(text))
save_state(at(20), folder + "/plain.npz")
again = load_state(folder + "/plain.npz")
again.compute(20)
save_state(again, folder + "/again.npz")
save_state(at(40), folder + "/straight.npz")
"""


def test_plain_python_stops_and_goes_on_too(tmp_path):
    spec = city_with_towns({"weeks": 40, "plan.per_county": 2, "agenda.span": 4.0, "bodies.voice": 1.0})
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(simulation.__file__).parents[1])}
    subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PLAIN, str(tmp_path), json.dumps(spec.to_dict())],
        env=environment, check=True, timeout=300,
    )  # fmt: skip
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "straight.npz").read_bytes()
    compiled = load_state(tmp_path / "plain.npz")
    compiled.compute(20)
    np.testing.assert_allclose(compiled.record.effect, load_state(tmp_path / "again.npz").record.effect, rtol=1e-12)


def test_a_subclass_comes_back_as_the_model_itself(tmp_path):
    class Own(MomentumModel):
        pass

    made = Own("classroom", rng=5)
    made.compute(10)
    again = load_state(save_state(made, tmp_path / "state.npz"))
    assert type(again) is MomentumModel
    assert end_of(again, tmp_path) == end_of(at("classroom", 10), tmp_path)
