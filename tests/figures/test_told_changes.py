"""The list of a run's changes tells when, for how long, where, from which value to which, and why one never began."""

from __future__ import annotations

import pytest

from simulation import RunResult, load_scenario, run
from simulation.figures.told_changes import held_times, told_changes

CHANGES = [
    {"week": 20, "length": 10, "set": {"execution.oversight": 0.2}, "title": {"en": "Withdrawn", "zh": "督查撤出"}},
    {"week": 30, "set": {"execution.oversight": 0.5, "stages.authority.rank": "deputy"}, "cities": ["Zhaoqing"]},
    {"when": "effectiveness > 0.99", "set": {"rivals.campaigns": 2}},
    {"when": "effectiveness >= 0", "length": 2, "repeat": True, "set": {"rivals.campaigns": 1}},
    {"week": 90, "set": {"execution.oversight": 0}},
]


@pytest.fixture(scope="module")
def result():
    return run(load_scenario("zhaoqing").with_values({"structure.citizens": 200, "weeks": 60, "changes": CHANGES}))


def test_each_time_that_a_change_held_is_told_with_its_first_week_and_the_week_after_its_last(result):
    times = held_times(result)
    assert [(time.first, time.end) for time in times if time.change == 0] == [(20, 30)]
    assert [(time.first, time.end) for time in times if time.change == 1] == [(30, None)]
    assert len([time for time in times if time.change == 3]) > 2


def test_the_value_before_is_that_of_the_week_before_not_the_scenarios(result):
    told = told_changes(result, "en")
    assert told[0].settings == (("execution.oversight", "0.8", "0.2"),)
    assert told[1].settings[0] == ("execution.oversight", "0.2", "0.5")
    assert told[1].settings[1] == ("stages.authority.rank", "secretary", "deputy")


def test_a_sentence_holds_title_date_length_place_and_values_in_both_languages(result):
    en, zh = (told_changes(result, lang)[0].sentence(lang) for lang in ("en", "zh"))
    assert en == "Withdrawn: from week 20 (July 2020), for 10 weeks, everywhere; execution.oversight 0.8 → 0.2"
    assert zh == "督查撤出：第 20 周（2020年7月）起，持续 10 周，各地；execution.oversight 0.8 → 0.2"
    assert "Zhaoqing" in told_changes(result, "en")[1].sentence("en")
    assert "肇庆" in told_changes(result, "zh")[1].sentence("zh")


def test_a_condition_that_never_held_and_a_week_after_the_end_say_so(result):
    never, late = (told_changes(result, "en")[place] for place in (2, 4))
    assert never.held == late.held == ()
    assert never.when == "the condition “effectiveness > 0.99” never held at a review"
    assert never.sentence("en").startswith("Not made (the condition")
    assert late.when == "week 90 (November 2021) lies after the run's end"


def test_a_change_that_begins_again_names_its_first_weeks_and_counts_the_others(result):
    when = told_changes(result, "en")[3].when
    assert "week 14 (June 2020), week 27" in when
    short = result.spec.with_values({"weeks": 156, "changes.4.length": 1})
    assert "more times" in told_changes(run(short), "en")[3].when


def test_a_condition_that_held_too_late_is_not_said_never_to_have_held(result):
    spec = result.spec.with_values({"changes": [CHANGES[3]], "weeks": 13})
    assert "before the last week" in told_changes(run(spec), "en")[0].when


def test_a_loaded_run_tells_the_same(result, tmp_path):
    result.save(tmp_path / "run")
    loaded = RunResult.load(tmp_path / "run")
    for lang in ("en", "zh"):
        assert told_changes(loaded, lang) == told_changes(result, lang)


def test_a_run_without_changes_tells_of_none():
    assert told_changes(run("classroom", weeks=5), "en") == []
