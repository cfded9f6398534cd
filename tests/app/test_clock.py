"""The clock of a tab: it plays as many weeks per second as asked for, and stops at the end and at a fault."""

from __future__ import annotations

import pytest
from harness import finish
from tabs import at, unheard, watched

from simulation.app.clock import Clock


def test_a_clock_at_work_leaves_the_next_tick_to_it() -> None:
    tab, log = watched(at(2))
    tab.session.playing = True
    tab.session.ask(4)

    async def while_another_works() -> None:
        async with tab.turn:
            await Clock(tab, unheard).tick()

    finish(while_another_works())
    assert tab.session.week == 2
    assert log == []


def test_weeks_that_fail_stop_the_play_and_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    tab, log = watched(at(2))
    tab.session.playing = True
    tab.session.ask(4)
    errors: list[Exception] = []

    def fail() -> None:
        assert tab.busy
        raise ValueError

    monkeypatch.setattr(tab.session, "advance", fail)
    finish(Clock(tab, errors.append).tick())
    assert [type(error) for error in errors] == [ValueError]
    assert not tab.session.playing
    assert not tab.busy
    assert log == ["moved"]


@pytest.mark.parametrize(("speed", "weeks"), [(1, 1), (4, 4), (26, 26)])
def test_a_second_of_play_is_as_many_weeks_as_its_speed(speed: int, weeks: int) -> None:
    tab, _ = watched(at(0))
    tab.speed = speed
    finish(tab.play())
    clock = Clock(tab, unheard)
    for _ in range(8):
        finish(clock.tick())
    assert tab.session.week == weeks


def test_the_play_ends_with_the_last_week() -> None:
    tab, log = watched(at(103))
    tab.session.playing = True
    clock = Clock(tab, unheard)
    for _ in range(8):
        finish(clock.tick())
    assert tab.session.ended
    assert not tab.session.playing
    assert tab.session.choice.week == tab.session.weeks
    assert log[-1] == "linked"


def test_play_after_the_end_begins_again_and_a_second_press_pauses() -> None:
    tab, _ = watched(at(104))
    tab.off = {"pilot": 0.1}
    finish(tab.play())
    assert tab.off is None  # numbers of another week
    assert tab.session.week == 0
    assert tab.session.playing
    finish(tab.play())
    assert not tab.session.playing
