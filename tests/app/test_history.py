"""The way back: every action is undone and done again, the last one first, and the week stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from harness import finish
from shown import LIBRARY
from tabs import at, unheard, watched
from test_tab import directly

from simulation.app.choice import Choice
from simulation.app.history import MOST, History
from simulation.app.session import Session
from simulation.app.shortcuts import Shortcuts
from simulation.app.tab import Tab
from simulation.app.tour import Tour
from simulation.text import catalogue

ACTIONS: dict[str, Callable[[Tab], Any]] = {
    "changes": lambda tab: tab.set_value("plan.kind", "uniform"),
    "seed": lambda tab: tab.set_seed(4),
    "compare": lambda tab: tab.compare("unchanged"),
    "scenario": lambda tab: tab.choose("point-only"),
    "futures": lambda tab: tab.keep(),
    "later": lambda tab: tab.take_back("execution.oversight", 10),
}


def tab_at(week: int) -> tuple[Tab, list[str]]:
    return watched(at(week, changes={"structure.citizens": 400}, later={10: {"execution.oversight": 0.3}}))


def fields(choice: Choice) -> dict[str, Any]:
    return {name: value for name, value in vars(choice).items() if name != "week"}


def shown(tab: Tab) -> float:
    return tab.session.a.now("effectiveness")


@pytest.mark.parametrize("kind", ACTIONS)
def test_an_action_of_any_kind_is_undone_and_done_again(kind: str) -> None:
    tab, _ = tab_at(20)
    before, value = fields(tab.session.choice), shown(tab)
    finish(ACTIONS[kind](tab))
    after = fields(tab.session.choice)
    assert after != before
    assert [step.kind for step in tab.history.done] == [kind]
    assert f"app.undo.{kind}" in catalogue()
    finish(tab.undo())
    assert fields(tab.session.choice) == before
    assert (tab.session.week, shown(tab)) == (20, value)
    finish(tab.redo())
    assert fields(tab.session.choice) == after
    fresh = Session(LIBRARY, tab.session.choice)
    fresh.finish()
    assert (fresh.week, fresh.a.series) == (tab.session.week, tab.session.a.series)


def test_several_actions_are_undone_last_first_in_the_week_that_is_shown() -> None:
    tab, _ = tab_at(5)
    states = [fields(tab.session.choice)]
    for kind in ("changes", "seed", "later", "compare"):
        finish(ACTIONS[kind](tab))
        states.append(fields(tab.session.choice))
    finish(tab.go(30))
    for state in reversed(states[:-1]):
        finish(tab.undo())
        assert fields(tab.session.choice) == state
        assert tab.session.week == 30
    finish(tab.undo())
    assert fields(tab.session.choice) == states[0]
    for state in states[1:]:
        finish(tab.redo())
        assert fields(tab.session.choice) == state


def test_a_new_action_ends_what_could_be_done_again() -> None:
    tab, _ = tab_at(3)
    finish(tab.set_seed(1))
    finish(tab.undo())
    finish(tab.set_seed(2))
    finish(tab.redo())
    assert tab.session.choice.seed == 2
    assert tab.history.undone == []


def test_weeks_languages_and_actions_without_effect_are_no_steps() -> None:
    tab, _ = tab_at(3)
    finish(tab.go(8))
    finish(tab.go(2))
    finish(tab.restart())
    tab.switch_language()
    finish(tab.set_value("plan.kind", "division"))
    assert tab.history.done == []


def test_a_step_names_the_parameters_that_it_changed() -> None:
    tab, _ = tab_at(12)
    finish(tab.set_value("plan.kind", "uniform"))
    finish(tab.reset_changes())
    tab.hold(True)
    finish(tab.set_value("execution.oversight", 0.1))
    wanted = [("plan.kind",), ("structure.citizens", "plan.kind", "execution.oversight"), ("execution.oversight",)]
    assert [step.keys for step in tab.history.done] == wanted


def test_no_more_steps_are_kept_than_can_be_undone() -> None:
    history = History()
    for seed in range(MOST + 5):
        history.note(Choice(seed=seed), Choice(seed=seed + 1))
    assert len(history.done) == MOST
    assert history.done[-1].after == {"seed": MOST + 5}


def test_undoing_tells_what_has_to_be_shown_again() -> None:
    tab, log = tab_at(2)
    finish(tab.choose("point-only"))
    log.clear()
    finish(tab.undo())
    assert log == ["taken", "adjusted", "rebuilt", "moved", "linked"]
    log.clear()
    finish(tab.undo())
    assert log == []


def test_keys_undo_and_redo_but_not_behind_the_cover_of_a_prediction() -> None:
    tab, _ = tab_at(2)
    finish(tab.set_seed(7))
    keys = Shortcuts(tab, Tour(tab), lambda: None, directly)
    tab.predicting = True
    finish(keys.press("undo", False))
    assert tab.session.choice.seed == 7
    tab.predicting = False
    finish(keys.press("undo", False))
    assert tab.session.choice.seed == 0
    finish(keys.press("redo", False))
    assert tab.session.choice.seed == 7


def test_a_step_that_cannot_be_undone_now_stays_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = tab_at(2)
    finish(tab.set_seed(7))
    monkeypatch.setattr(tab.session, "_build", lambda choice: unheard(ValueError("no")))
    with pytest.raises(ValueError, match="no"):
        finish(tab.undo())
    assert [step.kind for step in tab.history.done] == ["seed"]
    assert tab.history.undone == []
    assert tab.session.choice.seed == 7
