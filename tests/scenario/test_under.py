"""A world under a scenario: what the scenario sets itself stays, all else is the world's."""

from __future__ import annotations

import pytest

from simulation.files.errors import InputError
from simulation.scenario import load_scenario
from simulation.scenario.under import open_to, under

WORLD = {"departments.conflict": 0.5, "execution.q_half": 0.03, "execution.oversight": 0.7}


@pytest.fixture
def world():
    return dict(WORLD)


def test_the_case_itself_leaves_everything_open_and_takes_every_value(world):
    laid = under(load_scenario("zhaoqing"), world)
    assert {key: laid.values[key] for key in world} == world


def test_what_a_shipped_scenario_sets_itself_stays_and_the_rest_is_laid(world):
    own = load_scenario("no-oversight")
    assert own.origins["execution.oversight"] == "no-oversight.toml"
    assert set(open_to(own, world)) == set(world) - {"execution.oversight"}
    laid = under(own, world)
    assert laid.values["execution.oversight"] == own.values["execution.oversight"]
    assert laid.values["execution.q_half"] == world["execution.q_half"]


def test_values_that_are_given_win_over_the_world_even_where_they_are_the_bases_own(world):
    base = load_scenario("zhaoqing")
    same = base.with_values({"execution.q_half": base.values["execution.q_half"]})
    assert "execution.q_half" not in open_to(same, world)
    table = load_scenario({"extends": "zhaoqing", "departments": {"conflict": 0.9}})
    assert under(table, world).values["departments.conflict"] == 0.9


def test_what_a_scenario_inherits_from_another_one_than_the_case_stays_too(tmp_path, world):
    file = tmp_path / "mine.toml"
    file.write_text('extends = "no-oversight"\n', encoding="utf-8")
    assert "execution.oversight" not in open_to(load_scenario(file), world)


def test_a_users_own_file_of_the_cases_name_keeps_what_it_changes(tmp_path, world):
    file = tmp_path / "zhaoqing.toml"
    file.write_text('extends = "zhaoqing"\n[execution]\nq_half = 0.2\n', encoding="utf-8")
    laid = under(load_scenario(file), world)
    assert laid.values["execution.q_half"] == 0.2
    assert laid.values["departments.conflict"] == world["departments.conflict"]


def test_a_world_of_which_nothing_is_open_leaves_the_scenario_itself():
    own = load_scenario("no-oversight")
    assert under(own, {"execution.oversight": 0.4}) is own
    assert under(own, {}) is own


def test_a_default_that_no_file_sets_is_open():
    scenario = load_scenario("zhaoqing")
    defaults = [key for key, origin in scenario.origins.items() if origin == "default"]
    assert defaults
    other = dict.fromkeys(defaults, 0.5)
    assert open_to(scenario, other) == other


def test_unknown_parameters_and_values_that_cannot_be_are_refused():
    with pytest.raises(InputError) as caught:
        open_to(load_scenario("zhaoqing"), {"execution.q_haf": 0.1})
    assert caught.value.suggestion == "execution.q_half"
    with pytest.raises(InputError):
        under(load_scenario("zhaoqing"), {"departments.conflict": 2.0})
