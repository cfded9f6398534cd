"""Contracts that every figure keeps: whole, readable, the same each time, in both languages; found, not listed."""

from __future__ import annotations

import gc
import weakref
from importlib import resources

import matplotlib
import pytest
from kit.fans import alone, fan_of
from kit.languages import DRAWN
from kit.pictures import boxes, cut_off, overlapping

from simulation import run
from simulation.drawing import fonts
from simulation.figures import draw, figures, save_all
from simulation.figures.switch_off import SWITCHES
from simulation.text import catalogue

EFFECTS = dict.fromkeys(SWITCHES, 0.123)


def interrupted(result):
    """Return the run with a change half way, which a picture of changes needs."""
    return result.branch(result.spec.weeks // 2, {"execution.oversight": 0.2})


@pytest.fixture(scope="module")
def changed(classroom):
    return interrupted(classroom)


@pytest.fixture(scope="module")
def fan(changed):
    return fan_of(changed)


def test_every_module_that_draws_is_a_picture_and_has_a_title_in_both_languages():
    spelt = {
        entry.name.removesuffix(".py")
        for entry in resources.files("simulation.figures").iterdir()
        if entry.name.endswith(".py") and "\ndef draw(" in entry.read_text(encoding="utf-8")
    } - {"__init__"}
    assert set(figures()) == spelt
    assert [module.NUMBER for module in figures().values()] == list(range(1, len(figures()) + 1))
    assert {module.TITLE for module in figures().values()} <= catalogue().keys()


@pytest.mark.parametrize("name", figures())
@pytest.mark.parametrize("lang", DRAWN)
def test_no_text_is_cut_off_and_none_lies_on_another(name, lang, any_run):
    shown = interrupted(any_run) if name == "interrupted" else any_run
    figure = draw(name, shown, lang, switch_off=EFFECTS, other=any_run, fan=fan_of(shown))
    found = boxes(figure)
    assert cut_off(figure, found) == []
    assert overlapping(found) == []


@pytest.mark.parametrize("name", figures())
def test_without_a_chinese_font_a_picture_is_in_english_and_says_so_once(name, changed, other, fan, no_chinese_font):
    with pytest.warns(fonts.NoChineseFontWarning, match=fonts.PACKAGE) as caught:
        figure = draw(name, changed, "zh", other=other, fan=fan)
    assert len(caught) == 1
    again = draw(name, changed, "zh", other=other, fan=fan)
    english = draw(name, changed, "en", other=other, fan=fan)
    for drawn in (figure, again):
        # Neither of the two shows the structure's place names in Chinese.
        assert [text for text, _ in boxes(drawn)] == [text for text, _ in boxes(english)]


@pytest.mark.chinese_font
def test_with_a_chinese_font_every_sign_can_be_drawn(changed, other, fan, recwarn):
    for name in figures():
        draw(name, changed, "zh", switch_off=EFFECTS, other=other, fan=fan).canvas.draw()
    assert [str(warning.message) for warning in recwarn if "Glyph" in str(warning.message)] == []


def test_equal_results_give_equal_files(changed, other, fan, tmp_path):
    first = save_all(changed, tmp_path / "a", switch_off=EFFECTS, other=other, fan=fan)
    second = save_all(changed, tmp_path / "b", switch_off=EFFECTS, other=other, fan=fan)
    assert len(first) == 2 * len(figures())
    assert [file.name for file in first] == [file.name for file in second]
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]


def test_drawing_again_and_again_keeps_nothing(changed, other, fan):
    kept = []
    before = dict(matplotlib.rcParams)
    for _ in range(2):
        for name in figures():
            figure = draw(name, changed, "en", other=other, fan=fan)
            figure.canvas.draw()
            kept.append(weakref.ref(figure))
            del figure
    gc.collect()
    assert [reference for reference in kept if reference() is not None] == []
    assert dict(matplotlib.rcParams) == before


def test_no_picture_goes_through_pyplot():
    sources = [entry for entry in resources.files("simulation.figures").iterdir() if entry.name.endswith(".py")]
    assert [entry.name for entry in sources if "pyplot" in entry.read_text(encoding="utf-8")] == []


def test_a_run_in_which_nothing_happens_can_be_drawn(classroom):
    empty = run(classroom.spec.with_values({"instruction.intensity": 0, "weeks": 1, "structure.citizens": 400}), 0)
    empty = interrupted(empty)
    for name in figures():
        figure = draw(name, empty, other=empty, fan=fan_of(empty))
        assert cut_off(figure, boxes(figure)) == []


@pytest.mark.parametrize("name", alone())
def test_a_loaded_result_gives_the_same_picture_as_a_fresh_one(name, classroom, tmp_path):
    fresh = run(classroom.spec, classroom.seed)
    fresh.provenance["scenario_name"] = classroom.provenance["scenario_name"]
    for label, result in (("fresh", fresh), ("loaded", classroom)):
        draw(name, result, "en").savefig(tmp_path / f"{label}.svg")
    assert (tmp_path / "fresh.svg").read_bytes() == (tmp_path / "loaded.svg").read_bytes()
