"""A cell is one date, or it is refused: each form that people and spreadsheets write has one reading."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation.cases.dates import Unread, read_date, read_month

DAY = date(2020, 3, 5)
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    "cell",
    [
        "2020-03-05",
        "2020/3/5",
        "2020.3.5",
        "2020年3月5日",
        "2020 年 3 月 5 日",
        "2020年3月5号",
        "20200305",
        20200305,
        "43895",
        43895,
        43895.0,
        "43895.0",
        " 2020-03-05 ",
        "２０２０－０３－０５",
        "２０２０年３月５日",
        "2020\u30003\u30005".replace("\u3000", "/"),
        "\u30002020-03-05\u3000",
        "2020-03-05 00:00:00",
        "2020-03-05T00:00",
        datetime(2020, 3, 5, 13, 30),
        DAY,
    ],
)
def test_each_form_of_a_date_is_read(cell):
    assert read_date(cell) == DAY


@given(day=DAYS)
def test_every_day_comes_back_from_every_form(day):
    serial = (day - date(1899, 12, 30)).days
    forms = [
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%Y%m%d}",
        serial,
        str(serial),
        datetime(day.year, day.month, day.day),
    ]
    assert {read_date(form) for form in forms} == {day}
    assert {read_month(form) for form in forms} == {day.replace(day=1)}


@pytest.mark.parametrize(
    "cell", ["2020-03", "2020/3", "2020.03", "2020年3月", "2020年3月份", "Mar 2020", "March 2020", "mar. 2020", DAY]
)
def test_each_form_of_a_month_is_its_first_day(cell):
    assert read_month(cell) == date(2020, 3, 1)


def test_the_count_of_excel_has_a_day_in_1900_that_there_was_not():
    # Excel shows 61 as 1 March 1900, the sixtieth day of that year.
    assert read_date(43895) == date(1900, 3, 1) + timedelta(days=43895 - 61)


@pytest.mark.parametrize("cell", ["3/5/2020", "05.03.2020", "5-3-2020", "3/5/20"])
def test_two_readings_are_refused_and_both_are_named(cell):
    found = read_date(cell)
    assert isinstance(found, Unread)
    assert {"2020-03-05", "2020-05-03"} <= set(found.allowed.replace(":", " ").split())
    assert "2020-03-05" in found.allowed.zh
    assert "两种读法" in found.problem.zh


def test_one_reading_is_refused_too_and_it_is_named():
    found = read_date("25/3/2020")
    assert isinstance(found, Unread)
    assert "2020-03-25" in found.allowed
    assert " / " not in found.allowed


@pytest.mark.parametrize("cell", ["2021-02-29", "2020-13-01", "2020年4月31日", "20200230", 20200230, "0020-01-01"])
def test_a_day_that_there_is_not_is_refused(cell):
    found = read_date(cell)
    assert isinstance(found, Unread)
    assert found.problem == "there is no such day"


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "soon",
        "2020",
        2020,
        "2020-03-05x",
        True,
        43895.5,
        5,
        -43895,
        float("nan"),
        float("inf"),
        1e300,
        "99/99/9999",
        10**400,
    ],
)
def test_what_is_no_date_is_refused(cell):
    assert isinstance(read_date(cell), Unread)


@pytest.mark.parametrize("cell", ["2020-13", "2020", "Foo 2020", "3/2020", True])
def test_what_is_no_month_is_refused(cell):
    found = read_month(cell)
    assert isinstance(found, Unread)
    assert "March 2020" in found.allowed


@given(cell=st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.booleans()))
def test_any_cell_is_a_date_or_refused(cell):
    assert isinstance(read_date(cell), date | Unread)
    assert isinstance(read_month(cell), date | Unread)
