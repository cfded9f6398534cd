"""Kept futures: a few, under names that can be shown anywhere, and any two of them side by side."""

from __future__ import annotations

import unicodedata

import pytest
from harness import finish
from hypothesis import given
from hypothesis import strategies as st
from shown import LIBRARY, at
from tabs import watched

from simulation import InputError
from simulation.app.choice import Choice, Future
from simulation.app.futures import LONGEST, MOST, clean
from simulation.app.session import Session
from simulation.app.tab import Tab

SMALL = {"structure.citizens": 400}


def two() -> Tab:
    """Return a tab that keeps a future with oversight withdrawn in week 20, and one as the scenario."""
    tab, _ = watched(at(20, changes=SMALL))
    tab.hold(True)
    finish(tab.keep())
    finish(tab.set_value("execution.oversight", 0.0))
    finish(tab.keep())
    return tab


def test_a_kept_future_holds_what_makes_it_and_not_the_seed() -> None:
    kept = two().session.choice.futures
    assert kept == (
        Future(1, "", "classroom", SMALL, {}),
        Future(2, "", "classroom", SMALL, {20: {"execution.oversight": 0.0}}),
    )


def test_any_two_kept_futures_stand_side_by_side_under_one_seed() -> None:
    tab = two()
    finish(tab.set_seed(5))
    finish(tab.go(60))
    finish(tab.watch(2))
    finish(tab.compare("future:1"))
    with_it = Session(LIBRARY, Choice("classroom", SMALL, 5, 60, later={20: {"execution.oversight": 0.0}}))
    without = Session(LIBRARY, Choice("classroom", SMALL, 5, 60))
    for fresh in (with_it, without):
        fresh.finish()
    assert tab.session.b is not None
    assert tab.session.a.series == with_it.a.series
    assert tab.session.b.series == without.a.series
    finish(tab.watch(1))
    finish(tab.compare("future:2"))
    assert tab.session.b is not None
    assert (tab.session.a.series, tab.session.b.series) == (without.a.series, with_it.a.series)


def test_a_future_of_another_scenario_is_shown_in_the_week_of_the_page() -> None:
    tab, log = watched(at(15, changes=SMALL))
    finish(tab.keep())
    finish(tab.choose("point-only"))
    finish(tab.go(33))
    log.clear()
    finish(tab.watch(1))
    assert (tab.session.choice.scenario, tab.session.week) == ("classroom", 33)
    assert log == ["taken", "adjusted", "rebuilt", "moved", "linked"]


def test_as_many_futures_as_fit_are_kept_and_a_free_number_is_taken_again() -> None:
    tab, _ = watched(at(1, changes=SMALL))
    for _ in range(MOST):
        finish(tab.keep())
    with pytest.raises(InputError, match="too many kept futures"):
        finish(tab.keep())
    finish(tab.forget(3))
    finish(tab.keep())
    assert [future.number for future in tab.session.choice.futures] == list(range(1, MOST + 1))


def test_a_future_that_is_deleted_while_it_is_compared_ends_the_comparison() -> None:
    tab = two()
    finish(tab.compare("future:1"))
    run = tab.session.a
    finish(tab.forget(1))
    assert tab.session.b is None
    assert tab.session.choice.compare == ""
    assert tab.session.a is run
    finish(tab.undo())
    assert tab.session.choice.compare == "future:1"
    assert tab.session.b is not None


def test_keeping_and_naming_run_no_week_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tab = two()
    finish(tab.compare("future:1"))
    monkeypatch.setattr(tab.session, "_build", None)
    pair = (tab.session.a, tab.session.b)
    finish(tab.keep())
    finish(tab.rename(1, "  without \n oversight "))
    assert (tab.session.a, tab.session.b) == pair
    assert tab.session.choice.futures[0].name == "without oversight"
    finish(tab.undo())
    assert tab.session.choice.futures[0].name == ""


@given(st.text(max_size=200))
def test_every_name_becomes_one_short_line_without_signs_that_steer_a_text(name: str) -> None:
    made = clean(name)
    assert len(made) <= LONGEST
    assert made == made.strip() == clean(made)
    assert not any(unicodedata.category(letter)[0] == "C" for letter in made)
