"""Long work beside the event loop: it ends at its limit, and when nobody waits for it."""

from __future__ import annotations

import asyncio
import threading

import pytest
from shown import finish

from simulation import InputError
from simulation.app import apart
from simulation.app.apart import Check, GivenUp, Watch


def test_work_ends_when_its_time_is_over_and_the_time_before_its_turn_does_not_count() -> None:
    times = iter([0.0, 100.0, 100.0, 105.0, 111.0])
    watch = Watch(10, clock=lambda: next(times))  # made at 0, begun at 100
    checked: list[int] = []

    def work(check: Check) -> None:
        for number in range(9):
            check()
            checked.append(number)

    with pytest.raises(InputError, match="longer than 10 seconds"):
        watch.do(work)
    assert checked == [0]


def test_work_in_one_long_step_is_refused_after_it() -> None:
    times = iter([0.0, 0.0, 0.0, 11.0])
    with pytest.raises(InputError, match="longer than 10 seconds"):
        Watch(10, clock=lambda: next(times)).do(lambda check: None)


def test_work_that_nobody_waits_for_ends() -> None:
    begun, over = threading.Event(), threading.Event()

    def work(check: Check) -> None:
        try:
            while True:
                check()
                begun.set()
        except GivenUp:
            over.set()
            raise

    async def leave() -> None:
        task = asyncio.create_task(apart.apart(work))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    finish(leave())
    assert over.wait(60)


def test_the_event_loop_lives_on_and_gets_the_result() -> None:
    turns: list[int] = []
    go = threading.Event()

    async def both() -> int:
        working = asyncio.create_task(apart.apart(lambda check: (go.wait(60), 7)[1]))
        for number in range(3):
            await asyncio.sleep(0)
            turns.append(number)
        go.set()
        return await working

    assert finish(both()) == 7
    assert turns == [0, 1, 2]


def test_the_end_of_the_program_ends_all_work(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = threading.Event()
    monkeypatch.setattr(apart, "_ENDING", ending)
    ending.set()
    with pytest.raises(GivenUp):
        Watch().do(lambda check: None)
