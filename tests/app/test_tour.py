"""The guided tour pauses at each stage of any run, and can be left, resumed and steered by keys."""

from __future__ import annotations

from typing import Any

import pytest
from harness import finish
from shown import LIBRARY

from simulation.app.choice import Choice
from simulation.app.clock import Clock
from simulation.app.session import Session
from simulation.app.shortcuts import Shortcuts
from simulation.app.tab import Tab
from simulation.app.tour import SETTLING, Tour, keys
from simulation.app.views import views
from simulation.scenario.windows import STAGES
from simulation.text import LANGUAGES, catalogue, say


def toured(scenario: str = "classroom", **fields: Any) -> Tour:
    return Tour(Tab(Session(LIBRARY, Choice(scenario, **fields))))


def unheard(error: Exception) -> None:
    raise error


def arrive(tour: Tour) -> None:
    """Let the clock tick until the play has paused."""

    async def tick() -> None:
        clock = Clock(tour.tab, unheard)
        for _ in range(400):
            if not tour.tab.session.playing:
                return
            await clock.tick()
        raise AssertionError("it never pauses")

    finish(tick())


def test_the_tour_plays_to_each_stage_in_turn_and_pauses_there() -> None:
    tour = toured()
    finish(tour.toggle())
    seen = []
    while True:
        arrive(tour)
        assert tour.tab.session.week == tour.stop.weeks
        if tour.stop.stage:
            k = STAGES.index(tour.stop.stage)
            assert tour.stop.key == tour.stop.stage
            assert tour.tab.session.a.model.state.level[0, k] > 0
        seen.append(tour.stop.stage or tour.stop.key)
        if tour.last:
            break
        finish(tour.forward())
    assert seen == ["instruction", *STAGES, "surface", "end"]
    assert tour.tab.session.ended
    finish(tour.forward())
    assert not tour.open


def test_stops_follow_the_stages_of_the_run_that_is_watched() -> None:
    turned = toured(changes={"stages.leverage.start": 0, "stages.trend.start": 30, "stages.publicity.intensity": 0.0})
    stops = {stop.stage: stop for stop in turned.stops}
    assert stops["leverage"].weeks == SETTLING
    assert stops["trend"].weeks == 30 + SETTLING
    assert stops["publicity"].key == "off"
    weeks = [stop.weeks for stop in turned.stops]
    assert weeks == sorted(weeks)
    late = toured(changes={"stages.trend.start": 104})
    assert {stop.stage: stop.key for stop in late.stops}["trend"] == "off"
    assert late.stops[-1].weeks == 104


def test_a_tour_that_was_left_goes_on_where_it_was() -> None:
    tour = toured()
    finish(tour.toggle())
    finish(tour.forward())
    finish(tour.forward())
    tour.leave()
    assert not tour.open
    assert not tour.tab.session.playing
    finish(tour.toggle())
    assert tour.place == 2
    arrive(tour)
    assert tour.tab.session.week == tour.stop.weeks
    finish(tour.back())
    assert tour.place == 1
    assert tour.tab.session.week == tour.stop.weeks
    tour.forget()
    assert tour.place == -1


def test_another_place_to_play_to_is_forgotten_by_a_pause() -> None:
    tour = toured()
    finish(tour.toggle())
    arrive(tour)
    assert tour.tab.goal == 104
    assert tour.tab.pace == tour.tab.speed


def test_keys_of_the_tour_do_nothing_while_it_is_closed() -> None:
    tour = toured()
    finish(tour.forward())
    finish(tour.back())
    assert tour.place == -1
    assert tour.tab.session.week == 0


def test_t_begins_the_tour_paging_keys_steer_it_and_escape_leaves() -> None:
    tour = toured()

    async def directly(action: Any, *given: Any) -> None:
        made = action(*given)
        if made is not None:
            await made

    pressed = Shortcuts(tour.tab, tour, lambda: None, directly)
    for key, place in (("t", 0), ("PageDown", 1), ("PageDown", 2), ("PageUp", 1)):
        finish(pressed.press(key, False))
        assert tour.place == place
    finish(pressed.press("Escape", False))
    assert not tour.open
    assert set(keys(tour)) == {"t", "PageDown", "PageUp"}


def test_a_prediction_ends_the_tour_for_now() -> None:
    tour = toured()
    finish(tour.toggle())
    tour.tab.predict()
    assert not tour.open
    finish(tour.toggle())
    assert tour.open
    assert not tour.tab.predicting


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_stop_has_one_sentence_and_a_picture(lang: str) -> None:
    names = {view.name for view in views()}
    for stop in toured().stops:
        sentence = say(f"app.tour.{stop.key}", lang, week=stop.weeks - 1, stage="")
        assert stop.view in names
        assert 10 < len(sentence) < 140
        if stop.key != "off":
            assert str(stop.weeks - 1) in sentence
    assert say("app.tour.off", lang, stage="xyz").count("xyz") == 1
    assert len([key for key in catalogue() if key.startswith("app.tour.")]) > 10
