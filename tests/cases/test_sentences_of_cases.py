"""Sentences of a report: how the leading group goes on in the forecast is said as it is."""

from __future__ import annotations

import pytest
from fitted_cases import OBSERVED, table, write

from simulation.cases.case import Case
from simulation.cases.horizon import horizon
from simulation.cases.sentences import group_lines
from simulation.model import MomentumModel
from simulation.text import say

# The run of the case is 52 weeks from 2020-03-02 on: to 2021-02-28. The last row is of 2021-02-01, week 48.


def case(folder, *months: str, forecast: int = 20, **changes) -> Case:
    folder.mkdir()
    if months:
        rows = "\n".join(f"{month},{place + 1},deputy" for place, month in enumerate(months))
        (folder / "meetings.csv").write_text(f"month,meetings,head\n{rows}\n", encoding="utf-8")
    return write(folder, OBSERVED, case={"worlds": 5, "forecast": {"weeks": forecast}}, **changes)


def told(given: Case) -> list[str]:
    return group_lines(given, horizon(given), "en")


def sentence(key: str, **words: str) -> str:
    return say(f"case.report.forecast.{key}", "en", **words)


@pytest.mark.parametrize(
    ("months", "forecast", "expected"),
    [
        ((), 20, [("group.uncoded", {})]),
        (("2020-03", "2020-09"), 20, [("group.last", {"month": "2020-09"})]),
        (("2020-03", "2021-02"), 20, [("group.last", {"month": "2021-02"})]),
        (("2020-03", "2021-03"), 0, [("group.last", {"month": "2020-03"})]),
        (
            ("2020-03", "2021-03", "2021-04"),
            20,
            [("group.last", {"month": "2020-03"}), ("group.later", {"number": "2", "weeks": "52"})],
        ),
        (
            ("2020-03", "2021-03", "2021-09"),
            20,
            [("group.last", {"month": "2020-03"}), ("group.later", {"number": "1", "weeks": "52"})],
        ),
    ],
)
def test_the_group_goes_on_as_in_the_last_month_that_counts(months, forecast, expected, tmp_path):
    given = case(tmp_path / "case", *months, forecast=forecast)
    assert told(given) == [sentence(key, **words) for key, words in expected]


def test_months_between_the_last_row_and_the_end_of_the_run_count(tmp_path):
    given = case(tmp_path / "case", "2020-03", "2021-03", "2021-06", weeks=60)
    assert told(given)[0] == sentence("group.until", month="2021-03")


@pytest.mark.parametrize(("weeks", "months"), [(52, ("2020-03", "2021-03")), (60, ("2020-03", "2021-03"))])
def test_a_run_has_the_meetings_of_the_month_that_is_named(weeks, months, tmp_path):
    given = case(tmp_path / "case", *months, weeks=weeks)
    (named,) = [month for month in months if month in told(given)[0]]
    model = MomentumModel(given.scenario_for({"weeks": horizon(given).end + 1}), rng=1)
    model.compute(horizon(given).end + 1)
    held = model.held.specs[model.held.city_row[0]].stages.authority
    assert held.meetings_per_year == 12 * (months.index(named) + 1)


def test_changes_of_the_case_file_that_reach_into_the_forecast_are_told(tmp_path):
    for number, (change, here) in enumerate(
        [
            ({"week": 10, "length": 5}, False),
            ({"week": 10, "length": 45}, True),
            ({"week": 50}, True),
            ({"week": 10, "length": 400}, True),
            ({"week": 10}, True),
            ({"week": 80}, False),
            ({"when": "effectiveness > 0.5"}, True),
        ]
    ):
        changes = [{**change, "set": {"execution.oversight": 0.4}}]
        for months in ((), ("2020-03", "2020-09", "2021-02")):
            given = case(tmp_path / f"case{number}-{len(months)}", *months, changes=changes)
            assert (sentence("changes") in told(given)) is here


@pytest.mark.parametrize(
    "change",
    [
        {"week": 45, "set": {"stages.authority.intensity": 0.0}},
        {"week": 45, "set": {"stages.authority.rank": "none"}},
        {"when": "agenda >= 2", "set": {"stages.authority.meetings_per_year": 20}},
    ],
)
@pytest.mark.parametrize("months", [(), ("2020-03", "2020-09")])
def test_a_group_that_a_change_moved_does_not_go_on_as_in_the_last_month(change, months, tmp_path):
    found = told(case(tmp_path / "case", *months, changes=[change]))
    assert found == [sentence("group.changed"), sentence("changes")]


def two_cities():
    """Return the places of the small case with a city beside its own."""
    other = [{"unit": "Sea City", "parent": "River Province", "tier": "city"}]
    other += [{"unit": "Dogwood", "parent": "Sea City", "tier": "county", "population": 9_000, "residential": 3}]
    structure = table()["structure"]
    return structure | {"units": structure["units"] + other}


@pytest.mark.parametrize(
    ("where", "here"),
    [
        ({}, True),
        ({"cities": ["Bay City", "Sea City"]}, True),
        ({"cities": ["Sea City"]}, False),
        ({"units": ["Ash"]}, True),
        ({"units": ["Dogwood"]}, False),
        ({"cities": ["Sea City"], "units": ["Cedar"]}, True),
    ],
)
@pytest.mark.parametrize("months", [(), ("2020-03", "2020-09")])
def test_only_changes_that_reach_the_city_are_told(months, where, here, tmp_path):
    key, value = ("execution.oversight", 0.4) if "units" in where else ("stages.authority.rank", "deputy")
    settings = {"worlds": 5, "city": "Bay City", "forecast": {"weeks": 20}}
    (tmp_path / "case").mkdir()
    if months:
        rows = "".join(f"{month},2,secretary\n" for month in months)
        (tmp_path / "case" / "meetings.csv").write_text(f"month,meetings,head\n{rows}", encoding="utf-8")
    changes = [{"week": 45, "set": {key: value}, **where}]
    found = told(write(tmp_path / "case", case=settings, structure=two_cities(), changes=changes))
    assert (sentence("changes") in found) is here
    assert (sentence("group.changed") in found) is (here and "units" not in where)


def test_every_sentence_is_there_in_both_languages(tmp_path):
    given = case(tmp_path / "case", "2020-03", "2021-03", changes=[{"week": 50, "set": {"execution.oversight": 0.4}}])
    english, chinese = (group_lines(given, horizon(given), lang) for lang in ("en", "zh"))
    assert len(english) == len(chinese) == 3
    assert all(one != other for one, other in zip(english, chinese, strict=True))
    assert "2020-03" in english[0]
    assert "2020-03" in chinese[0]
