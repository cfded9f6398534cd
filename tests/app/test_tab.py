"""A tab without a browser: its state and events, its keys, and its parts where little is left to show."""

from __future__ import annotations

import asyncio
import contextlib
import io
import math
import threading
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest
from harness import finish
from tabs import LIBRARY, at, watched

from simulation import InputError
from simulation.app import dialogs, faults, switchoffs, switchoffs_panel
from simulation.app import opening as openings
from simulation.app.apart import SECONDS, Watch
from simulation.app.choice import Choice
from simulation.app.control_row import ControlRow
from simulation.app.controls import GROUPS
from simulation.app.dialogs import Dialogs
from simulation.app.events import Event
from simulation.app.faults import Faults
from simulation.app.opening import Opening
from simulation.app.page import Page
from simulation.app.shortcuts import Shortcuts
from simulation.app.switchoffs_panel import SwitchOffsPanel
from simulation.app.tab import Tab
from simulation.app.tour import Tour
from simulation.app.transport import Transport
from simulation.text import say


async def directly(action: Callable[..., Any], *given: Any) -> None:
    """Do an action without saying its errors."""
    result = action(*given)
    if isinstance(result, Awaitable):
        await result


def opening(choice: Choice, *, closed: bool, **more: Any) -> tuple[Opening, list[Any]]:
    """Return the opening of a tab, and the list of the sessions that it opens and of the errors that it tells."""
    opened: list[Any] = []
    shell = SimpleNamespace(client=SimpleNamespace(is_deleted=closed))
    return Opening(shell, LIBRARY, choice, threading.Event(), opened.append, opened.append, **more), opened


def test_a_page_closed_while_the_model_compiles_begins_no_run() -> None:
    first, opened = opening(Choice("classroom"), closed=True)

    async def both() -> None:
        waiting = asyncio.create_task(first.wait())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        first.ready.set()
        await waiting

    finish(both())
    assert opened == []


def test_a_page_that_waited_for_the_compiler_begins_in_its_week() -> None:
    first, opened = opening(Choice("classroom", week=4), closed=False)
    first.ready.set()
    finish(first.wait())
    assert [session.week for session in opened] == [4]


