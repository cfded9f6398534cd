"""Controls: what a slider, a number and a sign for ever mean."""

from __future__ import annotations

import math
from typing import Any

import pytest
from shown import LIBRARY

from simulation.app.controls import GROUPS, Control
from simulation.app.switchoffs import BESIDE
from simulation.scenario import load_scenario
from simulation.text import LANGUAGES, catalogue


def control(key: str) -> Control:
    return next(found for group in GROUPS.values() for found in group if found.key == key)


def test_a_whole_number_is_not_rounded_for_the_user() -> None:
    whole = [control for group in GROUPS.values() for control in group if control.whole]
    assert whole
    for each in whole:
        low = max(each.bounds()[0], 0) + 1
        assert each.parsed(low + 0.5) is None


@pytest.mark.parametrize("given", ["chosen", "all", 1, 8])
def test_the_agenda_is_a_word_or_a_number_and_is_shown_as_it_is(given: Any) -> None:
    domains = control("agenda.domains")
    assert domains.parsed(given) == given
    spec = load_scenario("zhaoqing").with_values({"agenda.domains": given})
    assert domains.shown(spec) == given
    assert domains.options(spec) == ["chosen", "all", *range(1, 9)]


def test_a_list_offers_as_many_domains_as_the_scenario_has_and_the_plan_by_hand_only_where_there_is_one() -> None:
    spec = load_scenario("classroom")
    assert control("agenda.domains").options(spec) == ["chosen", "all", 1, 2, 3, 4]
    assert "table" not in control("plan.kind").options(spec)
    assert "table" in control("plan.kind").options(load_scenario("zhaoqing-table"))


def test_a_number_is_not_taken_where_only_words_are_meant() -> None:
    assert control("plan.kind").parsed(1) is None
    assert control("agenda.domains").parsed(1.5) is None
    assert control("agenda.domains").parsed("some") is None


@pytest.mark.parametrize("kept", [True, False])
def test_a_flag_is_true_or_false_and_nothing_else(kept: bool) -> None:
    point = control("plan.keep_point")
    assert point.flag
    assert point.parsed(kept) is kept
    assert point.shown(load_scenario("zhaoqing").with_values({"plan.keep_point": kept})) is kept
    assert [point.parsed(wrong) for wrong in (0, 1, "true", None, math.inf)] == [None] * 5


@pytest.mark.parametrize(
    ("stage", "key"),
    [
        ("authority", "agenda.span"),
        ("authority", "departments.conflict"),
        ("authority", "transmission.follow"),
        ("settlement", "agenda.domains"),
        ("settlement", "plan.keep_point"),
        ("settlement", "execution.budget"),
        ("leverage", "execution.spotlight"),
    ],
)
def test_a_stage_has_the_controls_of_what_it_does(stage: str, key: str) -> None:
    assert key in {each.key for each in GROUPS[stage]}


@pytest.mark.parametrize("key", [each.key for group in GROUPS.values() for each in group])
def test_every_control_has_a_name_and_every_word_of_it_a_label(key: str) -> None:
    wanted = [f"app.control.{key}", *(f"scenario.choice.{key}.{word}" for word in control(key).words)]
    for name in wanted:
        assert set(catalogue()[name]) == set(LANGUAGES)


@pytest.mark.parametrize("name", [name for name in BESIDE if name not in ("bodies", "ignition")])
def test_what_the_page_switches_off_can_be_switched_off_by_hand(name: str) -> None:
    for key, value in BESIDE[name].items():
        assert control(key).parsed(value) == value
        assert LIBRARY.load("zhaoqing", {key: value}).values[key] == value
