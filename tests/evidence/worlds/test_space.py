"""The space that plausible worlds are searched in."""

from __future__ import annotations

import pytest

from simulation.evidence.ensemble import ORDINARY
from simulation.evidence.worlds import space as room
from simulation.evidence.worlds.space import behaviour, space
from simulation.files.errors import InputError
from simulation.scenario import load_scenario, parameters

INFO = {info.key: info for info in parameters()}
FACTOR = 2


def test_the_file_has_every_constant_of_behaviour_and_nothing_else():
    assert sorted(space()) == sorted(behaviour())


def test_a_range_reaches_from_half_to_twice_its_starting_value_inside_the_schemas_bounds():
    for name, axis in space().items():
        lowest, highest = INFO[name].low, INFO[name].high
        low, high = sorted((axis.at / FACTOR, axis.at * FACTOR))
        assert axis.searched.low == pytest.approx(low if lowest is None else max(low, lowest)), name
        assert axis.searched.high == pytest.approx(high if highest is None else min(high, highest)), name


def test_positive_parameters_vary_on_the_log_scale_and_negative_ones_on_the_linear_one():
    scales = {name: axis.searched.scale for name, axis in space().items()}
    assert {name for name, scale in scales.items() if scale == "linear"} == {n for n, a in space().items() if a.at < 0}
    assert set(scales.values()) == {"linear", "log"}


def test_the_default_lies_in_the_space_and_the_schema_takes_both_ends_of_every_range():
    base = load_scenario("zhaoqing")
    for name, axis in space().items():
        assert axis.searched.low <= base.values[name] <= axis.searched.high, name
        for end in axis.searched.ends():
            assert base.with_values({name: end}).values[name] == pytest.approx(end)


def test_what_a_city_is_and_does_by_decision_is_no_constant_of_behaviour():
    situation = ("structure.", "issuers.", "channels.", "rivals.", "instruction.intensity", "instruction.wording")
    assert not [name for name in behaviour() if name.startswith(situation)]
    assert not set(behaviour()) & ORDINARY.keys()
    planned = (".start", ".length", ".rank", ".coverage", ".intensity", ".meetings_per_year")
    assert not [name for name in behaviour() if name.startswith("stages.") and name.endswith(planned)]
    assert "stages.settlement.convert" in behaviour(), "how a stage works is behaviour, unlike when it works"


def test_alternatives_that_are_off_and_whole_numbers_are_left_out():
    for name in behaviour():
        assert INFO[name].default != 0
        assert not isinstance(INFO[name].default, int | bool)


def test_a_file_with_a_distribution_that_is_none_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "space.toml"
    path.write_text('[parameters]\n"agenda.cost" = { at = 0.2, low = 0.4, high = 0.1, scale = "log" }\n', "utf-8")
    monkeypatch.setattr(room, "space_file", lambda: path)
    with pytest.raises(InputError) as caught:
        space()
    assert (caught.value.file, caught.value.key) == (str(path), "parameters.agenda.cost")
