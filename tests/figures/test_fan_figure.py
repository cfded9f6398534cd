"""Pictures of many seeds: what is drawn is what the tables say."""

from __future__ import annotations

import numpy as np
import pytest
from kit.fans import fan_of
from kit.languages import DRAWN
from kit.pictures import boxes, cut_off, overlapping, texts

from simulation import InputError, run
from simulation.experiments import fan
from simulation.experiments.fans import Fan
from simulation.figures import draw, save_all
from simulation.figures.fan import HEADLINES, compared
from simulation.metrics import METRICS
from simulation.text import say


@pytest.fixture(scope="module")
def fans(classroom, other) -> tuple[Fan, Fan]:
    return fan_of(classroom, 5), fan_of(other, 5)


def said(figure: object) -> list[str]:
    return [text.get_text().replace("\n", " ") for text in texts(figure)]


def test_the_first_panel_shows_effectiveness_its_median_its_bands_and_the_own_run(classroom, fans) -> None:
    panel = draw("fan", classroom, fan=fans[0]).axes[-len(HEADLINES) :]
    large = next(one for one in panel if one.get_title("left").lower() == say("metric.effectiveness").lower())
    rows = fans[0].weekly("effectiveness")
    middle, own = large.get_lines()
    np.testing.assert_array_equal(middle.get_ydata(), rows["q50"])
    np.testing.assert_array_equal(own.get_ydata(), classroom.weekly["effectiveness"])
    for band, low, high in zip(large.collections, ("q05", "q25"), ("q95", "q75"), strict=True):
        corners = band.get_paths()[0].vertices[:, 1]
        assert {*rows[low], *rows[high]} <= {*corners}


@pytest.mark.parametrize("lang", DRAWN)
def test_the_own_seed_and_the_other_seeds_are_named(lang, classroom, fans) -> None:
    figure = draw("fan", classroom, lang, fan=fans[0])
    labels = said(figure)
    assert say("figure.fan.own", lang, seed=classroom.seed) in labels
    for key in ("figure.fan.title", "figure.fan.median", "figure.fan.half", "figure.fan.most"):
        assert say(key, lang) in labels


@pytest.mark.parametrize("lang", DRAWN)
def test_two_fans_stand_in_one_picture_with_the_share_of_seeds_in_which_a_is_above(lang, fans) -> None:
    figure = compared(*fans, lang)
    found = boxes(figure)
    assert cut_off(figure, found) == []
    assert overlapping(found) == []
    share = fans[0].share_above(fans[1], "effectiveness").share
    assert any(f"{share:.0%}" in text for text in said(figure))


def test_a_tie_in_every_seed_is_said_as_one(fans) -> None:
    assert say("figure.fan.same") in said(compared(fans[0], fans[0]))


@pytest.mark.parametrize("metrics", [["effectiveness"], ["trust", "awareness"], ["surface", "depth"], list(METRICS)])
def test_a_fan_of_few_metrics_is_drawn_too(metrics, classroom) -> None:
    few = fan(seeds=2, seed=classroom.seed, own=classroom, metrics=metrics)
    figure = draw("fan", classroom, fan=few)
    assert overlapping(boxes(figure)) == []
    assert len(figure.axes) == 1 + min(len(metrics), len(HEADLINES))


def test_without_a_fan_there_is_no_such_picture(classroom, fans, tmp_path) -> None:
    with pytest.raises(InputError, match="fan"):
        draw("fan", classroom)
    assert not [file for file in save_all(classroom, tmp_path / "without", formats=("svg",)) if "fan" in file.name]
    with_fan = save_all(classroom, tmp_path / "with", formats=("svg",), fan=fans[0])
    assert [file.name for file in with_fan if "fan" in file.name] == ["14-fan.svg"]


def test_one_seed_can_be_drawn_and_compared(classroom) -> None:
    single = fan_of(classroom, 1)
    assert overlapping(boxes(draw("fan", classroom, fan=single))) == []
    figure = compared(single, fan_of(run(classroom.spec, classroom.seed), 1))
    assert cut_off(figure, boxes(figure)) == []
