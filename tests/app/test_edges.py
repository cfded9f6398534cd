"""The page's runs, pictures and server where little is left to show: nothing picked, nothing run, nobody there."""

from __future__ import annotations

import math
import socket
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from app_harness import finish

from simulation import InputError
from simulation.agents import county
from simulation.app import server, share, switchoffs
from simulation.app.controls import GROUPS
from simulation.app.inspector import _because, explain
from simulation.app.key_figures import _difference
from simulation.app.library import MOST_WEEKS, Library
from simulation.app.session import Choice, Session
from simulation.app.track import Track
from simulation.app.views import Scene
from simulation.app.views.svg import Drawing, effect_colour, number

LIBRARY = Library()


def at(week: int, scenario: str = "classroom", **fields: Any) -> Session:
    session = Session(LIBRARY, Choice(scenario, week=week, **fields))
    session.finish()
    return session


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
