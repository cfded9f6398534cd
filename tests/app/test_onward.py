"""Changes from a later week on: the past stays, and what is shown is what a run with the change gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from harness import finish
from hypothesis import given, settings
from hypothesis import strategies as st
from shown import LIBRARY, at
from tabs import watched

from simulation import InputError, run
from simulation.app.choice import Choice, Later
from simulation.app.controls import KEYS, SWITCHES
from simulation.app.onward import MOST, reason, with_value
from simulation.app.session import Session
from simulation.app.tab import Tab
from simulation.app.track import WATCHED, Track
from simulation.scenario.changing import can_change
from simulation.text import catalogue

OVERSIGHT = "execution.oversight"


def onward(session: Session) -> Tab:
    """Return a tab in which changes hold from this week on."""
    tab, _ = watched(session)
    tab.hold(True)
    return tab


def refuse(*_: object, **__: object) -> Any:
    raise AssertionError("a run began from scratch")


def same(track: Track, choice: Choice) -> bool:
    fresh = Session(LIBRARY, choice)
    fresh.finish()
    return all(np.array_equal(track.series[name], fresh.a.series[name], equal_nan=True) for name in WATCHED)


@pytest.mark.parametrize("week", [0, 13, 40])
@pytest.mark.parametrize("scenario", ["classroom", "oversight-campaigns", "unwatched-counties"])
def test_a_change_from_this_week_on_shows_what_a_run_with_the_change_gives(week: int, scenario: str) -> None:
    small = {"structure.citizens": 400}
    tab = onward(at(week, scenario, changes=small))
    finish(tab.set_value("transmission.follow", 0.9))
    assert tab.session.week == week
    finish(tab.go(tab.session.weeks))
    wanted = run(LIBRARY.load(scenario, small).with_change(week, {"transmission.follow": 0.9}), 0)
    for name in WATCHED:
        assert tab.session.a.series[name] == pytest.approx(wanted.weekly[name].tolist(), nan_ok=True, abs=1e-12)
    assert tab.session.a.model.spec.digest == wanted.spec.digest


def test_the_run_goes_on_from_the_week_that_is_shown_without_beginning_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tab = onward(at(40, compare="unchanged"))
    monkeypatch.setattr(tab.session, "_build", refuse)
    before, rival = tab.session.a, tab.session.b
    past = list(before.series["effectiveness"])
    for value in (0.2, 0.4):
        finish(tab.set_value(OVERSIGHT, value))
        assert tab.session.a is not before  # whoever reads the run that was shown reads it unchanged
        assert tab.session.b is rival
    assert tab.session.choice.later == {40: {OVERSIGHT: 0.4}}
    finish(tab.go(60))
    assert tab.session.a.series["effectiveness"][:40] == past
    assert before.week == 40
    assert same(tab.session.a, Choice("classroom", later={40: {OVERSIGHT: 0.4}}, week=60))


def test_a_change_of_the_past_is_run_again_to_the_same_week() -> None:
    tab = onward(at(30))
    finish(tab.set_value(OVERSIGHT, 0.1))
    finish(tab.go(60))
    finish(tab.take_back(OVERSIGHT, 30))
    assert tab.session.choice.later == {}
    assert tab.session.week == 60
    assert same(tab.session.a, Choice("classroom", week=60))


def test_a_value_that_holds_anyway_is_no_change() -> None:
    tab = onward(at(30))
    finish(tab.set_value(OVERSIGHT, 0.1))
    finish(tab.set_value(OVERSIGHT, tab.session.original.values[OVERSIGHT]))
    assert tab.session.choice.later == {}
    finish(tab.set_value(OVERSIGHT, 0.1))
    finish(tab.go(50))
    finish(tab.set_value(OVERSIGHT, 0.1))
    assert list(tab.session.choice.later) == [30]


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 70),
            st.sampled_from([OVERSIGHT, "transmission.follow", "stages.publicity.intensity"]),
            st.sampled_from([0.0, 0.3, 0.7]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_whatever_is_changed_in_whatever_week_a_fresh_run_of_the_choice_shows_the_same(
    actions: list[tuple[int, str, float]],
) -> None:
    tab = onward(at(0, changes={"structure.citizens": 400}))
    for week, key, value in actions:
        finish(tab.go(week))
        finish(tab.set_value(key, value))
    finish(tab.go(75))
    assert same(tab.session.a, tab.session.choice)


def test_the_controls_show_what_holds_from_this_week_on_or_from_the_first() -> None:
    tab = onward(at(20, later={40: {OVERSIGHT: 0.3}}, changes={OVERSIGHT: 0.6}))
    shown = []
    for week in (20, 40, 60):
        finish(tab.go(week))
        shown.append(tab.values.execution.oversight)
    assert shown == [0.6, 0.3, 0.3]
    tab.hold(False)
    assert tab.values.execution.oversight == 0.6


def test_after_the_last_week_nothing_can_change_from_this_week_on() -> None:
    tab = onward(at(104))
    with pytest.raises(InputError, match="last week"):
        finish(tab.set_value(OVERSIGHT, 0.2))
    assert tab.session.choice.later == {}
    assert tab.history.done == []


def test_what_a_run_cannot_change_is_refused_and_its_control_can_say_why() -> None:
    fixed = [key for key in KEYS if reason(key)]
    assert {"structure.citizens", "structure.towns"} <= set(fixed)
    assert fixed == [key for key in KEYS if not can_change(key)]
    assert {f"app.fixed.{reason(key)}" for key in fixed} <= catalogue().keys()
    tab = onward(at(5))
    with pytest.raises(InputError, match="cannot change during a run"):
        finish(tab.set_value("structure.citizens", 500))
    assert tab.session.choice.later == {}


def test_values_that_contradict_each_other_leave_the_run_as_it_was() -> None:
    tab = onward(at(10))
    run_before = tab.session.a
    with pytest.raises(InputError):
        finish(tab.set_value("plan.kind", "table"))
    assert tab.session.a is run_before
    finish(tab.go(20))
    assert same(tab.session.a, Choice("classroom", week=20))


def test_more_changes_than_the_page_takes_are_refused() -> None:
    later: Later = {}
    for week in range(MOST):
        later = with_value(later, week, OVERSIGHT, 0.5)
    with pytest.raises(InputError, match="too many changes"):
        with_value(later, MOST, OVERSIGHT, 0.5)


def test_a_stage_can_be_switched_off_from_this_week_on() -> None:
    tab = onward(at(30))
    finish(tab.set_value(SWITCHES["leverage"], 0.0))
    finish(tab.go(60))
    assert tab.session.choice.later == {30: {SWITCHES["leverage"]: 0.0}}
    assert same(tab.session.a, tab.session.choice)
    assert tab.session.a.now("effectiveness") != at(60).a.now("effectiveness")
