"""The page without a browser: what its parts do when nothing is run, and when nobody is there any more."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from shown import Shown, at, finish

from simulation.app.cards import Cards
from simulation.app.dialogs import Dialogs
from simulation.app.session import Choice
from simulation.app.transport import Transport


def test_a_page_closed_while_the_model_compiles_begins_no_run() -> None:
    page = Shown(at(0))
    del page.session
    page.ready = threading.Event()
    page.shell = SimpleNamespace(client=SimpleNamespace(is_deleted=True))  # type: ignore[assignment]

    async def both() -> None:
        waiting = asyncio.create_task(page.begin())
        await asyncio.sleep(0.01)
        assert not waiting.done()
        page.ready.set()
        await waiting

    finish(both())
    assert not hasattr(page, "session")
    assert page.log == []


def test_a_page_that_waited_for_the_compiler_begins_in_its_week() -> None:
    page = Shown(at(0))
    del page.session
    page.choice = Choice("classroom", week=4)
    page.ready = threading.Event()
    page.ready.set()
    page.shell = SimpleNamespace(client=SimpleNamespace(is_deleted=False))  # type: ignore[assignment]
    finish(page.begin())
    assert page.session.week == 4
    assert page.log == ["fill"]


def test_what_goes_wrong_before_there_is_a_run_stops_nothing_and_later_stops_the_play() -> None:
    page = Shown(at(2))
    session = page.session
    session.playing = True
    del page.session
    page._session_stops()
    assert session.playing
    page.session = session
    page._session_stops()
    assert not session.playing


def test_a_page_that_is_not_built_yet_does_not_advance() -> None:
    page = Shown(at(2))
    page.session.playing = True
    finish(page.tick())
    assert page.session.week == 2
    assert page.log == []


def test_the_play_ends_with_the_last_week() -> None:
    page = Shown(at(103))
    page.cards = SimpleNamespace()  # type: ignore[assignment]
    page.session.playing = True
    for _ in range(8):
        finish(page.tick())
    assert page.session.ended
    assert not page.session.playing
    assert page.choice.week == page.session.weeks
    assert page.log[-1] == "remember"


def test_play_after_the_end_begins_again_and_a_second_press_pauses() -> None:
    page = Shown(at(104))
    page.play()
    assert page.session.week == 0
    assert page.session.playing
    page.play()
    assert not page.session.playing


def test_while_predictions_are_asked_for_nothing_plays_and_keys_of_the_run_do_nothing() -> None:
    page = Shown(at(5))
    page.predicting = True
    page.play()
    finish(page.key(" ", False))
    finish(page.key("End", False))
    finish(page.key("no such key", False))
    assert not page.session.playing
    assert page.session.week == 5
    assert page.log == []


def test_choosing_what_is_chosen_keeps_the_run() -> None:
    page = Shown(at(5, seed=3))
    run = page.session.a
    finish(page.choose("classroom"))
    finish(page.compare(""))
    finish(Transport._seed(SimpleNamespace(page=page), 3.0))  # type: ignore[arg-type]
    finish(Transport._seed(SimpleNamespace(page=page), None))  # type: ignore[arg-type]
    assert page.session.a is run
    assert page.log == []


@pytest.mark.parametrize("name", ["data", "report", "video"])
def test_before_the_first_week_there_is_nothing_to_take_home_and_nothing_to_switch_off(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from simulation.app import cards, dialogs

    said: list[str] = []
    for module in (cards, dialogs):
        monkeypatch.setattr(module.ui, "notify", lambda text, **_: said.append(text))
    page = Shown(at(0))
    finish(Dialogs._make(SimpleNamespace(page=page), name))  # type: ignore[arg-type]
    finish(Cards.switch_off(SimpleNamespace(page=page)))  # type: ignore[arg-type]
    assert said == [page.text("download.empty")] * 2
    assert page.off is None
