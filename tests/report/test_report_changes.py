"""The report of a run with changes and with a start date: a list of the changes, months beside weeks everywhere."""

from __future__ import annotations

import json
import re

import pytest
from kit.parsed import Page

from simulation import load_scenario, run
from simulation.figures.names import Names
from simulation.report.frames import frames
from simulation.report.page import page
from simulation.report.words import MOST_CHANGES, Words

NASTY = "</script><b>"
CHANGES = [
    {"week": 10, "length": 5, "set": {"execution.oversight": 0.2}, "title": {"en": "Withdrawn", "zh": "督查撤出"}},
    {"when": "effectiveness > 0.9", "set": {"rivals.campaigns": 2, "execution.oversight": 0.1}, "title": NASTY},
]
SMALL = {"structure.citizens": 200, "weeks": 24}


@pytest.fixture(scope="module")
def result():
    return run(load_scenario("zhaoqing").with_values(SMALL | {"changes": CHANGES}))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_lists_each_change_with_its_parameter_and_values(result, lang):
    html = page(result, lang, shown=[])
    made = Page(html)
    assert made.open == []
    assert "changes" in {attributes.get("id") for _, attributes in made.tags}
    for text in ({"en": "Withdrawn", "zh": "督查撤出"}[lang], "execution.oversight", "0.8 → 0.2", "rivals.campaigns"):
        assert text in made.text
    never = {"en": "never held at a review", "zh": "在历次季度总结时均未成立"}[lang]
    assert never in made.text
    assert NASTY not in html


def test_a_run_without_changes_has_no_such_list():
    html = page(run(load_scenario("classroom").with_values(SMALL)), "en", shown=[])
    assert 'id="changes"' not in html


def test_of_many_changes_the_first_are_listed_and_the_others_counted():
    many = [{"week": 1, "length": 1, "set": {"execution.oversight": 0.2}}] * (MOST_CHANGES + 3)
    found = run(load_scenario("zhaoqing").with_values(SMALL | {"changes": many}))
    words = Words(found, Names(found, "en"), None)
    assert (len(words.changes), words.more_changes) == (MOST_CHANGES, 3)
    assert "3 more changes are in changes.csv." in page(found, "en", shown=[])


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_weeks_of_a_dated_run_have_months_and_those_of_an_undated_one_have_none(result, lang):
    month = {"en": "March 2020", "zh": "2020年3月"}[lang]
    words = Words(result, Names(result, lang), None)
    assert month in words.sentences[0]
    assert month in words.stages[0][1]
    assert any("2020" in since for _, since, *_ in words.domains)
    assert month in page(result, lang, shown=[]).split("<nav>")[0]
    undated = run(result.spec.with_values({"start_date": None}))
    plain = Words(undated, Names(undated, lang), None)
    told = [plain.sentences[0], *(window for _, window, _ in plain.stages), *(since for _, since, *_ in plain.domains)]
    assert re.search(r"202\d", " ".join(told)) is None


def test_the_slider_has_a_month_for_each_frame_of_a_dated_run(result):
    content = frames(result, Names(result, "en"))
    assert len(content["dates"]) == len(content["weeks"])
    assert content["dates"][0] == " (March 2020)"
    assert set(frames(run("classroom", weeks=5), Names(result, "en"))["dates"]) == {""}
    json.dumps(content, allow_nan=False)
