"""The page's parts where little is left to show: nothing picked, nothing run, nobody there any more."""

from __future__ import annotations

import asyncio
import math
import socket
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from shown import LIBRARY, Shown, at, finish
from simulation import InputError
from simulation.agents import county
from simulation.app import server, share, switchoffs
from simulation.app.cards import Cards, _difference
from simulation.app.control_panel import _Row
from simulation.app.controls import GROUPS
from simulation.app.dialogs import Dialogs
from simulation.app.inspector import _because, explain
from simulation.app.library import MOST_WEEKS, Library
from simulation.app.page import Page
from simulation.app.session import Choice, Session
from simulation.app.track import Track
from simulation.app.transport import Transport
from simulation.app.views import Scene
from simulation.app.views.svg import Drawing, effect_colour, number

# Session, track, links -----------------------------------------------------------------------------------------------


def test_a_step_of_no_weeks_changes_nothing() -> None:
    track = Track(LIBRARY.load("classroom"), 0)
    track.step(3)
    before = {name: list(values) for name, values in track.series.items()}
    track.step(0)
    assert track.week == 3
    assert all(np.array_equal(track.series[name], before[name], equal_nan=True) for name in before)


def test_what_is_picked_is_let_go_when_the_next_scenario_has_no_such_unit() -> None:
    session = at(0, "guangdong", changes={"structure.citizens": 2000})
    last = f"unit:{len(session.a.model.units) - 1}"
    session.pick(last)
    assert session.picked == last
    session.apply(scenario="classroom", changes={})
    assert session.picked == ""


def test_a_city_is_drawn_when_it_is_picked_and_explains_nothing() -> None:
    session = at(0, "guangdong", changes={"structure.citizens": 2000})
    session.pick("city:2")
    assert (session.city, session.picked) == (2, "")
    session.apply(scenario="classroom", changes={})
    assert session.city == 0


def test_a_link_that_nobody_would_type_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match="too long"):
        share.read("set=" + "x" * share.LONGEST, LIBRARY, "en")


def test_a_users_scenario_of_many_weeks_is_kept_to_what_a_class_can_wait_for(tmp_path: Path) -> None:
    file = tmp_path / "long.toml"
    file.write_text(f'extends = "classroom"\nweeks = {MOST_WEEKS + 1}\n', encoding="utf-8")
    library = Library([file])
    assert library.load(library.names[0]).weeks == MOST_WEEKS


def test_a_whole_number_is_not_rounded_for_the_user() -> None:
    whole = [control for group in GROUPS.values() for control in group if control.whole]
    assert whole
    for control in whole:
        low = max(control.bounds()[0], 0) + 1
        assert control.parsed(low + 0.5) is None


def test_an_account_without_a_run_of_its_own_has_no_number() -> None:
    assert switchoffs.by_account({"pilot": 0.25, "execution": -0.5}) == {
        "pilot": 0.25,
        **{account: -0.5 for account, mechanism in switchoffs.JOINT.items() if mechanism == "execution"},
    }
    assert switchoffs.by_account({}) == {}


# Pictures ------------------------------------------------------------------------------------------------------------


def test_a_picture_with_an_open_group_is_not_given_out() -> None:
    drawing = Drawing(10, 10, "label")
    drawing._open = 1
    with pytest.raises(ValueError, match="not closed"):
        drawing.svg()


def test_what_is_not_defined_is_white_and_a_dash() -> None:
    assert effect_colour(math.nan) == "#ffffff"
    assert number(math.nan) == "–"
    assert _difference("effectiveness", math.nan) == "–"


def test_a_unit_without_instructions_and_a_community_without_sites_are_said_to_be_so() -> None:
    session = at(0)
    session.pick("unit:0")
    scene = Scene(session.a, picked="unit:0")
    session.a.model.state.has[0] = False
    assert scene.say("inspect.nothing") in explain(scene)
    session.a.model.state.covered[2] = False
    assert scene.say("inspect.no_site") in explain(Scene(session.a, picked="community:2"))
    session.a.model.state.covered[2, 0] = True
    assert scene.say("inspect.no_site") not in explain(Scene(session.a, picked="community:2"))


