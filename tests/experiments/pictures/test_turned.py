"""The picture of where a result turns around: what is drawn, and that it can be read in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kit.languages import DRAWN
from kit.pictures import boxes, cut_off, overlapping
from matplotlib.patches import Rectangle

from simulation.experiments.turning import find_turning


def points(number=90):
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "agenda.cost": rng.random(number),
            "execution.q_half": np.exp(rng.uniform(-6, -2, number)),
            "departments.conflict": rng.random(number),
        }
    )


@pytest.fixture(scope="module")
def found():
    table = points()
    return find_turning(table, (table["execution.q_half"] > 0.02) | (table["departments.conflict"] < 0.4))


@pytest.mark.parametrize("lang", DRAWN)
def test_no_text_is_cut_off_and_none_lies_on_another(found, lang):
    sheet = found.plot(lang)
    drawn = boxes(sheet)
    assert cut_off(sheet, drawn) == []
    assert overlapping(drawn) == []


def test_the_two_deciding_parameters_span_the_picture_and_every_world_is_in_it(found):
    axes = found.plot("en").axes[0]
    assert {axes.get_xlabel().split("\n")[-1], axes.get_ylabel().split("\n")[-1]} == {
        "execution.q_half",
        "departments.conflict",
    }
    assert sum(len(marks.get_offsets()) for marks in axes.collections) == len(found.points)
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels[:2] == [f"holds ({found.holds.sum()})", f"fails ({(~found.holds).sum()})"]


def test_the_box_is_drawn_at_its_limits(found):
    axes = found.plot("en").axes[0]
    frame = next(patch for patch in axes.patches if isinstance(patch, Rectangle) and not patch.get_fill())
    limits = {limit.key: limit for limit in found.box.regions[0]}
    at = {"execution.q_half": frame.get_x() + frame.get_width(), "departments.conflict": frame.get_y()}
    if axes.get_xlabel().endswith("conflict"):
        at = {"departments.conflict": frame.get_x(), "execution.q_half": frame.get_y() + frame.get_height()}
    for key, place in at.items():
        assert place == pytest.approx(limits[key].at)


def test_without_a_rule_there_is_no_box_and_with_one_parameter_there_is_a_picture_too():
    table = points()
    none = find_turning(table, np.random.default_rng(1).random(len(table)) < 0.5)
    assert none.box is None
    assert not none.plot("en").axes[0].patches
    single = find_turning(table[["agenda.cost"]], table["agenda.cost"] > 0.3)
    assert single.plot("en").axes[0].get_xlabel().endswith("agenda.cost")
