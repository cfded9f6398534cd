"""The calendar: dates stand beside weeks, bear on no result, and what is no date is refused by name."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import InputError, RunResult, load_scenario, run
from simulation.scenario import parameters
from simulation.scenario.calendar import date_of, iso_date, told_month, told_span, told_week
from simulation.scenario.fields import LONGEST

SMALL = {"structure.citizens": 200, "weeks": 20}


@pytest.fixture(scope="module")
def dated():
    return load_scenario("zhaoqing").with_values(SMALL)


def test_week_0_begins_on_the_start_date_and_each_other_week_seven_days_after_the_one_before(dated):
    assert date_of(dated, 0) == date(2020, 3, 1)
    assert date_of(dated, 80) == date(2020, 3, 1) + timedelta(days=560)


def test_a_scenario_without_a_start_date_has_weeks_alone():
    spec = load_scenario("classroom")
    assert date_of(spec, 5) is None
    assert told_week(spec, 80, "en") == "week 80"
    assert told_week(spec, 80, "zh") == "第 80 周"
    assert told_span(spec, 156, "en") == "156 weeks"


def test_a_week_is_told_with_the_month_in_which_it_begins(dated):
    assert told_week(dated, 80, "en") == "week 80 (September 2021)"
    assert told_week(dated, 80, "zh") == "第 80 周（2021年9月）"
    assert told_month(date(2020, 3, 1), "en", short=True) == "Mar 2020"
    assert told_month(date(2020, 3, 1), "zh", short=True) == "2020年3月"
    assert told_span(dated, 156, "en") == "156 weeks from March 2020"
    assert told_span(dated, 156, "zh") == "2020年3月起 156 周"


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)), st.integers(0, LONGEST), st.sampled_from(["en", "zh"]))
def test_every_week_of_the_longest_run_has_a_date_and_can_be_told(first, week, lang):
    spec = load_scenario("classroom").with_values({"start_date": first})
    day = date_of(spec, week)
    assert day - first == timedelta(weeks=week)
    assert str(day.year) in told_week(spec, week, lang)


@given(st.dates(date(1000, 1, 1), date(2999, 12, 31)))
def test_a_date_and_its_text_are_the_same_start(first):
    assert iso_date(first) == iso_date(first.isoformat()) == first.isoformat()


@pytest.mark.parametrize(
    "wrong",
    [
        "2020-02-30",
        "2020/03/01",
        "20200301",
        "March 2020",
        "",
        2020,
        True,
        1.5,
        {},
        datetime(2020, 3, 1, 8),
        "0999-12-31",
    ],
)
def test_what_is_no_date_is_refused_by_name_in_both_languages(wrong):
    with pytest.raises(InputError) as caught:
        load_scenario("classroom").with_values({"start_date": wrong})
    assert caught.value.key == "start_date"
    assert "2020-03-01" in caught.value.in_language("en")
    assert "日期" in caught.value.in_language("zh")


def test_a_start_date_in_a_file_a_text_and_a_round_trip_are_one(tmp_path, dated):
    path = tmp_path / "mine.toml"
    path.write_text('extends = "zhaoqing"\nstart_date = 2021-05-01\n', encoding="utf-8")
    given_text = load_scenario({"extends": "zhaoqing", "start_date": "2021-05-01"})
    again = load_scenario(json.loads(json.dumps(load_scenario(path).to_dict())))
    assert load_scenario(path).start_date == given_text.start_date == again.start_date == "2021-05-01"


def test_a_start_date_survives_saving_and_loading_a_run(tmp_path, dated):
    run(dated).save(tmp_path / "run")
    loaded = RunResult.load(tmp_path / "run")
    assert loaded.spec.start_date == "2020-03-01"
    assert [str(day)[:10] for day in loaded.dates[:2]] == ["2020-03-01", "2020-03-08"]
    assert loaded.dates.index.tolist() == list(range(20))


def test_a_run_without_a_start_date_has_no_dates(dated):
    assert run(dated.with_values({"start_date": None})).dates.isna().all()


def test_a_start_date_bears_on_no_result_and_is_no_change_of_the_scenario(dated):
    other = dated.with_values({"start_date": "1958-08-01"})
    assert other.digest == dated.digest
    assert "start_date" not in other.overrides
    assert run(other, seed=4).weekly.equals(run(dated, seed=4).weekly)
    assert other != dated


def test_a_start_date_cannot_change_during_a_run(dated):
    with pytest.raises(InputError, match="only told"):
        dated.with_values({"start_date@10": "2021-01-01"})


def test_the_start_date_is_a_parameter_with_a_meaning_and_a_kind_of_its_own():
    info = next(info for info in parameters() if info.key == "start_date")
    assert (info.kind, info.default) == ("date", None)
