"""Other seeds on the page: the numbers of `fan`, made beside everything else and only while somebody waits for them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from harness import finish
from shown import at
from tabs import watched

from simulation import InputError
from simulation.app import fans
from simulation.app.apart import GivenUp, Watch
from simulation.app.fan_panel import FanPanel
from simulation.app.fans import Fans
from simulation.app.spread import METRICS, ORDERS, Spread
from simulation.app.tab import Tab
from simulation.app.views import views
from simulation.experiments import fan
from simulation.experiments.beating import beats

SMALL = {"structure.citizens": 400}
FEW = 12


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let fans have a few seeds, and keep none from test to test."""
    monkeypatch.setattr(fans, "SEEDS", FEW)
    make = fans.made
    monkeypatch.setattr(
        fans, "made", lambda spec, seed, done, check, **more: make(spec, seed, done, check, FEW, **more)
    )
    monkeypatch.setattr(fans, "LOOK", 0.01)
    fans._KEPT.clear()
    yield
    fans._KEPT.clear()


async def found(tab: Tab) -> None:
    """Wait until no fan is in work."""
    while tab.fans.total:
        await asyncio.sleep(0.01)


def asked(tab: Tab, *actions: Callable[[], Any]) -> None:
    """Switch fans on, and do actions, each once the fans are there."""

    async def work() -> None:
        tab.fans.switch(True)
        await found(tab)
        for action in actions:
            await action()
            await found(tab)

    finish(work())


def test_the_page_shows_the_numbers_of_a_fan_from_its_own_seed_on() -> None:
    tab, _ = watched(at(40, seed=3, changes=SMALL))
    asked(tab)
    spread, other = tab.scene().fans
    assert spread is not None
    assert other is None
    wanted = fan(tab.session.a.model.spec, FEW, 3, METRICS)
    assert spread.seeds == tuple(range(3, 3 + FEW))
    for name in METRICS:
        np.testing.assert_array_equal(spread.quantiles[name], wanted.weekly(name)[list(ORDERS)].to_numpy().T)
        np.testing.assert_array_equal(spread.ends[name], wanted.ends[name])


def test_both_runs_get_a_fan_and_the_share_of_seeds_is_counted() -> None:
    tab, _ = watched(at(40, changes={**SMALL, "execution.oversight": 0.0}, compare="unchanged"))
    asked(tab)
    a, b = tab.fans.pair()
    assert a is not None
    assert b is not None
    panel: Any = SimpleNamespace(tab=tab)
    panel._beats = lambda a, b: FanPanel._beats(panel, a, b)
    said = FanPanel._text(panel)
    share = beats(a.ends["effectiveness"], b.ends["effectiveness"])
    assert f"{share.share:.0%} of {FEW} seeds" in said
    assert f"{FEW} seeds: 0 to {FEW - 1}" in said


def test_a_fan_is_made_once_for_all_tabs_and_shown_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    one, _ = watched(at(5, changes=SMALL))
    asked(one)
    monkeypatch.setattr(fans, "made", None)
    two, _ = watched(at(9, changes=SMALL))
    asked(two)
    assert two.fans.pair() == one.fans.pair()
    assert two.fans.problem is None


def test_another_choice_ends_the_fan_in_work_and_gets_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = watched(at(5, changes=SMALL))
    make, begun, ended = fans.made, threading.Event(), threading.Event()

    def endless(spec: Any, seed: int, done: Any, check: Callable[[], None], **more: Any) -> Spread:
        if seed == 1:
            return make(spec, seed, done, check)
        try:
            done(3, FEW)
            begun.set()
            while True:
                check()
        except GivenUp:
            done(5, 1000)  # nobody listens any more
            ended.set()
            raise

    monkeypatch.setattr(fans, "made", endless)

    async def work() -> None:
        tab.fans.switch(True)
        while not begun.is_set():
            await asyncio.sleep(0.01)
        assert (tab.fans.done, tab.fans.total) == (3, FEW)
        assert tab.scene().fans == (None, None)
        await tab.set_seed(1)
        await found(tab)

    finish(work())
    assert ended.wait(60)
    spread = tab.fans.pair()[0]
    assert spread is not None
    assert spread.seeds[0] == 1


