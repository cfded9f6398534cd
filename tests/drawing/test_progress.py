"""Progress is shown in one way by every command: late, on standard error, and gone at the end."""

from __future__ import annotations

import json
import types

import pytest

from simulation.drawing import progress
from simulation.files.errors import InputError


@pytest.fixture
def clock(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(progress, "time", types.SimpleNamespace(monotonic=lambda: now[0]))
    return now


@pytest.fixture
def terminal(monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")


def test_a_bar_appears_only_for_what_takes_longer_than_two_seconds(clock, terminal, capsys):
    with progress.bar("weeks") as update:
        update(1, 10)
        clock[0] += 1.9
        update(2, 10)
    assert capsys.readouterr().err == ""
    with progress.bar("weeks") as update:
        clock[0] += 2.1
        update(3, 10)
    said = capsys.readouterr()
    assert "weeks" in said.err
    assert "3/10" in said.err
    assert said.out == ""


def test_a_bar_writes_nothing_where_there_is_no_terminal(clock, capsys):
    with progress.bar("weeks") as update:
        clock[0] += 3
        update(3, 10)
    assert capsys.readouterr().err == ""


def test_things_under_a_bar_come_in_their_order_and_are_counted(clock, terminal, capsys):
    seen = []
    for thing in progress.each(iter("abc"), "letters"):
        seen.append(thing)
        clock[0] += 3
    assert seen == ["a", "b", "c"]
    assert "letters" in capsys.readouterr().err


def shown(how, states, capsys):
    with progress.display(how, draw=lambda state: f"at {state}", record=lambda state: {"at": state}) as display:
        for state in states:
            display.show(state, last=state == states[-1])
    return capsys.readouterr().err


def test_a_display_shows_the_first_and_the_last_state_however_fast_they_follow(clock, capsys):
    assert [json.loads(line) for line in shown("json", [1, 2, 3], capsys).splitlines()] == [{"at": 1}, {"at": 3}]
    assert shown("quiet", [1, 2, 3], capsys) == ""
    assert "at 3" in shown("rich", [1, 2, 3], capsys)
    called = []
    shown(called.append, [1, 2, 3], capsys)
    assert called == [1, 3]


def test_a_display_shows_a_state_again_when_its_time_has_come(clock):
    called = []
    with progress.display(called.append, draw=str, record=dict) as display:
        for state in range(4):
            display.show(state)
            clock[0] += 0.06
    assert called == [0, 2]


def test_without_a_terminal_the_usual_display_is_quiet(capsys):
    assert shown("auto", [1, 2], capsys) == ""


def test_a_display_that_there_is_not_is_refused():
    with pytest.raises(InputError, match="progress"), progress.display("loud", draw=str, record=dict):
        pass
