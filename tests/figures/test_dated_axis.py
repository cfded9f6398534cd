"""A time axis with months: they stand under weeks, never on one another, and only where there is a start date."""

from __future__ import annotations

import pytest
from kit.pictures import boxes, cut_off, overlapping

from simulation import load_scenario, run
from simulation.drawing.sheet import Sheet
from simulation.figures import draw
from simulation.figures.places import week_axis

SMALL = {"structure.citizens": 200}


@pytest.fixture(scope="module", params=[3, 60, 156, 400])
def result(request):
    return run(load_scenario("zhaoqing").with_values(SMALL), weeks=request.param)


def labels(result, lang, width):
    """Return the tick labels of a time axis on a sheet of a width in inches, laid out."""
    sheet = Sheet("axis", lang, width, 2.0)
    with sheet.styled():
        axis = sheet.subplots(1, 2)[1]
        week_axis(axis, result, lang)
    found = boxes(sheet)
    # The box of two lines reaches over a week beside it, which has one line and lies next to the upper, shorter one.
    pairs = [(one, two) for one, two in overlapping(found) if ("\n" in one) == ("\n" in two)]
    return [tick.get_text() for tick in axis.get_xticklabels()], pairs, cut_off(sheet, found)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("width", [3.4, 5.0, 9.0])
def test_months_stand_under_weeks_and_keep_apart_at_any_width(result, lang, width):
    texts, together, cut = labels(result, lang, width)
    assert {"en": "0\nMar 2020", "zh": "0\n2020年3月"}[lang] in texts
    assert together == []
    assert cut == []


def test_a_wide_axis_has_more_months_than_a_narrow_one(result):
    count = {width: sum("\n" in text for text in labels(result, "en", width)[0]) for width in (3.4, 9.0)}
    assert count[9.0] >= count[3.4] >= 1
    if len(result.weekly) == 156:
        assert count[9.0] > count[3.4]


def test_without_a_start_date_there_are_weeks_alone(result):
    undated = run(result.spec.with_values({"start_date": None, "weeks": 30}))
    texts, _, _ = labels(undated, "en", 4.0)
    assert [text for text in texts if "\n" in text] == []


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_pictures_of_a_dated_run_name_months_and_the_same_picture_without_a_date_does_not(lang):
    dated = run(load_scenario("zhaoqing").with_values(SMALL | {"weeks": 60}))
    undated = run(dated.spec.with_values({"start_date": None}))
    month = {"en": "Mar 2020", "zh": "2020年3月"}[lang]
    for name in ("stages", "modes", "expansion"):
        assert any(month in text for text, _ in boxes(draw(name, dated, lang))), name
        assert not any("2020" in text for text, _ in boxes(draw(name, undated, lang))), name