@pytest.mark.parametrize("way", ["switched off", "closed"])
def test_a_fan_that_nobody_waits_for_ends(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = watched(at(5, changes=SMALL))
    begun, ended = threading.Event(), threading.Event()

    def endless(spec: Any, seed: int, done: Any, check: Callable[[], None], **more: Any) -> Spread:
        begun.set()
        try:
            while True:
                check()
        except GivenUp:
            ended.set()
            raise

    monkeypatch.setattr(fans, "made", endless)

    async def work() -> None:
        tab.fans.switch(True)
        while not begun.is_set():
            await asyncio.sleep(0.01)
        if way == "closed":
            tab.fans.gone = lambda: True
        else:
            tab.fans.switch(False)
        await found(tab)

    finish(work())
    assert ended.wait(60)
    assert tab.fans.pair() == (None, None)


def test_the_other_actions_of_a_tab_go_on_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = watched(at(5, changes=SMALL))
    release = threading.Event()
    make = fans.made

    def slow(spec: Any, seed: int, done: Any, check: Callable[[], None], **more: Any) -> Spread:
        assert release.wait(60)
        return make(spec, seed, done, check)

    monkeypatch.setattr(fans, "made", slow)

    async def work() -> None:
        tab.fans.switch(True)
        await asyncio.sleep(0.05)
        other, _ = watched(at(5, changes=SMALL))
        await other.set_value("plan.kind", "uniform")
        await tab.go(30)
        assert tab.session.week == 30
        release.set()
        await found(tab)

    finish(work())
    assert tab.fans.pair()[0] is not None


def test_a_fan_that_takes_too_long_says_so_and_is_not_tried_again_until_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = watched(at(5, changes=SMALL))
    tried: list[int] = []

    def late(spec: Any, seed: int, done: Any, check: Callable[[], None], **more: Any) -> Spread:
        tried.append(seed)
        Watch(-1.0).do(lambda _: None)
        raise AssertionError

    monkeypatch.setattr(fans, "made", late)
    asked(tab, lambda: tab.go(9))
    assert isinstance(tab.fans.problem, InputError)
    assert tried == [0]
    said = FanPanel._text(SimpleNamespace(tab=tab))  # type: ignore[arg-type]
    assert "longer than" in said
    asked(tab)
    assert tried == [0, 0]


def test_a_fan_that_fails_says_how_and_the_tab_lives_on(monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = watched(at(5, changes=SMALL))
    monkeypatch.setattr(fans, "made", lambda *_, **more: 1 / 0)
    asked(tab, lambda: tab.go(9))
    said = FanPanel._text(SimpleNamespace(tab=tab))  # type: ignore[arg-type]
    assert "ZeroDivisionError: division by zero" in said
    assert tab.session.week == 9


def test_no_more_fans_are_kept_than_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fans, "MOST", 2)
    tab, _ = watched(at(1, changes=SMALL))
    asked(tab, lambda: tab.set_seed(1), lambda: tab.set_seed(2))
    assert [key[1] for key in fans._KEPT] == [1, 2]


@pytest.mark.parametrize("name", ["outcome", "participation"])
@pytest.mark.parametrize("compare", ["", "unchanged"])
def test_a_chart_draws_bands_median_and_the_own_seed_up_to_the_week_that_is_shown(name: str, compare: str) -> None:
    tab, _ = watched(at(40, changes={**SMALL, "execution.oversight": 0.5}, compare=compare))
    view = next(view for view in views() if view.name == name)
    assert "your seed" not in view.draw(tab.scene())
    asked(tab)
    svg = view.draw(tab.scene())
    ElementTree.fromstring(svg)
    runs = 2 if compare else 1
    assert svg.count('fill-opacity="0.26"') == runs
    assert svg.count("your seed (0)") == runs
    assert svg.count(">median") == runs
    tab.session.ask(0)
    assert 'fill-opacity="0.26"' not in view.draw(tab.scene())


def test_a_fan_without_a_defined_value_draws_no_band() -> None:
    tab, _ = watched(at(3, changes=SMALL))
    empty = np.full((5, tab.session.weeks), np.nan)
    spread = Spread((0,), dict.fromkeys(METRICS, empty), dict.fromkeys(METRICS, np.array([np.nan])))
    Fans.switch(tab.fans, False)
    tab.fans.on = True
    tab.fans._own[fans.key_of(tab.session.a)] = spread
    svg = next(view for view in views() if view.name == "outcome").draw(tab.scene())
    assert "<polygon" not in svg.split(">median")[0]
