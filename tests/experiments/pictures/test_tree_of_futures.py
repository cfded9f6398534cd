"""The picture of a tree of futures: it holds every name, nothing lies over anything, and the past is one line."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from kit.languages import DRAWN
from kit.pictures import boxes, cut_off, overlapping

from simulation import run
from simulation.drawing.colours import GREY, INK
from simulation.experiments import Futures
from simulation.experiments.pictures.futures import _apart, _looks
from simulation.results import RunResult

KEY = "execution.oversight"
NAMES = (
    "a",
    "督查退出",
    "a long name that says far more than a line's end has room for, " * 3,
    "d e f",
    "<e>",
    "$f_1$",
)


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run({"extends": "classroom", "structure": {"citizens": 200}, "weeks": 30}, 3)


@pytest.fixture(scope="module")
def branches(result: RunResult) -> dict[str, RunResult]:
    return {name: result.branch(4 * number + 3, {KEY: number / 7}) for number, name in enumerate(NAMES)}


@pytest.mark.parametrize("lang", DRAWN)
@pytest.mark.parametrize("number", [0, 1, 2, 6])
def test_no_text_of_the_tree_lies_over_another_or_is_cut(
    number: int, lang: str, result: RunResult, branches: dict[str, RunResult]
) -> None:
    shown = dict(list(branches.items())[:number])
    figure = Futures.of(result, shown).picture(lang)
    figure.settle()
    found = boxes(figure)
    assert overlapping(found) == []
    assert cut_off(figure, found) == []
    texts = " ".join(text.replace("\n", " ").replace("  ", " ") for text, _ in found)
    for name in shown:
        assert name[:20].strip() in texts


def test_the_past_is_one_dark_line_and_each_future_begins_at_its_branch_point(
    result: RunResult, branches: dict[str, RunResult]
) -> None:
    figure = Futures.of(result, {"a": branches["a"], "later": branches["督查退出"]}).picture()
    lines = [line for line in figure.axes[0].get_lines() if len(line.get_xdata()) > 2]
    grey, dark, first, second = lines
    assert (grey.get_color(), dark.get_color()) == (GREY, INK)
    assert np.array_equal(grey.get_ydata(), result.weekly["effectiveness"])
    assert list(dark.get_xdata()) == [0, 1, 2]
    assert (first.get_xdata()[0], second.get_xdata()[0]) == (2, 6)
    assert np.array_equal(first.get_ydata(), branches["a"].weekly["effectiveness"][2:])
    dots = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]
    assert sorted(float(dot.get_xdata()[0]) for dot in dots) == [2, 6]


def test_a_future_that_changes_nothing_is_the_grey_line(result: RunResult) -> None:
    figure = Futures.of(result, {"same": result.branch(9, {})}).picture()
    long = [line for line in figure.axes[0].get_lines() if len(line.get_xdata()) > 2]
    assert {line.get_color() for line in long} == {GREY, INK}


def test_no_two_lines_of_twenty_look_alike() -> None:
    looks = [(look["color"], look["linestyle"]) for look in _looks(20)]
    assert len(set(looks)) == 20


def test_labels_keep_their_order_and_do_not_touch() -> None:
    heights = [1.0, 3.0, 1.0, 2.0]
    middles = _apart([5.0, 5.1, 5.0, 9.9], heights, 10.0)
    order = np.argsort(middles, kind="stable")
    assert order.tolist() == [0, 2, 1, 3]
    ends = [(middles[place] - heights[place] / 2, middles[place] + heights[place] / 2) for place in order]
    assert all(before[1] <= after[0] + 1e-12 for before, after in itertools.pairwise(ends))
    assert ends[-1][1] <= 10.0


def test_the_same_tree_is_the_same_picture(result: RunResult, branches: dict[str, RunResult], tmp_path) -> None:
    for name in ("one", "two"):
        Futures.of(result, {"a": branches["a"]}).picture().save(tmp_path / name, ("svg",))
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
