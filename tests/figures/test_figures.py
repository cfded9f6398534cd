"""Every picture: readable, whole, the same each time, and drawn from a result's tables alone."""

from __future__ import annotations

import pytest
from kit.fans import alone
from kit.pictures import boxes, cut_off, overlapping
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from simulation import InputError
from simulation.drawing import fonts
from simulation.figures import draw, save_all


def test_cut_and_overlapping_text_would_be_found():
    figure = Figure(figsize=(2, 2))
    FigureCanvasAgg(figure)
    figure.text(0.9, 0.5, "beyond the edge")
    figure.text(0.1, 0.2, "one")
    figure.text(0.11, 0.2, "two")
    assert cut_off(figure, boxes(figure)) == ["beyond the edge"]
    assert overlapping(boxes(figure)) == [("one", "two")]


def test_the_notice_is_given_once_and_only_where_a_font_is_missing(no_chinese_font):
    assert fonts.notice("en") is None
    assert fonts.PACKAGE in (fonts.notice("zh") or "")
    assert fonts.notice("zh") is None


def test_a_picture_of_two_runs_is_saved_only_with_two(classroom, tmp_path):
    files = save_all(classroom, tmp_path, formats=("svg",))
    assert len(files) == len(alone())
    with pytest.raises(InputError, match="side by side"):
        draw("side_by_side", classroom)


def test_an_unknown_picture_is_refused_with_a_near_miss(classroom):
    with pytest.raises(InputError) as caught:
        draw("stage", classroom)
    assert caught.value.suggestion == "stages"