@pytest.mark.parametrize("compiled", [True, False])
def test_the_answer_to_a_request_builds_no_model_and_says_that_the_run_is_prepared(
    compiled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels: list[str] = []
    waits: list[Callable[..., Any]] = []
    chain = SimpleNamespace(classes=lambda _: chain, props=lambda _: Silent())
    monkeypatch.setattr(openings.ui, "element", lambda _: chain)
    monkeypatch.setattr(openings.ui, "spinner", lambda **_: None)
    monkeypatch.setattr(openings.ui, "label", labels.append)
    monkeypatch.setattr(openings.ui, "timer", lambda _, action, **__: waits.append(action))
    monkeypatch.setattr(openings, "Session", None)
    first, opened = opening(Choice("classroom", week=4), closed=False)
    first.shell = Silent()
    if compiled:
        first.ready.set()
    first.begin()
    assert labels == [say("app.preparing" if compiled else "app.loading", "en")]
    assert waits == [first.wait]
    assert opened == []


def test_a_run_beyond_the_limit_is_told_and_the_page_begins_with_its_default() -> None:
    limits = [0.0, SECONDS]
    first, opened = opening(Choice("classroom", week=4), closed=False, watch=lambda: Watch(limits.pop(0)))
    first.ready.set()
    finish(first.wait())
    error, session = opened
    assert "longer than 0 seconds" in error.message
    assert (session.choice.scenario, session.week) == (LIBRARY.names[0], 0)
    assert limits == []


def test_a_choice_that_cannot_be_run_is_told_and_the_page_begins_with_its_default() -> None:
    first, opened = opening(Choice("classroom", {"structure.citizens": "all"}), closed=False)
    first.ready.set()
    finish(first.wait())
    error, session = opened
    assert error.key == "structure.citizens"
    assert session.choice.scenario == LIBRARY.names[0]


def test_the_event_loop_runs_on_while_a_tab_makes_another_run() -> None:
    tab, _ = watched(at(2))
    held = threading.Event()
    build = tab.session._build

    def slow(choice: Choice) -> Any:
        assert held.wait(60)
        return build(choice)

    async def both() -> None:
        tab.session._build = slow  # type: ignore[method-assign]
        asked = asyncio.create_task(tab.set_seed(5))
        await asyncio.sleep(0.01)
        assert tab.busy
        assert tab.session.choice.seed == 0  # the old run is shown until the new one is whole
        held.set()
        await asked

    finish(both())
    assert tab.session.choice.seed == 5
    assert tab.session.week == 2


def test_changes_asked_for_at_a_time_all_hold() -> None:
    tab, _ = watched(at(1))

    async def both() -> None:
        await asyncio.gather(tab.set_value("structure.citizens", 500), tab.set_value("plan.kind", "uniform"), tab.go(3))

    finish(both())
    assert tab.session.choice.changes == {"structure.citizens": 500, "plan.kind": "uniform"}
    assert tab.session.week == 3


class Silent(contextlib.nullcontext[None]):
    """Stands for an element that messages are shown over."""


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the list of the messages that pages show."""
    texts: list[str] = []
    for module in (faults, dialogs, switchoffs_panel):
        monkeypatch.setattr(module.ui, "notify", lambda text, **_: texts.append(text))
    return texts


def test_what_goes_wrong_before_there_is_a_run_is_said_in_the_links_language(said: list[str]) -> None:
    shown = Faults(Silent(), "zh")
    shown.say(InputError("no such thing"))
    with contextlib.redirect_stderr(io.StringIO()) as printed:
        shown.say(ValueError("broken"))
    assert said == [
        f"{say('app.refused', 'zh', reason='no such thing')} {say('app.refused.back', 'zh')}",
        f"{say('app.failed', 'zh', reason='ValueError: broken')} {say('app.failed.next', 'zh')}",
    ]
    assert printed.getvalue().endswith("ValueError: broken\n")


@pytest.mark.parametrize(("error", "plays_on"), [(ValueError("broken"), False), (InputError("refused"), True)])
def test_a_fault_stops_the_play_and_a_refusal_does_not_and_both_restore_the_controls(
    error: Exception, plays_on: bool
) -> None:
    tab, _ = watched(at(2))
    tab.session.playing = True
    restored: list[str] = []
    parts = {
        name: SimpleNamespace(restore=lambda name=name: restored.append(name))
        for name in ("controls", "transport", "head")
    }
    Page.restore(SimpleNamespace(tab=tab, **parts), error)  # type: ignore[arg-type]
    assert tab.session.playing is plays_on
    assert restored == ["controls", "transport", "head"]


def test_an_action_that_fails_is_said_and_told_and_the_caller_goes_on(said: list[str]) -> None:
    shown = Faults(Silent(), "en")
    told: list[object] = []
    shown.said.subscribe(told.append)

    async def refuse(reason: str) -> None:
        raise InputError(reason)

    finish(shown.do(refuse, "not this"))
    finish(shown.do(told.append, "done"))
    assert [str(error) for error in told[:1]] == ["not this"]
    assert told[1:] == ["done"]
    assert len(said) == 1


def test_an_error_in_a_subscriber_reaches_the_caller_of_the_event() -> None:
    event = Event()
    told: list[int] = []
    event.subscribe(told.append)
    event.subscribe(lambda _: 1 / 0)
    event.subscribe(told.append)
    with pytest.raises(ZeroDivisionError):
        event(3)
    assert told == [3]


def test_while_predictions_are_asked_for_nothing_plays_and_keys_of_the_run_do_nothing() -> None:
    tab, log = watched(at(5))
    tab.predicting = True
    finish(tab.play())
    keys = Shortcuts(tab, Tour(tab), lambda: log.append("shrink"), directly)
    for key in (" ", "ArrowRight", "End", "Home", "no such key"):
        finish(keys.press(key, False))
    assert not tab.session.playing
    assert tab.session.week == 5
    assert log == []
    finish(keys.press("Escape", False))
    assert log == ["shrink"]
    finish(keys.press("p", False))
    assert not tab.predicting
    assert log[1:] == ["turned"]


def test_choosing_what_is_chosen_keeps_the_run() -> None:
    tab, log = watched(at(5, seed=3))
    run = tab.session.a
    finish(tab.choose("classroom"))
    finish(tab.compare(""))
    finish(Transport._seed(SimpleNamespace(tab=tab), 3.0))  # type: ignore[arg-type]
    finish(Transport._seed(SimpleNamespace(tab=tab), None))  # type: ignore[arg-type]
    assert tab.session.a is run
    assert log == []


def test_each_action_tells_what_it_changed() -> None:
    tab, log = watched(at(5))
    actions: list[tuple[Callable[..., Any], tuple[Any, ...], list[str]]] = [
        (tab.set_value, ("instruction.wording", 0.5), ["adjusted", "moved", "linked"]),
        (tab.reset_changes, (), ["adjusted", "moved", "linked"]),
        (tab.set_seed, (4,), ["moved", "linked"]),
        (tab.compare, ("unchanged",), ["rebuilt", "moved", "linked"]),
        (tab.go, (3,), ["moved", "linked"]),
        (tab.pick, ("unit:0",), ["moved"]),
        (tab.pick, ("",), ["moved"]),
        (tab.narrow, (True,), ["narrowed", "moved"]),
        (tab.narrow, (True,), []),
        (tab.switch_language, (), ["turned", "linked"]),
        (tab.predict, (), ["turned"]),
        (tab.reveal, (), ["rebuilt", "moved", "linked"]),
        (tab.restart, (), ["moved", "linked"]),
        (tab.show_switched_off, ({"pilot": 0.1},), ["moved"]),
        (tab.choose, ("point-only",), ["taken", "rebuilt", "moved", "linked"]),
    ]
    for action, given, told in actions:
        log.clear()
        finish(directly(action, *given))
        assert log == told, action.__name__
    assert tab.off is None


@pytest.mark.parametrize("name", ["data", "report", "video"])
def test_before_the_first_week_there_is_nothing_to_take_home_and_nothing_to_switch_off(
    name: str, said: list[str]
) -> None:
    tab, _ = watched(at(0))
    finish(Dialogs._make(SimpleNamespace(tab=tab), name))  # type: ignore[arg-type]
    finish(SwitchOffsPanel.switch_off(SimpleNamespace(tab=tab)))  # type: ignore[arg-type]
    assert said == [tab.text("download.empty")] * 2
    assert tab.off is None


def test_numbers_of_a_run_that_is_gone_are_not_shown_beside_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    tab, log = watched(at(6))
    labels: list[str] = []

    def change(*_: object) -> float:
        tab.session.apply(seed=7)
        tab.session.finish()
        return 0.5

    monkeypatch.setattr(switchoffs, "mechanisms", lambda spec: ["pilot"])
    monkeypatch.setattr(switchoffs, "change", change)
    stand_in = SimpleNamespace(tab=tab, asked=SimpleNamespace(set_text=labels.append))
    finish(SwitchOffsPanel.switch_off(stand_in))  # type: ignore[arg-type]
    assert tab.off is None
    assert log == []
    assert len(labels) == 2


def row(key: str) -> tuple[ControlRow, list[tuple[str, object]]]:
    """Return a control without its elements, and the changes that it makes."""
    made = object.__new__(ControlRow)
    changed: list[tuple[str, object]] = []

    async def set_value(name: str, value: object) -> None:
        changed.append((name, value))

    made.tab = Tab(at(0))
    made.tab.set_value = set_value  # type: ignore[method-assign]
    made.control = next(control for group in GROUPS.values() for control in group if control.key == key)
    made.high = made.control.high
    made.number = SimpleNamespace(value="", error=None)
    return made, changed


@pytest.mark.parametrize("key", [control.key for group in GROUPS.values() for control in group if control.endless])
def test_the_end_of_an_endless_slider_and_the_sign_for_it_mean_for_ever(key: str) -> None:
    made, changed = row(key)
    finish(made._slid(made.high))
    made.number.value = "∞"
    made.tab.session.set_value(key, 5.0)
    finish(made._typed())
    assert changed[-1] == (key, math.inf)
    assert made.number.error is None


def test_a_number_without_an_upper_bound_is_refused_by_its_lower_one() -> None:
    found = [
        control
        for group in GROUPS.values()
        for control in group
        if not control.words and not control.flag and control.bounds()[1] == math.inf
    ]
    assert {control.info.above for control in found} == {True, False}
    for control in found:
        made, changed = row(control.key)
        made.number.value = "-7"
        finish(made._typed())
        reason = "refused.low_above" if control.info.above else "refused.low"
        assert made.number.error == made.tab.text(reason, low=f"{control.bounds()[0]:g}")
        assert changed == []