@pytest.mark.parametrize(("load", "pressure", "reason"), [(99.0, 0.9, "overload"), (0.0, 0.1, "no_pressure")])
def test_overload_weighs_before_pressure_and_too_little_pressure_is_a_reason(
    load: float, pressure: float, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = Scene(at(10).a)
    model = scene.model
    monkeypatch.setattr(county.CountyPilot, "load", property(lambda unit: load))
    monkeypatch.setattr(county.CountyPilot, "pressure", lambda unit, domain: pressure)
    utilities = model.units[0].utilities(next(iter(model.spec.domains)))
    model.state.mode[0, 0] = int(np.argmax(list(utilities.values())))
    assert _because(scene, 0, 0) == scene.say(f"because.{reason}")


# Server --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_number_that_is_no_port_is_refused(port: int) -> None:
    with pytest.raises(InputError, match="not a port"):
        server._check_free("127.0.0.1", port, "en")


def test_on_windows_a_port_that_is_listened_on_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setattr(server.sys, "platform", "win32")
        with pytest.raises(InputError) as refused:
            server._check_free("127.0.0.1", other.getsockname()[1], "en")
    assert refused.value.key == "--port"


def test_a_server_that_does_not_answer_is_announced_in_the_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = []

    async def nobody(*given: object) -> None:
        asked.append(given)
        raise ConnectionRefusedError

    async def at_once(_: float) -> None:
        return None

    monkeypatch.setattr(server.asyncio, "open_connection", nobody)
    monkeypatch.setattr(server.asyncio, "sleep", at_once)
    finish(server._announce("0.0.0.0", 8521, "here"))
    assert set(asked) == {("127.0.0.1", 8521)}
    assert capsys.readouterr().out == "here\n"


# The page without a browser ------------------------------------------------------------------------------------------


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


def test_numbers_of_a_run_that_is_gone_are_not_shown_beside_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Shown(at(6))
    labels: list[str] = []

    def change(*_: object) -> float:
        page.session.apply(seed=7)
        page.session.finish()
        return 0.5

    monkeypatch.setattr(switchoffs, "mechanisms", lambda spec: ["pilot"])
    monkeypatch.setattr(switchoffs, "change", change)
    stand_in = SimpleNamespace(page=page, asked=SimpleNamespace(set_text=labels.append))
    finish(Cards.switch_off(stand_in))  # type: ignore[arg-type]
    assert page.off is None
    assert page.log == []
    assert len(labels) == 2


def row(key: str) -> tuple[_Row, list[tuple[str, object]]]:
    """Return a control without its elements, and the changes that it makes."""
    made = object.__new__(_Row)
    changed: list[tuple[str, object]] = []

    async def set_value(name: str, value: object) -> None:
        changed.append((name, value))

    made.page = Shown(at(0))
    made.page.set_value = set_value  # type: ignore[method-assign]
    made.control = next(control for group in GROUPS.values() for control in group if control.key == key)
    made.high = made.control.high
    made.number = SimpleNamespace(value="", error=None)
    return made, changed


@pytest.mark.parametrize("key", [control.key for group in GROUPS.values() for control in group if control.endless])
def test_the_end_of_an_endless_slider_and_the_sign_for_it_mean_for_ever(key: str) -> None:
    made, changed = row(key)
    finish(made._slid(made.high))
    made.number.value = "∞"
    made.page.session.set_value(key, 5.0)
    finish(made._typed())
    assert changed[-1] == (key, math.inf)
    assert made.number.error is None


def test_a_number_without_an_upper_bound_is_refused_by_its_lower_one() -> None:
    found = [
        control
        for group in GROUPS.values()
        for control in group
        if not control.words and control.bounds()[1] == math.inf
    ]
    assert found
    for control in found:
        made, changed = row(control.key)
        made.number.value = "-7"
        finish(made._typed())
        assert made.number.error == made.page.text("refused.low", low=f"{control.bounds()[0]:g}", high="inf")
        assert changed == []
