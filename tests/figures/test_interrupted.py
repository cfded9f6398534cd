"""The interrupted series: readable whatever changes a run has, and true of it."""

from __future__ import annotations

import numpy as np
import pytest
from kit.pictures import boxes, cut_off, overlapping, texts
from matplotlib.colors import to_hex

from simulation import InputError, RunResult, load_scenario, run
from simulation.drawing.colours import BLUE, GREY, RED
from simulation.figures import draw, figures, interrupted, lacking
from simulation.text import say

LONG = "A very long title that says what is changed in this case, and why, and then goes on for a good while longer"


def one(week, **more):
    return {"week": week, "set": {"execution.oversight": 0.1}, **more}


CASES = {
    "one for good": [one(30)],
    "one for a while": [one(20, length=15, title={"en": "Oversight withdrawn", "zh": "督查撤出"})],
    "long title at the start": [one(0, title=LONG)],
    "long title at the end": [
        one(59, title={"en": LONG, "zh": "一个非常长的标题，说明在此情况下改变了什么、为什么改变" * 3})
    ],
    "many": [one(week, length=5, title=LONG if week % 2 else "") for week in range(5, 40, 3)],
    "all in one week": [one(20, length=length) for length in range(1, 7)],
    "never": [{"when": "effectiveness > 0.99", "set": {"execution.oversight": 0.1}, "title": LONG}] * 2,
    "again and again": [{"when": "effectiveness >= 0", "length": 3, "repeat": True, "set": {"execution.oversight": 0}}],
}


def run_with(changes, **more):
    values = {"structure.citizens": 300, "weeks": 60, "changes": changes, **more}
    return run(load_scenario("zhaoqing").with_values(values), seed=2)


@pytest.fixture(scope="module")
def result():
    return run_with(CASES["one for a while"])


def said(figure):
    return " ".join(" ".join(text.get_text() for text in texts(figure)).split())


def curves(figure, panel, colour):
    return [line for line in figure.axes[panel].get_lines() if to_hex(line.get_color()) == to_hex(colour)]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("case", CASES)
def test_no_text_is_cut_or_lies_on_another(case, lang):
    figure = draw("interrupted", run_with(CASES[case]), lang)
    found = boxes(figure)
    assert overlapping(found) == []
    assert cut_off(figure, found) == []


def test_the_blue_line_is_the_run_and_the_grey_one_the_same_run_without_its_changes(result):
    figure = draw("interrupted", result, "en")
    without = run(result.spec.with_values({"changes": ()}), seed=2)
    for panel, name in enumerate(interrupted.SERIES, 1):
        assert np.array_equal(curves(figure, panel, BLUE)[0].get_ydata(), result.weekly[name])
        assert np.array_equal(curves(figure, panel, GREY)[0].get_ydata(), without.weekly[name])


def test_the_difference_at_the_end_is_printed(result):
    ends = [one.summary["effectiveness"] for one in (result, result.without_changes())]
    difference = f"{ends[0] - ends[1]:+.3f}".replace("-", "−")
    text = f"at the end {ends[0]:.3f}, without the changes {ends[1]:.3f} ({difference})"
    assert text in said(draw("interrupted", result, "en"))


def test_a_change_is_marked_at_its_first_week_and_more_lightly_where_values_return(result):
    marks = curves(draw("interrupted", result, "en"), 1, RED)
    assert [(line.get_xdata()[0], line.get_linestyle()) for line in marks] == [(20, "--"), (35, ":")]
    assert marks[1].get_alpha() < 1


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_single_change_has_its_title_and_week_at_its_line_and_several_have_numbers(result, lang):
    words = {
        "en": "Oversight withdrawn: from week 20 (July 2020), for 15 weeks",
        "zh": "督查撤出：第 20 周（2020年7月）起，持续 15 周",
    }
    assert words[lang] in said(draw("interrupted", result, lang))
    several = draw("interrupted", run_with(CASES["many"]), lang)
    numbers = [text.get_text() for text in several.axes[1].texts if text.get_text().isdecimal()]
    assert numbers == [str(number) for number in range(1, len(CASES["many"]) + 1)]
    assert say("figure.interrupted.more", lang, n=len(CASES["many"]) - interrupted.NAMED) in said(several)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_condition_that_never_held_stands_in_the_caption(lang):
    text = said(draw("interrupted", run_with(CASES["never"]), lang)).replace(" ", "")
    assert text.count(say("change.never", lang, condition="effectiveness > 0.99").replace(" ", "")) == 2


def test_the_run_without_changes_is_left_out_of_a_huge_run_and_the_caption_says_so(result, monkeypatch):
    monkeypatch.setattr(interrupted, "MOST_COMPUTED", 1000)
    figure = draw("interrupted", result, "en")
    assert curves(figure, 1, GREY) == []
    assert say("figure.interrupted.too_many", "en") in said(figure)
    assert "without the changes (" not in said(figure)


def test_a_run_whose_past_cannot_be_computed_again_stands_alone(result):
    other = RunResult(
        result.spec,
        3,
        result.summary,
        result.provenance,
        {name: getattr(result, name) for name in ("weekly", "changes")},
    )  # the tables of another seed stand for those of another version
    figure = draw("interrupted", other, "en")
    assert curves(figure, 1, GREY) == []
    assert say("figure.interrupted.other_past", "en") in said(figure)


def test_a_given_run_without_changes_is_drawn_as_it_is(result):
    without = result.without_changes()
    figure = interrupted.draw(result, "en", without=without)
    assert np.array_equal(curves(figure, 1, GREY)[0].get_ydata(), without.weekly["effectiveness"])


def test_only_a_run_with_changes_has_the_picture(result):
    plain = run("classroom", weeks=5)
    module = figures()["interrupted"]
    assert not lacking(module, result)
    assert lacking(module, plain)
    with pytest.raises(InputError, match="changes during a run"):
        draw("interrupted", plain)


def test_a_loaded_run_gives_the_same_picture(result, tmp_path):
    result.save(tmp_path / "run")
    for name, one_run in (("fresh", result), ("loaded", RunResult.load(tmp_path / "run"))):
        draw("interrupted", one_run).save(tmp_path / name, ("svg",))
    assert (tmp_path / "fresh.svg").read_bytes() == (tmp_path / "loaded.svg").read_bytes()
